/* runtime.c -- the connection to the Runtime API: connects when the client has something to send, reads into the
 * loop's buffer, writes head and body together, closes when the client says so.
 *
 *            output           connected            hang_up, end of file, error
 *   CLOSED ---------> CONNECTING ------> OPEN ------------------------------------> CLOSING --> CLOSED
 *
 * The same connection serves for as long as it lives.  No time limit on anything: `next` may wait for hours, and
 * while the process is frozen no clock can be trusted; Lambda ends a process that hangs. */
#include "lambda/runtime.h"

#include "base/clock.h"

#include <stdio.h>

#define RUNTIME_OF(member, ptr) ((gg_runtime *)(void *)((char *)(ptr)-offsetof(gg_runtime, member)))

static gg_runtime *runtime_of(const void *handle)
{
    return ((const uv_handle_t *)handle)->data;
}

/* Takes the time; what follows is done when the turn ends. */
static void begin_turn(gg_runtime *rt)
{
    rt->loop->sched.now_ns = gg_clock_ns();
    gg_loop_post_last(rt->loop, &rt->flush);
}

/* -- closing -- */

static void on_closed(uv_handle_t *handle)
{
    gg_runtime *rt = runtime_of(handle);
    gg_loop *loop = rt->loop;
    rt->state = GG_RUNTIME_CLOSED;
    begin_turn(rt);
    gg_loop_turn(loop);
}

static void close_socket(gg_runtime *rt)
{
    if (rt->state != GG_RUNTIME_CONNECTING && rt->state != GG_RUNTIME_OPEN)
        return;
    rt->state = GG_RUNTIME_CLOSING;
    rt->writing = false;
    uv_close((uv_handle_t *)&rt->tcp, on_closed);
}

static void lose_connection(gg_runtime *rt, bool refused)
{
    close_socket(rt);
    gg_client_disconnected(&rt->client, refused);
}

/* -- reading and writing -- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    *buf = uv_buf_init(runtime_of(handle)->loop->read_buf, GG_READ_LEN);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    gg_runtime *rt = runtime_of(stream);
    if (len == 0)
        return; /* EAGAIN */
    begin_turn(rt);
    if (len > 0)
        gg_client_receive(&rt->client, gg_str_of(buf->base, (size_t)len));
    else
        lose_connection(rt, false);
    gg_loop_turn(rt->loop);
}

static void on_written(uv_write_t *write, int status)
{
    gg_runtime *rt = runtime_of(write->handle);
    if (status == UV_ECANCELED || rt->state != GG_RUNTIME_OPEN)
        return; /* closing */
    begin_turn(rt);
    rt->writing = false;
    if (status == 0)
        gg_client_sent(&rt->client, rt->unwritten);
    else
        lose_connection(rt, false);
    gg_loop_turn(rt->loop);
}

static unsigned output_of(const gg_runtime *rt, uv_buf_t bufs[2])
{
    gg_str out[2];
    unsigned count = 0;
    gg_client_output(&rt->client, out);
    for (int i = 0; i < 2; i++)
        if (out[i].len > 0)
            bufs[count++] = uv_buf_init((char *)(uintptr_t)out[i].ptr, (unsigned)out[i].len);
    return count;
}

static void write_out(gg_runtime *rt)
{
    uv_buf_t bufs[2];
    unsigned count = rt->writing ? 0 : output_of(rt, bufs);
    if (count == 0)
        return;
    int written = uv_try_write((uv_stream_t *)&rt->tcp, bufs, count);
    if (written < 0 && written != UV_EAGAIN) {
        lose_connection(rt, false);
        return;
    }
    if (written > 0)
        gg_client_sent(&rt->client, (size_t)written);
    count = output_of(rt, bufs);
    if (count == 0)
        return;
    rt->unwritten = bufs[0].len + (count > 1 ? bufs[1].len : 0);
    if (uv_write(&rt->write, (uv_stream_t *)&rt->tcp, bufs, count, on_written) == 0)
        rt->writing = true;
    else
        lose_connection(rt, false);
}

/* -- connecting -- */

static void on_connected(uv_connect_t *connect, int status)
{
    gg_runtime *rt = runtime_of(connect->handle);
    if (status == UV_ECANCELED || rt->state != GG_RUNTIME_CONNECTING)
        return; /* closing */
    begin_turn(rt);
    if (status != 0 || uv_read_start((uv_stream_t *)&rt->tcp, on_alloc, on_read) != 0) {
        lose_connection(rt, true);
    } else {
        rt->state = GG_RUNTIME_OPEN;
        uv_tcp_nodelay(&rt->tcp, 1);
    }
    gg_loop_turn(rt->loop);
}

static void connect_socket(gg_runtime *rt)
{
    if (uv_tcp_init(rt->loop->uv, &rt->tcp) != 0) {
        gg_client_disconnected(&rt->client, true);
        return;
    }
    rt->tcp.data = rt;
    rt->state = GG_RUNTIME_CONNECTING;
    if (uv_tcp_connect(&rt->connect, &rt->tcp, (const struct sockaddr *)&rt->address, on_connected) != 0)
        lose_connection(rt, true);
}

/* -- what the client wants -- */

static void on_flush(gg_task *task)
{
    gg_runtime *rt = RUNTIME_OF(flush, task);
    gg_client *client = &rt->client;
    uv_buf_t bufs[2];
    if (client->hang_up) {
        client->hang_up = false;
        close_socket(rt);
    }
    if (rt->state == GG_RUNTIME_OPEN)
        write_out(rt);
    else if (rt->state == GG_RUNTIME_CLOSED && output_of(rt, bufs) > 0)
        connect_socket(rt);
    if (client->state == GG_CLIENT_ENDED && rt->state == GG_RUNTIME_CLOSED && !rt->told) {
        rt->told = true;
        rt->on_end(rt->user, client->result, client->why);
    }
}

static void on_wake(gg_task *task)
{
    gg_runtime *rt = RUNTIME_OF(wake, task);
    gg_loop_post_last(rt->loop, &rt->flush);
}

gg_rc gg_runtime_init(gg_runtime *runtime, gg_loop *loop, const gg_codec_config *config, const char *api,
    void (*on_end)(void *user, gg_rc result, const char *why), void *user, char *error, size_t error_len)
{
    gg_runtime *rt = runtime;
    *rt = (gg_runtime){ .loop = loop, .on_end = on_end, .user = user };
    rt->wake.run = on_wake;
    rt->flush.run = on_flush;
    const char *wrong = gg_api_address_parse(&rt->api, gg_str_from(api));
    if (wrong == NULL)
        wrong = gg_api_address_resolve(&rt->api, &rt->address);
    if (wrong != NULL) {
        snprintf(error, error_len, "AWS_LAMBDA_RUNTIME_API \"%s\": %s", api, wrong);
        return GG_EINVAL;
    }
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
    gg_client_abort(&runtime->client);
}
