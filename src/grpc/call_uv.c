/* call_uv.c -- gg/uv.h: the libuv loop of a call, for handlers that do I/O of their own. */
#include "gg/uv.h"

#include "grpc/call_private.h"

uv_loop_t *gg_call_uv_loop(const gg_call *call)
{
    return call->channel->loop != NULL ? call->channel->loop->uv : NULL;
}
