/* raw_peer.c -- frames, one by one (raw_peer.h). */
#include "raw_peer.h"

#include <nghttp2/nghttp2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
/* cmocka wants those first */
#include <cmocka.h>

static void put_u32(char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(value >> (24 - 8 * i) & 0xff);
}

static uint32_t get_u32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

void raw_frame(gg_buf *out, uint8_t type, uint8_t flags, int32_t id, gg_str payload)
{
    char head[GG_H2_HEAD_LEN] = { (char)(payload.len >> 16), (char)(payload.len >> 8), (char)payload.len, (char)type,
        (char)flags };
    put_u32(head + 5, (uint32_t)id);
    assert_int_equal(gg_buf_append(out, gg_str_of(head, sizeof head)), GG_OK);
    assert_int_equal(gg_buf_append(out, payload), GG_OK);
}

void raw_u32(gg_buf *out, uint8_t type, int32_t id, uint32_t payload)
{
    char bytes[4];
    put_u32(bytes, payload);
    raw_frame(out, type, 0, id, gg_str_of(bytes, sizeof bytes));
}

void raw_request(gg_buf *out, uint8_t flags, int32_t id, gg_str path)
{
    char block[128] = "\x82\x86\x41\x01\x61\x04"; /* GET, http, authority "a", then :path with a literal value */
    size_t len = 6;
    assert_true(path.len < 100);
    block[len++] = (char)path.len;
    memcpy(block + len, path.ptr, path.len);
    raw_frame(out, NGHTTP2_HEADERS, (uint8_t)(flags | NGHTTP2_FLAG_END_HEADERS), id, gg_str_of(block, len + path.len));
}

void raw_feed(fake_front *front, gg_buf *bytes, size_t piece)
{
    gg_str left = gg_buf_str(bytes);
    while (left.len > 0) {
        size_t len = left.len < piece ? left.len : piece;
        fake_front_feed(front, gg_str_of(left.ptr, len));
        left = gg_str_of(left.ptr + len, left.len - len);
    }
    gg_buf_consume(bytes, bytes->len);
}

static void hear(raw_heard *heard, const gg_h2_head *head, const char *payload)
{
    heard->count[head->type < 10 ? head->type : 9]++;
    if (head->type == NGHTTP2_PING && !(head->flags & NGHTTP2_FLAG_ACK))
        heard->pings++;
    if (head->type == NGHTTP2_RST_STREAM) {
        heard->reset_id = head->id;
        heard->reset_error = get_u32(payload);
    }
    if (head->type != NGHTTP2_GOAWAY)
        return;
    heard->last_stream = (int32_t)get_u32(payload);
    heard->error = get_u32(payload + 4);
    snprintf(heard->debug, sizeof heard->debug, "%.*s", (int)head->len - 8, payload + 8);
}

void raw_hear(fake_front *front, raw_heard *heard)
{
    gg_h2_heads heads = { 0 };
    gg_h2_head head;
    size_t at = 0, begin = 0;
    while (gg_h2_heads_next(&heads, gg_str_of(front->sent, front->sent_len), &at, &begin, &head)) {
        assert_true(at + head.len <= front->sent_len);
        hear(heard, &head, front->sent + at);
    }
    front->sent_len = 0;
}

void raw_peer_open(raw_peer *f)
{
    assert_true(fake_front_open(&f->front, true));
    f->heard = (raw_heard){ 0 };
    gg_buf_append(&f->bytes, gg_str_of(RAW_PREFACE, sizeof RAW_PREFACE - 1));
    gg_buf_append(&f->bytes, gg_str_of(RAW_SETTINGS, sizeof RAW_SETTINGS - 1));
}

void raw_peer_close(raw_peer *f)
{
    fake_front_close(&f->front);
    gg_buf_deinit(&f->bytes);
}

bool raw_peer_is_done(const raw_peer *f)
{
    return f->front.codec->ops->done(f->front.codec);
}

void raw_peer_say(raw_peer *f)
{
    raw_feed(&f->front, &f->bytes, RAW_WHOLE);
    raw_hear(&f->front, &f->heard);
}

void raw_peer_wait(raw_peer *f, uint64_t ns)
{
    fake_front_wait(&f->front, ns);
    raw_hear(&f->front, &f->heard);
}
