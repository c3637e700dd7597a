/* h2_script.c -- frames by hand: only header compression is nghttp2's. */
#include "h2_script.h"

#include <nghttp2/nghttp2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"

enum { FRAME_HEAD = 9, PREFACE = 24, FIELDS_MAX = 200, PAYLOAD_MAX = 16384, STREAMS = 256 };

typedef struct server {
    gg_codec base;
    h2_script *script;
    gg_task *wake;
    gg_buf in, out;
    bool preface_seen, ended;
    size_t number_of[STREAMS]; /* which request a stream is, by id / 2 */
    nghttp2_hd_deflater *deflater;
    nghttp2_hd_inflater *inflater;
} server;

static server *server_of(const gg_codec *codec)
{
    return (server *)(uintptr_t)codec;
}

static void note(h2_script *script, const char *format, ...)
{
    va_list args;
    size_t len = strlen(script->heard);
    if (len > 0 && len < HEARD_LEN - 1)
        script->heard[len++] = ' ';
    va_start(args, format);
    vsnprintf(script->heard + len, HEARD_LEN - len, format, args);
    va_end(args);
}

/* -- saying -- */

static void put(server *s, const void *bytes, size_t len)
{
    h2_script *script = s->script;
    char *to = gg_buf_reserve(&s->out, len);
    if (to == NULL)
        return; /* out of memory: it says less */
    memcpy(to, bytes, len);
    if (script->flip_at >= script->said && script->flip_at - script->said < len)
        to[script->flip_at - script->said] ^= (char)script->flip_bits;
    script->said += len;
    gg_buf_added(&s->out, len);
}

static void put_u32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_frame(server *s, uint8_t type, uint8_t flags, int32_t id, const uint8_t *payload, size_t len)
{
    uint8_t head[FRAME_HEAD] = { (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, type, flags };
    put_u32(head + 5, (uint32_t)id);
    put(s, head, sizeof head);
    if (len > 0)
        put(s, payload, len);
}

static size_t hex(const char *text, uint8_t *out)
{
    size_t len = 0;
    unsigned byte;
    for (; sscanf(text, "%2x", &byte) == 1; text += 2)
        out[len++] = (uint8_t)byte;
    return len;
}

static void put_headers(server *s, uint8_t flags, int32_t id, char *text)
{
    static const char *const separators = " ";
    nghttp2_nv fields[FIELDS_MAX];
    uint8_t payload[PAYLOAD_MAX];
    size_t count = 0;
    char *rest = NULL;
    for (char *field = strtok_r(text, separators, &rest); field != NULL; field = strtok_r(NULL, separators, &rest)) {
        char *equals = strchr(field, '=');
        fields[count++] =
            (nghttp2_nv){ (uint8_t *)field, (uint8_t *)equals + 1, (size_t)(equals - field), strlen(equals + 1), 0 };
    }
    ssize_t len = nghttp2_hd_deflate_hd(s->deflater, payload, sizeof payload, fields, count);
    if (len >= 0)
        put_frame(s, NGHTTP2_HEADERS, flags | NGHTTP2_FLAG_END_HEADERS, id, payload, (size_t)len);
}

static void put_message(server *s, uint8_t flags, int32_t id, const char *text)
{
    uint8_t payload[PAYLOAD_MAX] = { 0 };
    size_t len = strlen(text);
    put_u32(payload + 1, (uint32_t)len + 2);
    payload[5] = 0x0a;
    payload[6] = (uint8_t)len;
    memcpy(payload + 7, text, len);
    put_frame(s, NGHTTP2_DATA, flags, id, payload, len + 7);
}

/* One command of a script; text is the rest of it. */
static void say_one(server *s, int32_t id, char letter, bool ends, char *text)
{
    uint8_t payload[PAYLOAD_MAX];
    uint8_t flags = ends ? NGHTTP2_FLAG_END_STREAM : 0;
    unsigned a = 0, b = 0;
    switch (letter) {
    case 'H':
        put_headers(s, flags, id, text);
        return;
    case 'M':
        put_message(s, flags, id, text);
        return;
    case 'D':
        put_frame(s, NGHTTP2_DATA, flags, id, payload, hex(text, payload));
        return;
    case 'R':
    case 'W':
        sscanf(text, "%u", &a);
        put_u32(payload, a);
        put_frame(s, letter == 'R' ? NGHTTP2_RST_STREAM : NGHTTP2_WINDOW_UPDATE, 0, id, payload, 4);
        return;
    case 'G':
        sscanf(text, "%u %u", &a, &b);
        put_u32(payload, a);
        put_u32(payload + 4, b);
        put_frame(s, NGHTTP2_GOAWAY, 0, 0, payload, 8);
        return;
    case 'S':
        sscanf(text, "%u=%u", &a, &b);
        payload[0] = 0;
        payload[1] = (uint8_t)a;
        put_u32(payload + 2, b);
        put_frame(s, NGHTTP2_SETTINGS, 0, 0, payload, a > 0 ? 6 : 0);
        return;
    case 'X':
        put(s, payload, hex(text, payload));
        return;
    case 'E':
        s->ended = true;
        return;
    default:
        abort();
    }
}

static void say(server *s, int32_t id, const char *script)
{
    char copy[2 * PAYLOAD_MAX];
    snprintf(copy, sizeof copy, "%s", script);
    for (char *at = copy, *next; at != NULL; at = next) {
        next = strstr(at, "; ");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        char letter = *at++;
        bool ends = *at == '.';
        say_one(s, id, letter, ends, at + ends + (at[ends] == ' '));
    }
}

void h2_script_say(h2_script *script, int32_t id, const char *text)
{
    server *s = script->connection;
    if (s == NULL)
        return;
    say(s, id, text);
    gg_sched_post(script->sched, s->wake);
}

/* -- hearing -- */

static void hear_fields(server *s, uint8_t *payload, size_t len)
{
    s->script->fields[0] = '\0';
    for (;;) { /* each round takes a field, or bytes */
        nghttp2_nv field;
        int flags = 0;
        ssize_t used = nghttp2_hd_inflate_hd2(s->inflater, &field, &flags, payload, len, 1);
        if (used < 0)
            return;
        payload += used;
        len -= (size_t)used;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            size_t at = strlen(s->script->fields);
            snprintf(s->script->fields + at, FIELDS_LEN - at, "%.*s=%.*s\n", (int)field.namelen, (char *)field.name,
                (int)field.valuelen, (char *)field.value);
        }
        if (flags & NGHTTP2_HD_INFLATE_FINAL)
            break;
    }
    nghttp2_hd_inflate_end_headers(s->inflater);
}

