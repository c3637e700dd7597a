/* rest_metadata.c -- which headers become metadata, under which name, and back.
 *
 * Tables decide; nothing is copied on the way in but x-forwarded-for when there are several.
 * Spec: grpc-gateway, "HTTP headers to gRPC metadata"; the keys that Grpc-Metadata-* may not set are ours. */
#include "gateway/rest_metadata.h"

#include "base/text.h"

#define PREFIX_IN "grpc-metadata-"
#define PREFIX_OUT "grpc-metadata-"
#define PREFIX_TRAILER "grpc-trailer-"
#define PREFIX_PERMANENT "grpcgateway-"
#define PREFIX_LAMBDA "lambda-runtime-"

/* -- in -- */

/* The headers that pass with a prefix, ordered by length.  (Host passes as x-forwarded-host.) */
/* clang-format off */
#define PERMANENT(name) GG_STR_INIT(PREFIX_PERMANENT name)
static const gg_str permanent[] = {
    PERMANENT("via"), PERMANENT("date"), PERMANENT("from"), PERMANENT("accept"), PERMANENT("cookie"),
    PERMANENT("expect"), PERMANENT("origin"), PERMANENT("pragma"), PERMANENT("referer"), PERMANENT("warning"),
    PERMANENT("if-match"), PERMANENT("user-agent"), PERMANENT("content-type"), PERMANENT("max-forwards"),
    PERMANENT("accept-ranges"), PERMANENT("authorization"), PERMANENT("cache-control"), PERMANENT("if-none-match"),
    PERMANENT("accept-charset"), PERMANENT("accept-language"), PERMANENT("if-modified-since"),
    PERMANENT("if-unmodified-since"), PERMANENT("if-schedule-tag-match"),
};
enum { PREFIX_PERMANENT_LEN = sizeof PREFIX_PERMANENT - 1, PERMANENT_LEN_MAX = 21 };
/* Where the names of each length begin; those of length n are permanent[start[n] .. start[n + 1]). */
static const uint8_t permanent_start[PERMANENT_LEN_MAX + 2] = {
    0, 0, 0, 0, 1, 3, 3, 8, 10, 11, 11, 12, 12, 14, 18, 19, 20, 20, 21, 21, 22, 22, 23
};
/* clang-format on */

/* The metadata key of a header that passes by its own name; ptr NULL: it does not. */
static gg_str permanent_key(gg_str name)
{
    if (name.len > PERMANENT_LEN_MAX)
        return (gg_str){ 0 };
    for (size_t i = permanent_start[name.len]; i < permanent_start[name.len + 1]; i++)
        if (memcmp(permanent[i].ptr + PREFIX_PERMANENT_LEN, name.ptr, name.len) == 0)
            return permanent[i];
    return (gg_str){ 0 };
}

/* Keys that the gateway or the protocol sets: a client may not. */
static bool is_reserved(gg_str key)
{
    static const gg_str prefixes[] = { GG_STR_INIT("grpc-"), GG_STR_INIT(PREFIX_PERMANENT), GG_STR_INIT("x-forwarded-"),
        GG_STR_INIT(PREFIX_LAMBDA) };
    static const gg_str names[] = { GG_STR_INIT("te"), GG_STR_INIT("host"), GG_STR_INIT("content-type"),
        GG_STR_INIT("authorization"), GG_STR_INIT("connection"), GG_STR_INIT("content-length"),
        GG_STR_INIT("transfer-encoding"), GG_STR_INIT("user-agent") };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (gg_str_starts(key, prefixes[i]))
            return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (gg_str_eq(key, names[i]))
            return true;
    return false;
}

/* gRPC PROTOCOL-HTTP2, "Custom-Metadata": Header-Name. */
static bool is_key(gg_str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
            return false;
    }
    return key.len > 0;
}

/* The same: ASCII-Value. */
static bool is_ascii_value(gg_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < 0x20 || value.ptr[i] > 0x7e)
            return false;
    return true;
}

static bool is_binary(gg_str key)
{
    return key.len >= 4 && memcmp(key.ptr + key.len - 4, "-bin", 4) == 0;
}

static gg_rc add_decoded(gg_headers *metadata, gg_arena *arena, gg_str key, gg_str base64)
{
    char *bytes = gg_arena_bytes(arena, base64.len / 4 * 3 + 2);
    size_t len = 0;
    if (bytes == NULL)
        return GG_ENOMEM;
    gg_rc rc = gg_base64_decode(bytes, &len, base64);
    return rc == GG_OK ? gg_headers_add(metadata, arena, key, gg_str_of(bytes, len)) : rc;
}

