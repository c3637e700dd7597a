/* details.c -- error details (details.h), and gg_status_next_detail of gg/call.h. */
#include "grpc/details.h"

#include "gg/call.h"
#include "proto/wire.h"

enum { CODE = 1, MESSAGE = 2, DETAILS = 3, ANY_TYPE_URL = 1, ANY_VALUE = 2 };

static gg_str moved_to_arena(gg_buf *buf, gg_arena *arena)
{
    gg_str copy = gg_arena_dup(arena, gg_buf_str(buf));
    gg_buf_deinit(buf);
    return copy;
}

gg_rc gg_details_add(gg_str *details, gg_arena *arena, gg_str type, gg_str message)
{
    if (type.len == 0)
        return GG_EINVAL;
    bool is_url = memchr(type.ptr, '/', type.len) != NULL;
    gg_str url = is_url ? type : gg_arena_printf(arena, "type.googleapis.com/%.*s", GG_STR_ARG(type));
    gg_buf any = { 0 }, all = { 0 };
    gg_rc rc = url.ptr != NULL ? gg_wire_write_bytes(&any, ANY_TYPE_URL, url) : GG_ENOMEM;
    if (rc == GG_OK && message.len > 0)
        rc = gg_wire_write_bytes(&any, ANY_VALUE, message);
    if (rc == GG_OK)
        rc = gg_buf_append(&all, *details);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&all, DETAILS, gg_buf_str(&any));
    gg_buf_deinit(&any);
    gg_str copy = rc == GG_OK ? moved_to_arena(&all, arena) : gg_str_of(NULL, 0);
    gg_buf_deinit(&all);
    if (copy.ptr == NULL)
        return GG_ENOMEM;
    *details = copy;
    return GG_OK;
}

gg_rc gg_details_finish(gg_str details, gg_arena *arena, gg_status code, gg_str message, gg_str *status)
{
    *status = gg_str_of(NULL, 0);
    if (details.len == 0)
        return GG_OK;
    gg_buf all = { 0 };
    gg_rc rc = gg_wire_write_varint(&all, CODE, (uint64_t)code);
    if (rc == GG_OK && message.len > 0)
        rc = gg_wire_write_bytes(&all, MESSAGE, message);
    if (rc == GG_OK)
        rc = gg_buf_append(&all, details);
    gg_str copy = rc == GG_OK ? moved_to_arena(&all, arena) : gg_str_of(NULL, 0);
    gg_buf_deinit(&all);
    if (copy.ptr == NULL)
        return GG_ENOMEM;
    *status = copy;
    return GG_OK;
}

static gg_rc read_any(gg_str any, gg_str *type, gg_str *message)
{
    gg_wire_field field;
    gg_rc rc;
    *type = *message = gg_str_of(NULL, 0);
    while ((rc = gg_wire_next(&any, &field)) == GG_OK) { /* each round eats a byte or more */
        if (field.type == GG_WIRE_LEN && field.number == ANY_TYPE_URL)
            *type = field.bytes;
        else if (field.type == GG_WIRE_LEN && field.number == ANY_VALUE)
            *message = field.bytes;
    }
    size_t slash = type->len;
    while (slash > 0 && type->ptr[slash - 1] != '/')
        slash--;
    *type = gg_str_of(type->ptr + slash, type->len - slash);
    return rc == GG_NEED_MORE ? GG_OK : rc;
}

gg_rc gg_status_next_detail(gg_str *rest, gg_str *type, gg_str *message)
{
    gg_wire_field field;
    gg_rc rc;
    while ((rc = gg_wire_next(rest, &field)) == GG_OK) /* each round eats a byte or more */
        if (field.type == GG_WIRE_LEN && field.number == DETAILS)
            return read_any(field.bytes, type, message);
    return rc == GG_NEED_MORE ? GG_END : rc;
}
