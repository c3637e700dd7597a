/* metadata.c -- HTTP headers to metadata and back.
 *
 *   request header   te, content-type, grpc-timeout, ...     left out: the protocol's own
 *                    x-id: a                                 x-id: a
 *                    x-bin: YWI,YWM=                         x-bin: "ab", x-bin: "ac"   (base64 undone)
 *   response         x-bin: "ab"                             x-bin: YWI                 (base64, unpadded)
 *
 * Order and duplicates are kept.  Spec: gRPC PROTOCOL-HTTP2, "Custom-Metadata". */
#include "grpc/metadata.h"

#include "base/text.h"

/* Headers that belong to HTTP or to gRPC and are not metadata; those of "grpc-" too.  user-agent is kept:
 * handlers log it. */
static const gg_str reserved[] = { GG_STR_INIT("te"), GG_STR_INIT("date"), GG_STR_INIT("host"), GG_STR_INIT("trailer"),
    GG_STR_INIT("upgrade"), GG_STR_INIT("connection"), GG_STR_INIT("keep-alive"), GG_STR_INIT("content-type"),
    GG_STR_INIT("content-length"), GG_STR_INIT("proxy-connection"), GG_STR_INIT("transfer-encoding") };

static bool is_reserved(gg_str key)
{
    if (gg_str_starts(key, GG_STR("grpc-")))
        return true;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (gg_str_eq(key, reserved[i]))
            return true;
    return false;
}

static bool is_binary(gg_str key)
{
    return key.len > 4 && memcmp(key.ptr + key.len - 4, "-bin", 4) == 0;
}

bool gg_metadata_valid(gg_str key, gg_str value)
{
    if (key.len == 0 || is_reserved(key))
        return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
            return false;
    }
    if (is_binary(key))
        return true;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < 0x20 || value.ptr[i] > 0x7e)
            return false;
    return true;
}

/* A "-bin" value: one or more base64 texts, joined by commas on the way. */
static gg_rc add_binary(gg_headers *out, gg_arena *arena, gg_str key, gg_str value)
{
    for (;;) { /* each round takes one comma off the value */
        const char *comma = value.len > 0 ? memchr(value.ptr, ',', value.len) : NULL;
        gg_str text = gg_str_of(value.ptr, comma != NULL ? (size_t)(comma - value.ptr) : value.len);
        while (text.len > 0 && text.ptr[0] == ' ')
            text = gg_str_of(text.ptr + 1, text.len - 1);
        while (text.len > 0 && text.ptr[text.len - 1] == ' ')
            text.len--;
        char *bytes = gg_arena_bytes(arena, text.len / 4 * 3 + 3);
        size_t len = 0;
        if (bytes == NULL)
            return GG_ENOMEM;
        gg_rc rc = gg_base64_decode(bytes, &len, text);
        if (rc == GG_OK) {
            bytes[len] = '\0';
            rc = gg_headers_add(out, arena, key, gg_str_of(bytes, len));
        }
        if (rc != GG_OK || comma == NULL)
            return rc;
        value = gg_str_of(comma + 1, value.len - (size_t)(comma + 1 - value.ptr));
    }
}

gg_rc gg_metadata_from_headers(const gg_headers *headers, gg_arena *arena, gg_headers *out)
{
    *out = (gg_headers){ 0 };
    for (size_t i = 0; i < headers->count; i++) {
        const gg_header *h = &headers->items[i];
        if (is_reserved(h->name))
            continue;
        gg_rc rc = is_binary(h->name) ? add_binary(out, arena, h->name, h->value)
                                      : gg_headers_add(out, arena, h->name, h->value);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

gg_rc gg_metadata_to_headers(const gg_headers *metadata, gg_arena *arena, gg_headers *out)
{
    for (size_t i = 0; i < metadata->count; i++) {
        gg_str value = metadata->items[i].value;
        if (is_binary(metadata->items[i].name)) {
            char *text = gg_arena_bytes(arena, gg_base64_encoded_len(value.len, GG_BASE64_UNPADDED));
            if (text == NULL)
                return GG_ENOMEM;
            value = gg_str_of(text, gg_base64_encode(text, value, GG_BASE64_UNPADDED));
        }
        gg_rc rc = gg_headers_add(out, arena, metadata->items[i].name, value);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}