static gg_rc add_custom(const gg_rest_front *front, gg_headers *metadata, gg_arena *arena, gg_str key, gg_str value)
{
    if (is_reserved(key) || !is_key(key) || (!is_binary(key) && !is_ascii_value(value))) {
        if (front->log != NULL && gg_log_on(front->log, GG_LOG_DEBUG))
            gg_logf(front->log, GG_LOG_DEBUG, "request header dropped: " PREFIX_IN "%.*s", GG_STR_ARG(key));
        return GG_OK;
    }
    return is_binary(key) ? add_decoded(metadata, arena, key, value) : gg_headers_add(metadata, arena, key, value);
}

static gg_rc add_header(const gg_rest_front *front, gg_headers *metadata, const gg_exchange *x, const gg_header *header)
{
    static const gg_str custom = GG_STR_INIT(PREFIX_IN);
    gg_str name = header->name, value = header->value;
    gg_arena *arena = x->arena;
    if (x->version == GG_HTTP_EVENT && gg_str_starts(name, GG_STR(PREFIX_LAMBDA)) && is_ascii_value(value))
        return gg_headers_add(metadata, arena, name, value); /* Lambda's own: of a client's there are none */
    if (gg_str_starts(name, custom))
        return add_custom(front, metadata, arena, gg_str_of(name.ptr + custom.len, name.len - custom.len), value);
    gg_str key = permanent_key(name);
    if (key.ptr == NULL || !is_ascii_value(value))
        return GG_OK;
    gg_rc rc = gg_headers_add(metadata, arena, key, value);
    if (rc == GG_OK && gg_str_eq(name, GG_STR("authorization")))
        rc = gg_headers_add(metadata, arena, name, value);
    return rc;
}

/* "127.0.0.1:54321" and "[::1]:54321" without the port; empty for a peer that has no address. */
static gg_str peer_ip(gg_str peer)
{
    size_t colon = peer.len;
    while (colon > 0 && peer.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return (gg_str){ 0 };
    gg_str ip = gg_str_of(peer.ptr, colon - 1);
    if (ip.len >= 2 && ip.ptr[0] == '[' && ip.ptr[ip.len - 1] == ']')
        ip = gg_str_of(ip.ptr + 1, ip.len - 2);
    return ip;
}

/* All values received and the peer's own address, joined by ", ".  The gateway of an event has added it. */
static gg_rc add_forwarded_for(const gg_exchange *x, gg_headers *metadata)
{
    static const gg_str name = GG_STR_INIT("x-forwarded-for");
    gg_str ip = x->version != GG_HTTP_EVENT ? peer_ip(x->peer) : (gg_str){ 0 };
    size_t len = ip.len, values = 0;
    for (size_t i = 0; i < x->headers.count; i++)
        if (gg_str_eq(x->headers.items[i].name, name) && is_ascii_value(x->headers.items[i].value)) {
            len += x->headers.items[i].value.len + 2;
            values++;
        }
    if (len == 0)
        return GG_OK;
    if (values == 0)
        return gg_headers_add(metadata, x->arena, name, ip);
    char *text = gg_arena_bytes(x->arena, len), *p = text;
    if (text == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < x->headers.count; i++) {
        const gg_header *h = &x->headers.items[i];
        if (!gg_str_eq(h->name, name) || !is_ascii_value(h->value))
            continue;
        memcpy(p, h->value.ptr, h->value.len);
        memcpy(p + h->value.len, ", ", 2);
        p += h->value.len + 2;
    }
    memcpy(p, ip.len > 0 ? ip.ptr : "", ip.len);
    p = ip.len > 0 ? p + ip.len : p - 2;
    return gg_headers_add(metadata, x->arena, name, gg_str_of(text, (size_t)(p - text)));
}

gg_rc gg_rest_metadata_in(const gg_rest_front *front, const gg_exchange *x, gg_headers *metadata)
{
    size_t room = x->headers.count + 4; /* one each; authorization twice; the two x-forwarded */
    *metadata = (gg_headers){ .items = gg_arena_alloc(x->arena, room * sizeof *metadata->items), .cap = room };
    if (metadata->items == NULL)
        return GG_ENOMEM;
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < x->headers.count && rc == GG_OK; i++)
        rc = add_header(front, metadata, x, &x->headers.items[i]);
    if (rc != GG_OK)
        return rc;
    gg_str host = gg_headers_get(&x->headers, GG_STR("x-forwarded-host"));
    host = host.len > 0 ? host : x->authority;
    if (host.len > 0 && is_ascii_value(host))
        rc = gg_headers_add(metadata, x->arena, GG_STR("x-forwarded-host"), host);
    return rc == GG_OK ? add_forwarded_for(x, metadata) : rc;
}

