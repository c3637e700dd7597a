/* h2_response.c -- what a response is that is no proper gRPC response, as a status.
 *
 * Spec: gRPC http-grpc-status-mapping.md (a head without grpc-status), PROTOCOL-HTTP2, "Errors" (RST_STREAM). */
#include "grpc/h2_channel_private.h"

#include "base/text.h"
#include "grpc/front.h"

static gg_status code_of_http(int status)
{
    static const struct {
        int http;
        gg_status code;
    } codes[] = { { 400, GG_STATUS_INTERNAL }, { 401, GG_STATUS_UNAUTHENTICATED }, { 403, GG_STATUS_PERMISSION_DENIED },
        { 404, GG_STATUS_UNIMPLEMENTED }, { 429, GG_STATUS_UNAVAILABLE }, { 502, GG_STATUS_UNAVAILABLE },
        { 503, GG_STATUS_UNAVAILABLE }, { 504, GG_STATUS_UNAVAILABLE } };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].http == status)
            return codes[i].code;
    return GG_STATUS_UNKNOWN;
}

bool gg_h2_check_head(int http_status, const gg_headers *headers, gg_arena *arena, gg_rpc_status *status)
{
    gg_str type = gg_headers_get(headers, GG_STR("content-type"));
    if (http_status != 200)
        *status = (gg_rpc_status){ .code = code_of_http(http_status),
            .message = gg_arena_printf(arena, "the server answered with HTTP status %d", http_status) };
    else if (!gg_grpc_content_type(type))
        *status = (gg_rpc_status){ .code = GG_STATUS_UNKNOWN,
            .message = gg_arena_printf(arena, "the server answered with content-type \"%.*s\"", GG_STR_ARG(type)) };
    else
        return true;
    return false;
}

/* clang-format off */
#define RESET(name, status) \
    [GG_H2_##name] = { .code = GG_STATUS_##status, .message = GG_STR_INIT("the stream was reset: " #name) }
static const gg_rpc_status resets[] = {
    RESET(NO_ERROR, INTERNAL),
    RESET(PROTOCOL_ERROR, INTERNAL),
    RESET(INTERNAL_ERROR, INTERNAL),
    RESET(FLOW_CONTROL_ERROR, INTERNAL),
    RESET(SETTINGS_TIMEOUT, INTERNAL),
    RESET(STREAM_CLOSED, INTERNAL),
    RESET(FRAME_SIZE_ERROR, INTERNAL),
    RESET(REFUSED_STREAM, UNAVAILABLE),
    RESET(CANCEL, CANCELLED),
    RESET(COMPRESSION_ERROR, INTERNAL),
    RESET(CONNECT_ERROR, INTERNAL),
    RESET(ENHANCE_YOUR_CALM, RESOURCE_EXHAUSTED),
    RESET(INADEQUATE_SECURITY, PERMISSION_DENIED),
    RESET(HTTP_1_1_REQUIRED, INTERNAL),
};
/* clang-format on */

gg_rpc_status gg_h2_status_of_reset(gg_client_stream_ending end, uint32_t h2_error)
{
    static const gg_rpc_status unknown = { .code = GG_STATUS_UNKNOWN,
        .message = GG_STR_INIT("the stream was reset with an unknown code") };
    static const gg_rpc_status others[] = {
        [GG_STREAM_ENDED] = { .code = GG_STATUS_INTERNAL,
            .message = GG_STR_INIT("the response ended without a grpc-status") },
        [GG_STREAM_LOST] = { .code = GG_STATUS_UNAVAILABLE, .message = GG_STR_INIT("the connection was lost") },
        [GG_STREAM_UNPROCESSED] = { .code = GG_STATUS_UNAVAILABLE,
            .message = GG_STR_INIT("the server did not process the call") },
        [GG_STREAM_TOO_BIG] = { .code = GG_STATUS_RESOURCE_EXHAUSTED,
            .message = GG_STR_INIT("the response's headers are over the limit") },
        [GG_STREAM_NO_MEMORY] = { .code = GG_STATUS_RESOURCE_EXHAUSTED,
            .message = GG_STR_INIT("the call has spent its memory") },
    };
    if (end != GG_STREAM_RESET)
        return others[end];
    return h2_error < sizeof resets / sizeof resets[0] ? resets[h2_error] : unknown;
}
