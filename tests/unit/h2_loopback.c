/* h2_loopback.c -- puts the two ends together. */
#include "h2_loopback.h"

#include <stdlib.h>

#include "grpc/framing.h"

static void on_request(void *user, gg_exchange *x)
{
    gg_grpc_front_request(user, x);
}

static gg_codec *accept_h2(void *user, gg_task *wake)
{
    return gg_h2_new(user, GG_STR("memory"), wake);
}

static const gg_method_type *method_of(const void *service, gg_str path)
{
    return gg_rpc_channel_method(service, path);
}

void h2_loopback_init(h2_loopback *loopback, gg_rpc_channel *service, gg_sched *sched)
{
    *loopback = (h2_loopback){
        .front = { .channel = service, .max_message_len = GG_MESSAGE_LEN_MAX, .max_response_len = GG_MESSAGE_LEN_MAX }
    };
    loopback->front.compressor = &loopback->compressor;
    loopback->server =
        (gg_codec_config){ .handler = { on_request, &loopback->front }, .arena_limit = GG_ARENA_LIMIT, .sched = sched };
    gg_http_limits_init(&loopback->server.limits);
    memory_dialer_init(&loopback->dialer, sched, accept_h2, &loopback->server);
    loopback->config = (gg_h2_channel_config){ .target = GG_STR("server.test:80"),
        .dialer = &loopback->dialer.base,
        .sched = sched,
        .compressor = &loopback->compressor,
        .user_agent = GG_STR("test/1"),
        .method = method_of,
        .methods = service };
    gg_h2_limits_init(&loopback->config.limits);
}

void h2_loopback_start(h2_loopback *loopback)
{
    if (gg_h2_channel_init(&loopback->channel, &loopback->config) != NULL)
        abort();
}

void h2_loopback_deinit(h2_loopback *loopback)
{
    gg_sched *sched = loopback->config.sched;
    gg_h2_channel_close(&loopback->channel);
    gg_sched_run(sched, sched->now_ns);
    gg_compressor_deinit(&loopback->compressor);
}
