/* h2_client.c -- the codec's functions of an HTTP/2 client, and its session of nghttp2.
 *
 * Its one limit of time is keepalive (gRPC keepalive.md, A8): a PING in silence while there are streams, and the end
 * if nothing comes after it.  Whoever connects decides how long SETTINGS may take, calls have their deadlines, and
 * the socket gives up a peer that does not read.  Floods are bounded as on a server's side (h2_guard.h).
 * Elsewhere: streams and nghttp2's callbacks (h2_client_stream.c). */
#include "http/h2_client_private.h"

#include <stdlib.h>

static gg_h2_client *client_of(gg_codec *codec)
{
    return (gg_h2_client *)(void *)((char *)codec - offsetof(gg_h2_client, base));
}

static const gg_h2_client *client_of_const(const gg_codec *codec)
{
    return (const gg_h2_client *)(const void *)((const char *)codec - offsetof(gg_h2_client, base));
}

void gg_h2_client_wake(gg_h2_client *client)
{
    gg_sched_post(client->config.sched, client->wake);
}

void gg_h2_client_changed(gg_h2_client *client)
{
    gg_sched_post(client->config.sched, client->changed);
}

static void break_off(gg_h2_client *client)
{
    client->broken = true;
    gg_h2_client_changed(client);
    gg_h2_client_wake(client);
}

void gg_h2_client_check(gg_h2_client *client, int rc)
{
    gg_h2_client_wake(client);
    if (nghttp2_is_fatal(rc))
        break_off(client);
}

/* -- keepalive -- */

static uint64_t keepalive_due(const gg_h2_client *client)
{
    if (client->broken || (client->streams == NULL && !client->config.keepalive_idle))
        return UINT64_MAX;
    return gg_h2_keepalive_due(&client->config.keepalive, client->heard_ns, client->pinged_ns);
}

/* The timer is moved only to fire earlier; else it looks again. */
static void reschedule(gg_h2_client *client)
{
    uint64_t due = keepalive_due(client);
    if (due != UINT64_MAX && (!client->timer.armed || client->timer.due_ns > due))
        gg_timer_start(client->config.sched, &client->timer, due);
}

static void time_is_up(gg_timer *timer)
{
    gg_h2_client *client = (gg_h2_client *)(void *)((char *)timer - offsetof(gg_h2_client, timer));
    uint64_t now = client->config.sched->now_ns;
    if (now >= keepalive_due(client) && client->pinged_ns != 0) {
        client->silent = true;
        break_off(client);
    } else if (now >= keepalive_due(client)) {
        client->pinged_ns = now;
        gg_h2_client_check(client, nghttp2_submit_ping(client->session, NGHTTP2_FLAG_NONE, NULL));
    }
    reschedule(client);
}

void gg_h2_client_heard(gg_h2_client *client)
{
    client->heard_ns = client->config.sched->now_ns;
    client->pinged_ns = 0;
    reschedule(client);
}

/* -- the codec's functions -- */

static void feed(gg_h2_client *client, const void *bytes, size_t len)
{
    if (client->broken || len == 0)
        return;
    if (nghttp2_session_mem_recv(client->session, bytes, len) < 0) /* out of memory, a flood, no HTTP/2 at all */
        break_off(client);
}

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    /* Resets are of our own streams, and so bounded. */
    static const gg_h2_guard_limits limits = { .reset_rate = 1000000,
        .reset_burst = 1000000,
        .control_rate = GG_H2_CONTROL_RATE,
        .continuations = GG_H2_CONTINUATIONS };
    gg_h2_client *client = client_of(codec);
    size_t at = 0, begin = 0, fed = 0;
    gg_h2_head head;
    gg_h2_client_heard(client);
    while (!client->broken && gg_h2_heads_next(&client->heads, bytes, &at, &begin, &head)) {
        if (!gg_h2_guard_frame(&client->guard, &limits, client->heard_ns, &head))
            break_off(client);
        if (gg_h2_heads_split(begin, at)) {
            feed(client, client->heads.bytes, GG_H2_HEAD_LEN);
            fed = at;
        }
    }
    feed(client, bytes.ptr + fed, begin - fed);
    gg_h2_client_wake(client);
    return client->broken ? GG_EPROTO : GG_OK;
}

