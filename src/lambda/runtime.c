/* runtime.c -- gives the Runtime API's client a connection whenever it wants one, and the client's end to the owner.
 *
 * The same connection serves for as long as it lives.  There is no time limit on a reply: `next` may wait for hours,
 * and while the process is frozen no clock can be trusted; Lambda ends a process that hangs. */
#include "lambda/runtime.h"

#include <stdio.h>

#define RUNTIME_OF(member, ptr) ((gg_runtime *)(void *)((char *)(ptr)-offsetof(gg_runtime, member)))

static void on_connected(void *user)
{
    gg_runtime *rt = user;
    rt->connected = true;
    gg_link_attach(rt->link, &rt->client.base);
}

static void on_closed(void *user, gg_str why)
{
    gg_runtime *rt = user;
    bool refused = !rt->connected;
    rt->link = NULL;
    rt->connected = false;
    gg_client_disconnected(&rt->client, refused, why);
    gg_sched_post(rt->sched, &rt->wake);
}

static void connect_client(gg_runtime *rt)
{
    static const gg_link_events events = { on_connected, on_closed };
    rt->link = gg_dial(&rt->dialer.base, &events, rt);
    if (rt->link == NULL)
        gg_client_disconnected(&rt->client, true, GG_STR("out of memory"));
}

static void on_wake(gg_task *task)
{
    gg_runtime *rt = RUNTIME_OF(wake, task);
    const gg_client *client = &rt->client;
    if (rt->connected) {
        gg_sched_post(rt->sched, rt->link->wake); /* to be written to, or closed */
        return;
    }
    if (rt->link == NULL && gg_client_wants_connection(client))
        connect_client(rt);
    if (client->state != GG_CLIENT_ENDED || rt->told)
        return;
    rt->told = true;
    if (rt->link != NULL) /* of no use any more */
        gg_link_close(rt->link);
    rt->link = NULL;
    rt->on_end(rt->user, client->result, client->why);
}

gg_rc gg_runtime_init(gg_runtime *runtime, gg_loop *loop, const gg_codec_config *config, const char *api,
    void (*on_end)(void *user, gg_rc result, const char *why), void *user, char *error, size_t error_len)
{
    gg_runtime *rt = runtime;
    *rt = (gg_runtime){ .sched = &loop->sched, .wake = { .run = on_wake }, .on_end = on_end, .user = user };
    const char *wrong = gg_api_address_parse(&rt->api, gg_str_from(api));
    if (wrong != NULL) {
        snprintf(error, error_len, "AWS_LAMBDA_RUNTIME_API \"%s\": %s", api, wrong);
        return GG_EINVAL;
    }
    gg_socket_dialer_init(&rt->dialer, loop, &rt->api.target, config->limits.write_ns);
    gg_client_init(&rt->client, config, &rt->api, &rt->wake);
    return GG_OK;
}

void gg_runtime_start(gg_runtime *runtime)
{
    gg_client_start(&runtime->client);
}

void gg_runtime_init_error(gg_runtime *runtime, const char *type, const char *message)
{
    gg_client_init_error(&runtime->client, type, message);
}

void gg_runtime_drain(gg_runtime *runtime)
{
    gg_client_drain(&runtime->client);
}

void gg_runtime_abort(gg_runtime *runtime)
{
    gg_runtime *rt = runtime;
    if (rt->link != NULL) /* first: the client's memory may be on its way to the socket */
        gg_link_close(rt->link);
    rt->link = NULL;
    rt->connected = false;
    rt->told = true;
    gg_client_abort(&rt->client);
    gg_sched_cancel(rt->sched, &rt->wake);
}
