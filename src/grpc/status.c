/* status.c -- a call's end as headers, both ways: grpc-status, grpc-message, grpc-status-details-bin.
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Status" and "Status-Message".  Elsewhere: names and HTTP statuses of the codes
 * (base), the trailing metadata (metadata.c). */
#include "grpc/metadata.h"

#include "base/text.h"

enum { STATUS_MESSAGE_LEN = 4096 }; /* bytes of a status message that are sent; peers refuse longer headers */

#define AS_TEXT(name, code, http) [code] = GG_STR_INIT(#code),
static const gg_str code_text[] = { GG_STATUS_MAP(AS_TEXT) };

static gg_str text_of(gg_status code)
{
    size_t known = sizeof code_text / sizeof code_text[0];
    return code_text[(size_t)code < known ? (size_t)code : (size_t)GG_STATUS_UNKNOWN];
}

static gg_rc add_message(gg_headers *out, gg_arena *arena, gg_str message)
{
    if (message.len > STATUS_MESSAGE_LEN)
        message.len = gg_utf8_valid_len(gg_str_of(message.ptr, STATUS_MESSAGE_LEN));
    char *text = gg_arena_bytes(arena, 3 * message.len);
    if (text == NULL)
        return GG_ENOMEM;
    return gg_headers_add(out, arena, GG_STR("grpc-message"), gg_str_of(text, gg_grpc_message_encode(text, message)));
}

static gg_rc add_details(gg_headers *out, gg_arena *arena, gg_str details)
{
    char *text = gg_arena_bytes(arena, gg_base64_encoded_len(details.len, GG_BASE64_UNPADDED));
    if (text == NULL)
        return GG_ENOMEM;
    return gg_headers_add(out, arena, GG_STR("grpc-status-details-bin"),
        gg_str_of(text, gg_base64_encode(text, details, GG_BASE64_UNPADDED)));
}

gg_rc gg_status_to_headers(const gg_rpc_status *status, gg_arena *arena, gg_headers *out)
{
    gg_rc rc = gg_headers_add(out, arena, GG_STR("grpc-status"), text_of(status->code));
    if (rc == GG_OK && status->message.len > 0)
        rc = add_message(out, arena, status->message);
    if (rc == GG_OK && status->details.len > 0 && status->code != GG_STATUS_OK)
        rc = add_details(out, arena, status->details);
    return rc;
}

/* "0" to "16"; anything else is UNKNOWN. */
static gg_status code_of(gg_str text)
{
    for (size_t i = 0; i < sizeof code_text / sizeof code_text[0]; i++)
        if (gg_str_eq(code_text[i], text))
            return (gg_status)i;
    return GG_STATUS_UNKNOWN;
}

gg_rc gg_status_from_headers(const gg_headers *headers, gg_arena *arena, gg_rpc_status *out)
{
    gg_str code = gg_headers_get(headers, GG_STR("grpc-status"));
    gg_str message = gg_headers_get(headers, GG_STR("grpc-message"));
    gg_str details = gg_headers_get(headers, GG_STR("grpc-status-details-bin"));
    if (code.ptr == NULL)
        return GG_ENOTFOUND;
    out->code = code_of(code);
    char *text = gg_arena_bytes(arena, message.len + 1), *bytes = gg_arena_bytes(arena, details.len / 4 * 3 + 2);
    size_t len = 0;
    if (text == NULL || bytes == NULL)
        return GG_ENOMEM;
    out->message = gg_str_of(text, gg_grpc_message_decode(text, message));
    if (gg_base64_decode(bytes, &len, details) == GG_OK)
        out->details = gg_str_of(bytes, len);
    return GG_OK;
}
