/* h2_client.c -- the codec's functions of an HTTP/2 client, and its session of nghttp2.
 *
 * Time has no part in it: whoever connects decides how long SETTINGS may take, calls have their deadlines, and
 * the socket gives up a peer that does not read.  Left out: PINGs of our own (a dead peer of an idle connection is
 * noticed with the next call's deadline).
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

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    gg_h2_client *client = client_of(codec);
    if (client->broken)
        return GG_EPROTO;
    ssize_t used = nghttp2_session_mem_recv(client->session, (const uint8_t *)bytes.ptr, bytes.len);
    if (used < 0) /* out of memory, a flood, no HTTP/2 at all */
        break_off(client);
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

static bool wants_input(const gg_codec *codec)
{
    const gg_h2_client *client = client_of_const(codec);
    return !client->broken && gg_out_len(&client->out) < GG_CLIENT_OUT_LEN;
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
    gg_h2_mem_trim(&client->mem);
    gg_sched_cancel(client->config.sched, client->wake);
    gg_sched_cancel(client->config.sched, client->changed);
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
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, GG_CLIENT_STREAM_WINDOW },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, list_len < UINT32_MAX ? (uint32_t)list_len : UINT32_MAX },
    };
    int rc =
        nghttp2_submit_settings(client->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof settings[0]);
    if (rc != 0)
        return rc;
    return nghttp2_session_set_local_window_size(client->session, NGHTTP2_FLAG_NONE, 0, GG_CLIENT_WINDOW);
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
    client->session = gg_h2_session_new(GG_H2_CLIENT, &client->mem, gg_h2_client_set_callbacks, client);
    if (client->session == NULL || submit_settings(client) != 0) {
        client_free(&client->base);
        return NULL;
    }
    gg_h2_client_wake(client);
    return client;
}