/* A request has begun, or ended: what the script says to it. */
static void answer(server *s, int32_t id, bool ended)
{
    h2_script *script = s->script;
    size_t number = s->number_of[(size_t)id / 2 % STREAMS];
    const char *text = number < SCRIPTS ? script->scripts[number] : NULL;
    if (text == NULL)
        return;
    bool early = *text == '!';
    if (early != ended)
        say(s, id, text + early);
}

static void hear(server *s, uint8_t type, uint8_t flags, int32_t id, uint8_t *payload, size_t len)
{
    static const char *const names[] = { "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE",
        "PING", "GOAWAY" };
    h2_script *script = s->script;
    bool ends = type <= NGHTTP2_HEADERS && (flags & NGHTTP2_FLAG_END_STREAM);
    uint32_t number =
        len >= 4 ? (uint32_t)payload[0] << 24 | (uint32_t)payload[1] << 16 | (uint32_t)payload[2] << 8 | payload[3] : 0;
    if (type == NGHTTP2_SETTINGS) {
        if (!(flags & NGHTTP2_FLAG_ACK))
            put_frame(s, NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, NULL, 0);
        return;
    }
    if (type == NGHTTP2_WINDOW_UPDATE) {
        script->returned += id > 0 ? number : 0;
        return;
    }
    if (type == NGHTTP2_DATA)
        note(script, "DATA(%d,%zu%s)", (int)id, len, ends ? "." : "");
    else if (type == NGHTTP2_RST_STREAM)
        note(script, "RST_STREAM(%d,%u)", (int)id, (unsigned)number);
    else
        note(script, "%s(%d%s)", type < sizeof names / sizeof names[0] ? names[type] : "?", (int)id, ends ? "." : "");
    if (type == NGHTTP2_HEADERS) {
        hear_fields(s, payload, len);
        s->number_of[(size_t)id / 2 % STREAMS] = script->requests++;
        answer(s, id, false);
    }
    if (ends)
        answer(s, id, true);
}

/* -- the codec -- */

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    server *s = server_of(codec);
    if (gg_buf_append(&s->in, bytes) != GG_OK)
        s->ended = true;
    if (!s->preface_seen && s->in.len >= PREFACE) {
        s->preface_seen = true;
        gg_buf_consume(&s->in, PREFACE);
    }
    while (s->preface_seen && s->in.len >= FRAME_HEAD) { /* each round eats a frame */
        uint8_t *p = (uint8_t *)(uintptr_t)gg_buf_str(&s->in).ptr;
        size_t len = (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
        int32_t id = (int32_t)((uint32_t)(p[5] & 0x7f) << 24 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 8 | p[8]);
        if (s->in.len < FRAME_HEAD + len)
            break;
        hear(s, p[3], p[4], id, p + FRAME_HEAD, len);
        gg_buf_consume(&s->in, FRAME_HEAD + len);
    }
    return GG_OK;
}

static void eof(gg_codec *codec)
{
    server_of(codec)->ended = true;
}

static gg_str output(gg_codec *codec)
{
    return gg_buf_str(&server_of(codec)->out);
}

static void sent(gg_codec *codec, size_t len)
{
    gg_buf_consume(&server_of(codec)->out, len);
}

static bool wants_input(const gg_codec *codec)
{
    (void)codec;
    return true;
}

static bool done(const gg_codec *codec)
{
    return server_of(codec)->ended;
}

static bool lingers(const gg_codec *codec)
{
    (void)codec;
    return false;
}

static void server_free(gg_codec *codec)
{
    server *s = server_of(codec);
    if (s->script->connection == s)
        s->script->connection = NULL;
    nghttp2_hd_deflate_del(s->deflater);
    nghttp2_hd_inflate_del(s->inflater);
    gg_buf_deinit(&s->in);
    gg_buf_deinit(&s->out);
    free(s);
}

gg_codec *h2_script_accept(void *user, gg_task *wake)
{
    static const gg_codec_ops ops = { receive, eof, output, sent, wants_input, done, lingers, eof, server_free };
    h2_script *script = user;
    server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->base.ops = &ops;
    s->script = script;
    s->wake = wake;
    if (nghttp2_hd_deflate_new(&s->deflater, 4096) != 0 || nghttp2_hd_inflate_new(&s->inflater) != 0)
        abort();
    script->connection = s;
    say(s, 0, script->settings != NULL ? script->settings : "S");
    gg_sched_post(script->sched, wake);
    return &s->base;
}