static void eof(gg_codec *codec)
{
    break_off(client_of(codec));
}

static gg_str output(gg_codec *codec)
{
    gg_h2_client *client = client_of(codec);
    if (!client->broken && nghttp2_session_send(client->session) != 0)
        break_off(client);
    return gg_out_lend(&client->out);
}

static void sent(gg_codec *codec, size_t len)
{
    gg_h2_client *client = client_of(codec);
    client->sent += len;
    gg_out_sent(&client->out, len);
}

/* However much there is to be sent: a server that reads nothing because nobody reads what it sends would wait for us,
 * and we for it.  What may come is bounded without that: DATA by the windows, heads by their limits, and the answers to
 * PING and SETTINGS, which are not framed while the socket takes nothing, by nghttp2. */
static bool wants_input(const gg_codec *codec)
{
    return !client_of_const(codec)->broken;
}

static bool done(const gg_codec *codec)
{
    const gg_h2_client *client = client_of_const(codec);
    return client->broken ||
        (!nghttp2_session_want_read(client->session) && !nghttp2_session_want_write(client->session));
}

static bool lingers(const gg_codec *codec)
{
    (void)codec;
    return false;
}

/* Streams under way go on; the last one's end closes the connection. */
static void drain(gg_codec *codec)
{
    gg_h2_client *client = client_of(codec);
    if (!client->broken)
        gg_h2_client_check(client,
            nghttp2_submit_goaway(client->session, NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR, NULL, 0));
    gg_h2_client_changed(client);
}

static void client_free(gg_codec *codec)
{
    gg_h2_client *client = client_of(codec);
    client->broken = true;
    while (client->streams != NULL)
        gg_client_stream_lose(client->streams);
    nghttp2_session_del(client->session);
    gg_sched_cancel(client->config.sched, client->wake);
    gg_sched_cancel(client->config.sched, client->changed);
    gg_timer_stop(client->config.sched, &client->timer);
    gg_out_deinit(&client->out);
    free(client);
}

bool gg_h2_client_closing(const gg_h2_client *client)
{
    return client->broken || !nghttp2_session_check_request_allowed(client->session);
}

bool gg_h2_client_has_room(const gg_h2_client *client)
{
    return client->ready && !gg_h2_client_closing(client) &&
        client->open_count <
        nghttp2_session_get_remote_settings(client->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

static int submit_settings(gg_h2_client *client)
{
    size_t list_len = client->config.header_bytes;
    const nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, client->config.stream_window },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, list_len < UINT32_MAX ? (uint32_t)list_len : UINT32_MAX },
    };
    int rc =
        nghttp2_submit_settings(client->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof settings[0]);
    if (rc != 0)
        return rc;
    return nghttp2_session_set_local_window_size(client->session, NGHTTP2_FLAG_NONE, 0,
        (int32_t)client->config.conn_window);
}

gg_h2_client *gg_h2_client_new(const gg_h2_client_config *config, gg_task *wake, gg_task *changed)
{
    static const gg_codec_ops ops = {
        .receive = receive,
        .eof = eof,
        .output = output,
        .sent = sent,
        .wants_input = wants_input,
        .done = done,
        .lingers = lingers,
        .drain = drain,
        .free = client_free,
    };
    gg_h2_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    client->base.ops = &ops;
    client->config = *config;
    client->wake = wake;
    client->changed = changed;
    gg_out_init(&client->out, config->pool);
    client->timer.fire = time_is_up;
    client->heard_ns = config->sched->now_ns;
    client->session = gg_h2_session_new(&(gg_h2_session_config){ .pool = config->pool,
        .queued_acks = GG_CLIENT_QUEUED_ACKS,
        .set_callbacks = gg_h2_client_set_callbacks,
        .user = client });
    if (client->session == NULL || submit_settings(client) != 0) {
        client_free(&client->base);
        return NULL;
    }
    reschedule(client);
    gg_h2_client_wake(client);
    return client;
}