gg_rc gg_rest_deadline(const gg_exchange *x, uint64_t *deadline_ns)
{
    /* clang-format off */
    static const uint64_t unit_ns[128] = { ['H'] = UINT64_C(3600000000000), ['M'] = UINT64_C(60000000000),
        ['S'] = 1000000000, ['m'] = 1000000, ['u'] = 1000, ['n'] = 1 };
    /* clang-format on */
    gg_str text = gg_headers_get(&x->headers, GG_STR("grpc-timeout"));
    *deadline_ns = x->deadline_ns;
    if (text.len == 0)
        return GG_OK;
    uint64_t unit = unit_ns[text.ptr[text.len - 1] & 0x7f], now = x->sched->now_ns;
    int64_t value = 0;
    gg_rc rc = gg_i64_parse(gg_str_of(text.ptr, text.len - 1), &value);
    if (unit == 0 || rc == GG_EPROTO)
        return GG_EPROTO;
    if (rc != GG_OK || value == 0) /* longer than any clock, or "0S": none */
        return GG_OK;
    if (value < 0)
        return GG_ETOOBIG;
    if ((uint64_t)value <= (UINT64_MAX - now) / unit && now + (uint64_t)value * unit < x->deadline_ns)
        *deadline_ns = now + (uint64_t)value * unit;
    return GG_OK;
}

/* -- out -- */

static gg_rc add_out(gg_headers *headers, gg_arena *arena, gg_str prefix, const gg_header *metadata)
{
    bool binary = is_binary(metadata->name);
    size_t value_len = binary ? gg_base64_encoded_len(metadata->value.len, GG_BASE64_UNPADDED) : metadata->value.len;
    char *name = gg_arena_bytes(arena, prefix.len + metadata->name.len), *value = gg_arena_bytes(arena, value_len + 1);
    if (name == NULL || value == NULL)
        return GG_ENOMEM;
    memcpy(name, prefix.ptr, prefix.len);
    memcpy(name + prefix.len, metadata->name.ptr, metadata->name.len);
    if (binary)
        gg_base64_encode(value, metadata->value, GG_BASE64_UNPADDED);
    else if (value_len > 0)
        memcpy(value, metadata->value.ptr, value_len);
    return gg_headers_add(headers, arena, gg_str_of(name, prefix.len + metadata->name.len),
        gg_str_of(value, value_len));
}

static bool passes_unprefixed(const gg_rest_front *front, gg_str key)
{
    for (size_t i = 0; i < front->plain_header_count; i++)
        if (gg_str_eq(front->plain_headers[i], key))
            return true;
    return false;
}

gg_rc gg_rest_metadata_out(const gg_rest_front *front, const gg_headers *metadata, gg_arena *arena, gg_headers *headers,
    int *http_status)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; metadata != NULL && i < metadata->count && rc == GG_OK; i++) {
        const gg_header *m = &metadata->items[i];
        int64_t code = 0;
        if (gg_str_eq(m->name, GG_STR("content-type")) || gg_str_starts(m->name, GG_STR("grpc-")))
            continue;
        if (gg_str_eq(m->name, GG_STR("x-http-code"))) {
            if (gg_i64_parse(m->value, &code) == GG_OK && code >= 200 && code <= 599)
                *http_status = (int)code;
            continue;
        }
        rc = add_out(headers, arena, passes_unprefixed(front, m->name) ? (gg_str){ "", 0 } : GG_STR(PREFIX_OUT), m);
    }
    return rc;
}

/* TE contains "trailers", in any case. */
static bool takes_trailers(const gg_exchange *x)
{
    static const gg_str word = GG_STR_INIT("trailers");
    gg_str te = gg_headers_get(&x->headers, GG_STR("te"));
    if (x->version == GG_HTTP_1_0 || x->version == GG_HTTP_EVENT)
        return false;
    for (size_t i = 0; te.len >= word.len && i <= te.len - word.len; i++)
        if (gg_str_starts_nocase(gg_str_of(te.ptr + i, te.len - i), word))
            return true;
    return false;
}

gg_rc gg_rest_trailers_out(const gg_exchange *x, const gg_headers *metadata, gg_headers *headers, gg_headers *trailers)
{
    if (metadata == NULL || metadata->count == 0 || !takes_trailers(x))
        return GG_OK;
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < metadata->count && rc == GG_OK; i++) {
        if (gg_str_starts(metadata->items[i].name, GG_STR("grpc-")))
            continue;
        rc = add_out(trailers, x->arena, GG_STR(PREFIX_TRAILER), &metadata->items[i]);
        if (rc == GG_OK)
            rc = gg_headers_add(headers, x->arena, GG_STR("trailer"), trailers->items[trailers->count - 1].name);
    }
    return rc;
}
