/* ping.c -- the service: one function per RPC of example.v1.PingService. */
#include "ping.h"

static gg_status ping(gg_call *call, const example_v1_PingRequest *request, example_v1_PingResponse *response)
{
    (void)call;
    (void)request;
    response->message = GG_STR("Pong");
    return GG_STATUS_OK;
}

const example_v1_PingService ping_service = { .Ping = ping };
