/* json_scalar.c -- JSON values that are no messages: strings, bytes, numbers, booleans, enums, map keys.
 *
 * Elsewhere: their text forms (scalar_text.c).
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "proto/json_decoder.h"
#include "proto/member.h"
#include "proto/scalar_text.h"

/* GG_ENOTFOUND is no error: an unknown name, to be ignored. */
static gg_rc read_enum(gg_json_decoder *d, const gg_field *field, void *place, const gg_json_token *token)
{
    const gg_enum_type *type = field->enum_type;
    if (token->kind == GG_JSON_STRING) {
        const gg_enum_value *value = gg_enum_by_name(type, token->text);
        if (value != NULL) {
            memcpy(place, &value->number, sizeof value->number);
            return GG_OK;
        }
        if (!d->options.reject_unknown_enums)
            return GG_ENOTFOUND;
    } else if (token->kind == GG_JSON_NULL) { /* NullValue alone comes here with it */
        memset(place, 0, sizeof(int32_t));
        return GG_OK;
    } else if (token->kind == GG_JSON_NUMBER) {
        gg_integer number;
        bool known = gg_integer_parse_json(token->text, &number) == GG_OK &&
            gg_integer_store(GG_TYPE_ENUM, number, place) == GG_OK;
        if (known && (!(field->flags & GG_FIELD_CLOSED) || gg_enum_by_number(type, gg_load_i32(place)) != NULL))
            return GG_OK;
    }
    gg_str expected = gg_arena_printf(d->arena, "a name or number of %.*s", GG_STR_ARG(type->name));
    return gg_decoder_fail_text(d, token, expected);
}

static gg_rc read_text(gg_json_decoder *d, const gg_field *field, void *place, const gg_json_token *token)
{
    gg_str text = token->text;
    gg_rc rc = GG_OK;
    if (token->kind != GG_JSON_STRING)
        return gg_decoder_fail(d, token, gg_scalar_expected((gg_field_type)field->type));
    if (field->type == GG_TYPE_BYTES)
        rc = gg_bytes_parse(text, d->arena, &text);
    else if (!token->owned && (text = gg_arena_dup(d->arena, text)).ptr == NULL)
        rc = GG_ENOMEM;
    if (rc == GG_ENOMEM)
        return gg_decoder_fail_memory(d, token);
    if (rc != GG_OK)
        return gg_decoder_fail(d, token, gg_scalar_expected((gg_field_type)field->type));
    gg_store_str(place, text);
    return GG_OK;
}

/* A number as a number or as a string. */
static gg_rc read_number(gg_json_decoder *d, gg_field_type type, void *place, const gg_json_token *token)
{
    bool string = token->kind == GG_JSON_STRING;
    gg_integer number;
    gg_rc rc = string || token->kind == GG_JSON_NUMBER ? GG_OK : GG_EPROTO;
    if (rc == GG_OK && (type == GG_TYPE_DOUBLE || type == GG_TYPE_FLOAT))
        rc = gg_float_store(type, token->text, string ? GG_FLOAT_NAMES : GG_FLOAT_NUMBER, place);
    else if (rc == GG_OK && (rc = gg_integer_parse_json(token->text, &number)) == GG_OK)
        rc = gg_integer_store(type, number, place);
    return rc == GG_OK ? GG_OK : gg_decoder_fail(d, token, gg_scalar_expected(type));
}

gg_rc gg_decoder_scalar(gg_json_decoder *d, const gg_field *field, void *place, const gg_json_token *token)
{
    if (field->type == GG_TYPE_STRING || field->type == GG_TYPE_BYTES)
        return read_text(d, field, place, token);
    if (field->type == GG_TYPE_ENUM)
        return read_enum(d, field, place, token);
    if (field->type != GG_TYPE_BOOL)
        return read_number(d, (gg_field_type)field->type, place, token);
    if (token->kind != GG_JSON_TRUE && token->kind != GG_JSON_FALSE)
        return gg_decoder_fail(d, token, gg_scalar_expected(GG_TYPE_BOOL));
    *(char *)place = token->kind == GG_JSON_TRUE;
    return GG_OK;
}

gg_rc gg_decoder_key(gg_json_decoder *d, const gg_field *key, void *place, const gg_json_token *token)
{
    gg_json_token value = *token;
    value.kind = GG_JSON_STRING;
    if (key->type == GG_TYPE_BOOL && gg_str_eq(token->text, GG_STR("true")))
        value.kind = GG_JSON_TRUE;
    else if (key->type == GG_TYPE_BOOL && gg_str_eq(token->text, GG_STR("false")))
        value.kind = GG_JSON_FALSE;
    return gg_decoder_scalar(d, key, place, &value);
}
