/* json_print.c -- names, strings, numbers, enums and map keys in JSON (json_printer.h).
 *
 * The text goes straight into the writer's span: a member's name, colon and comma are one reservation, a number
 * with its quotes another.
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "base/ascii.h"
#include "base/text.h"
#include "proto/json_printer.h"
#include "proto/member.h"

void gg_printer_give_up(json_printer *p, gg_rc rc, gg_str expected)
{
    if (p->rc == GG_OK) {
        p->rc = rc;
        p->expected = expected;
    }
}

/* -- text -- */
/* Copies the text and says whether it stands in JSON as it is.  A word at a time, the last one overlapping. */
static inline bool copy_plain(char *out, gg_str text)
{
    const char *p = text.ptr;
    if (text.len >= 8) {
        size_t last = text.len - 8;
        uint64_t word = gg_load64(p + last);
        bool special = gg_has_special(word);
        memcpy(out + last, &word, 8);
        for (size_t i = 0; i < last; i += 8) {
            word = gg_load64(p + i);
            special |= gg_has_special(word);
            memcpy(out + i, &word, 8);
        }
        return !special;
    }
    if (text.len >= 4) {
        uint32_t first = gg_load32(p), last = gg_load32(p + text.len - 4);
        memcpy(out, &first, 4);
        memcpy(out + text.len - 4, &last, 4);
        return !gg_has_special(first | (uint64_t)last << 32);
    }
    bool special = false;
    for (size_t i = 0; i < text.len; i++) {
        out[i] = p[i];
        special |= gg_is_special(p[i]);
    }
    return !special;
}

void gg_printer_name(gg_json_writer *w, char before, gg_str name, char after)
{
    char *start = gg_printer_room(w, name.len + 4), *p = start;
    if (p == NULL)
        return;
    if (before != 0)
        *p++ = before;
    *p++ = '"';
    bool plain = copy_plain(p, name);
    p += name.len;
    *p++ = '"';
    if (after != 0)
        *p++ = after;
    if (plain) {
        w->len += (size_t)(p - start);
        return;
    }
    if (before != 0) /* a json_name of the author's own making */
        gg_json_put(w, before);
    gg_json_write_string(w, name);
    if (after != 0)
        gg_json_put(w, after);
}

void gg_printer_string(json_printer *p, gg_str text)
{
    gg_json_write_string(p->w, text);
    if (p->w->replaced)
        gg_printer_give_up(p, GG_EINVAL, GG_STR("a string of valid UTF-8"));
}

/* -- scalars -- */
/* A whole number; 64-bit ones and map keys are quoted. */
static void put_integer(gg_json_writer *w, bool is_signed, uint64_t bits, bool quoted)
{
    char *p = gg_printer_room(w, GG_I64_TEXT_LEN + 2);
    if (p == NULL)
        return;
    *p = '"';
    size_t len = is_signed ? gg_i64_print(p + quoted, (int64_t)bits) : gg_u64_print(p + quoted, bits);
    if (quoted) {
        p[len + 1] = '"';
        len += 2;
    }
    w->len += len;
}

static void put_enum(json_printer *p, const gg_field *field, int32_t number)
{
    const gg_enum_value *value = gg_enum_by_number(field->enum_type, number);
    if (gg_str_eq(field->enum_type->name, GG_STR("google.protobuf.NullValue")))
        PUT(p->w, "null");
    else if (value == NULL || p->options.enums_as_numbers)
        put_integer(p->w, true, (uint64_t)(int64_t)number, false);
    else
        gg_printer_name(p->w, 0, value->name, 0);
}

static void put_double(gg_json_writer *w, const void *place)
{
    double value;
    memcpy(&value, place, sizeof value);
    gg_json_write_double(w, value);
}

static void put_float(gg_json_writer *w, const void *place)
{
    float value;
    memcpy(&value, place, sizeof value);
    gg_json_write_float(w, value);
}

void gg_printer_scalar(json_printer *p, const gg_field *field, const void *place)
{
    gg_json_writer *w = p->w;
    switch ((gg_field_type)field->type) {
    case GG_TYPE_DOUBLE:
        put_double(w, place);
        break;
    case GG_TYPE_FLOAT:
        put_float(w, place);
        break;
    case GG_TYPE_INT64:
    case GG_TYPE_SFIXED64:
    case GG_TYPE_SINT64:
        put_integer(w, true, (uint64_t)gg_load_i64(place), !p->options.int64_as_numbers);
        break;
    case GG_TYPE_UINT64:
    case GG_TYPE_FIXED64:
        put_integer(w, false, (uint64_t)gg_load_i64(place), !p->options.int64_as_numbers);
        break;
    case GG_TYPE_INT32:
    case GG_TYPE_SFIXED32:
    case GG_TYPE_SINT32:
        put_integer(w, true, (uint64_t)(int64_t)gg_load_i32(place), false);
        break;
    case GG_TYPE_UINT32:
    case GG_TYPE_FIXED32:
        put_integer(w, false, (uint32_t)gg_load_i32(place), false);
        break;
    case GG_TYPE_BOOL:
        if (gg_load_bool(place))
            PUT(w, "true");
        else
            PUT(w, "false");
        break;
    case GG_TYPE_STRING:
        gg_printer_string(p, gg_load_str(place));
        break;
    case GG_TYPE_BYTES:
        gg_json_write_base64(w, gg_load_str(place));
        break;
    case GG_TYPE_ENUM:
        put_enum(p, field, gg_load_i32(place));
        break;
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
        break;
    }
}

void gg_printer_map_key(json_printer *p, const gg_field *key, const void *place)
{
    if (key->type == GG_TYPE_STRING)
        gg_printer_string(p, gg_load_str(place));
    else if (key->type == GG_TYPE_BOOL)
        gg_printer_name(p->w, 0, gg_load_bool(place) ? GG_STR("true") : GG_STR("false"), 0);
    else if (gg_scalar_size[key->type] == 8)
        put_integer(p->w, key->type != GG_TYPE_UINT64 && key->type != GG_TYPE_FIXED64, (uint64_t)gg_load_i64(place),
            true);
    else if (key->type == GG_TYPE_UINT32 || key->type == GG_TYPE_FIXED32)
        put_integer(p->w, false, (uint32_t)gg_load_i32(place), true);
    else
        put_integer(p->w, true, (uint64_t)(int64_t)gg_load_i32(place), true);
}
