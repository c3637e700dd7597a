/* from_json.c -- JSON into a struct, by its table; resumable at any byte.
 *
 * The reader gives tokens, and the frame on top says what a token means there.  A frame is one JSON
 * object or array that has not ended:
 *
 *   { "items": [ { "qty": 1 }, ... ], "counts": { "a": 1 } }
 *   MESSAGE     LIST  MESSAGE                   MAP
 *
 * Frames lie in the arena, so nothing recurses and the bytes may be cut anywhere.  A Struct is a MAP
 * frame of its `fields`, a ListValue a LIST frame of its `values`; a Value chooses by the token.
 *
 * Members are looked for first where the declaration order says they should be, then by name.  A field
 * given twice is an error, under whichever names; so is a second member of a oneof.  null is no value,
 * but for Value and NullValue.
 * Elsewhere: the text of scalars (scalar_text.c) and of Timestamp and its like (well_known.c).
 * Spec: protobuf.dev, "ProtoJSON Format". */
#include "proto/json_decoder.h"

#include "proto/member.h"
#include "proto/scalar_text.h"
#include "proto/well_known.h"

static json_frame *top_frame(gg_json_decoder *d)
{
    return &d->frames[d->depth - 1];
}

/* -- frames -- */
static gg_rc push(gg_json_decoder *d, const gg_json_token *token, json_frame frame)
{
    if (frame.is_message && d->message_depth == GG_MESSAGE_DEPTH)
        return gg_decoder_fail_limit(d, token, GG_ETOOBIG, "at most 100 nested messages");
    if (d->depth == d->cap) {
        json_frame *more = gg_arena_alloc(d->arena, 2 * d->cap * sizeof *more);
        if (more == NULL)
            return gg_decoder_fail_memory(d, token);
        memcpy(more, d->frames, d->cap * sizeof *more);
        d->frames = more;
        d->cap *= 2;
    }
    d->frames[d->depth++] = frame;
    d->message_depth += frame.is_message;
    return GG_OK;
}

static void pop(gg_json_decoder *d)
{
    d->message_depth -= top_frame(d)->is_message;
    d->depth--;
}

static gg_rc push_message(gg_json_decoder *d, const gg_json_token *token, const gg_message_type *type, void *message)
{
    if (token->kind != GG_JSON_OBJECT)
        return gg_decoder_fail(d, token, "an object");
    return push(d, token, (json_frame){ .kind = FRAME_MESSAGE, .is_message = true, .type = type, .message = message });
}

/* The array or object of a repeated field; is_message: it stands for a ListValue or Struct. */
static gg_rc push_repeated(gg_json_decoder *d, const gg_json_token *token, const gg_field *field, void *message,
    bool is_message)
{
    bool map = field->rule == GG_FIELD_MAP;
    if (token->kind != (map ? GG_JSON_OBJECT : GG_JSON_ARRAY))
        return gg_decoder_fail(d, token, map ? "an object" : "an array");
    return push(d, token,
        (json_frame){ .kind = map ? FRAME_MAP : FRAME_LIST,
            .is_message = is_message,
            .field = field,
            .message = message });
}

/* -- scalars -- */
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

/* A value that is no message.  GG_ENOTFOUND: to be ignored (read_enum). */
static gg_rc read_scalar(gg_json_decoder *d, const gg_field *field, void *place, const gg_json_token *token)
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

/* A map's key, which JSON always has as a name. */
static gg_rc read_key(gg_json_decoder *d, const gg_field *key, void *place, const gg_json_token *token)
{
    gg_json_token value = *token;
    value.kind = GG_JSON_STRING;
    if (key->type == GG_TYPE_BOOL && gg_str_eq(token->text, GG_STR("true")))
        value.kind = GG_JSON_TRUE;
    else if (key->type == GG_TYPE_BOOL && gg_str_eq(token->text, GG_STR("false")))
        value.kind = GG_JSON_FALSE;
    return read_scalar(d, key, place, &value);
}

/* -- messages -- */
static gg_rc begin_message(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token);

/* google.protobuf.Value: the token chooses the member (struct.proto). */
static gg_rc begin_value(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token)
{
    static const uint8_t member[] = { [GG_JSON_NULL] = 1,
        [GG_JSON_NUMBER] = 2,
        [GG_JSON_STRING] = 3,
        [GG_JSON_TRUE] = 4,
        [GG_JSON_FALSE] = 4,
        [GG_JSON_OBJECT] = 5,
        [GG_JSON_ARRAY] = 6 };
    const gg_field *field = gg_field_numbered(type, member[token->kind]);
    if (!gg_field_is_message(field)) {
        gg_field_mark(field, message);
        return read_scalar(d, field, gg_member(field, message), token);
    }
    void *sub = gg_submessage_make(field, message, d->arena);
    if (sub == NULL)
        return gg_decoder_fail_memory(d, token);
    const gg_field *inner = gg_field_numbered(field->message, 1); /* Struct.fields, ListValue.values */
    return push_repeated(d, token, inner, sub, true);
}

/* A message whose JSON is a string of its own. */
static gg_rc read_known_text(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token)
{
    const char *expected = NULL;
    gg_str text = token->kind == GG_JSON_STRING ? token->text : GG_STR("-"); /* no time, duration or path */
    gg_rc rc = gg_well_known_from_text(type, message, text, d->arena, &expected);
    if (rc == GG_OK || rc == GG_EPROTO)
        return rc == GG_OK ? GG_OK : gg_decoder_fail(d, token, expected);
    return gg_decoder_fail_limit(d, token, rc, "at most 16777216 elements");
}

/* A token that begins the message: an object becomes a frame, other forms are done at once. */
static gg_rc begin_message(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token)
{
    switch ((gg_well_known)type->well_known) {
    case GG_WKT_NONE:
    case GG_WKT_EMPTY:
    case GG_WKT_ANY:
        break;
    case GG_WKT_TIMESTAMP:
    case GG_WKT_DURATION:
    case GG_WKT_FIELD_MASK:
        return read_known_text(d, type, message, token);
    case GG_WKT_WRAPPER:
        return read_scalar(d, &type->fields[0], gg_member(&type->fields[0], message), token);
    case GG_WKT_STRUCT:
    case GG_WKT_LIST_VALUE:
        return push_repeated(d, token, &type->fields[0], message, true);
    case GG_WKT_VALUE:
        return begin_value(d, type, message, token);
    }
    return push_message(d, token, type, message);
}

/* -- fields -- */
/* Whether null is a value of the type, not the lack of one. */
static bool takes_null(const gg_field *field)
{
    return gg_field_is_message(field)
        ? field->message->well_known == GG_WKT_VALUE
        : field->enum_type != NULL && gg_str_eq(field->enum_type->name, GG_STR("google.protobuf.NullValue"));
}

static gg_rc fail_oneof(gg_json_decoder *d, const gg_field *field, const void *message, const gg_json_token *token)
{
    const gg_message_type *type = d->depth > 0 ? top_frame(d)->type : d->type;
    const gg_field *other = gg_field_numbered(type, (uint32_t)gg_oneof_case(field, message));
    gg_str name = other != NULL ? other->json_name : GG_STR("another member");
    return gg_decoder_fail_text(d, token,
        gg_arena_printf(d->arena, "no value beside that of %.*s, of the same oneof", GG_STR_ARG(name)));
}

/* The value of a singular field, not null unless that is a value. */
static gg_rc take_singular(gg_json_decoder *d, const gg_field *field, void *message, const gg_json_token *token)
{
    if (field->rule == GG_FIELD_ONEOF && gg_oneof_case(field, message) != 0)
        return fail_oneof(d, field, message, token);
    if (gg_field_is_message(field)) {
        void *sub = gg_submessage_make(field, message, d->arena);
        return sub != NULL ? begin_message(d, field->message, sub, token) : gg_decoder_fail_memory(d, token);
    }
    gg_rc rc = read_scalar(d, field, gg_member(field, message), token);
    if (rc == GG_OK)
        gg_field_mark(field, message);
    return rc == GG_ENOTFOUND ? GG_OK : rc;
}

/* The whole value of a field, as it stands after its name. */
static gg_rc take_field(gg_json_decoder *d, const gg_field *field, void *message, const gg_json_token *token)
{
    bool repeated = gg_field_is_repeated(field);
    if (token->kind == GG_JSON_NULL && (repeated || !takes_null(field)))
        return GG_OK;
    return repeated ? push_repeated(d, token, field, message, false) : take_singular(d, field, message, token);
}

static gg_rc take_element(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    const gg_field *field = frame->field;
    void *place;
    if (token->kind == GG_JSON_ARRAY_END) {
        pop(d);
        return GG_OK;
    }
    gg_rc rc = gg_repeated_add(field, frame->message, d->arena, &place);
    if (rc != GG_OK)
        return gg_decoder_fail_limit(d, token, rc, "at most 16777216 elements");
    if (token->kind == GG_JSON_NULL && !takes_null(field))
        return gg_decoder_fail(d, token, gg_scalar_expected((gg_field_type)field->type));
    if (gg_field_is_message(field))
        return begin_message(d, field->message, place, token);
    rc = read_scalar(d, field, place, token);
    if (rc != GG_ENOTFOUND)
        return rc;
    gg_repeated_drop(field, frame->message);
    return GG_OK;
}

static gg_rc take_entry_key(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    const gg_field *field = frame->field;
    void *entry;
    frame->key_read = false;
    if (token->kind == GG_JSON_OBJECT_END) {
        gg_rc rc = gg_map_unique(field, frame->message, d->arena);
        pop(d);
        return rc == GG_OK ? GG_OK : gg_decoder_fail_memory(d, token);
    }
    gg_rc rc = gg_repeated_add(field, frame->message, d->arena, &entry);
    if (rc != GG_OK)
        return gg_decoder_fail_limit(d, token, rc, "at most 16777216 entries");
    const gg_field *key = &field->message->fields[0];
    rc = read_key(d, key, gg_member(key, entry), token);
    frame->key_read = frame->value_due = rc == GG_OK;
    return rc;
}

static gg_rc take_entry_value(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    const gg_field *field = frame->field, *value = &field->message->fields[1];
    size_t last = gg_repeated_count(field, frame->message) - 1;
    void *entry = (char *)gg_load_pointer(gg_member(field, frame->message)) + last * field->message->size;
    if (token->kind == GG_JSON_NULL && !takes_null(value))
        return gg_decoder_fail(d, token, gg_scalar_expected((gg_field_type)value->type));
    if (gg_field_is_message(value)) {
        void *sub = gg_submessage_make(value, entry, d->arena);
        return sub != NULL ? begin_message(d, value->message, sub, token) : gg_decoder_fail_memory(d, token);
    }
    gg_rc rc = read_scalar(d, value, gg_member(value, entry), token);
    if (rc == GG_ENOTFOUND) {
        gg_repeated_drop(field, frame->message);
        rc = GG_OK;
    }
    return rc;
}

/* -- members of a message -- */
static const gg_field *find_field(json_frame *frame, gg_str name)
{
    const gg_message_type *type = frame->type;
    if (type->well_known == GG_WKT_ANY)
        return gg_field_numbered(type, gg_str_eq(name, GG_STR("@type")) ? 1 : gg_str_eq(name, GG_STR("value")) ? 2 : 0);
    const gg_field *field = frame->guess < type->field_count ? &type->fields[frame->guess] : NULL;
    if (field == NULL || !(gg_str_eq(field->json_name, name) || gg_str_eq(field->name, name)))
        field = gg_field_by_name(type, name);
    if (field != NULL)
        frame->guess = (uint16_t)(field - type->fields + 1);
    return field;
}

/* Marks the frame's field as seen; *again if it was already.  False when memory is out. */
static bool mark_seen(gg_json_decoder *d, json_frame *frame, bool *again)
{
    size_t index = (size_t)(frame->field - frame->type->fields);
    uint64_t bit = UINT64_C(1) << index % 64, *word = &frame->seen;
    if (index >= 64) {
        size_t words = (frame->type->field_count - 1u) / 64;
        if (frame->seen_rest == NULL && (frame->seen_rest = gg_arena_zalloc(d->arena, words * sizeof *word)) == NULL)
            return false;
        word = &frame->seen_rest[index / 64 - 1];
    }
    *again = (*word & bit) != 0;
    *word |= bit;
    return true;
}

static gg_rc take_unknown(gg_json_decoder *d, const json_frame *frame, const gg_json_token *token)
{
    if (frame->type->well_known == GG_WKT_ANY)
        return gg_decoder_fail(d, token, "\"@type\", or \"value\" with serialized bytes");
    if (d->options.reject_unknown_fields) {
        gg_str expected = gg_arena_printf(d->arena, "a field of %.*s", GG_STR_ARG(frame->type->name));
        return gg_decoder_fail_text(d, token, expected);
    }
    d->skipping = true;
    d->skipped = *token;
    return GG_OK;
}

static gg_rc take_name(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    bool again;
    if (token->kind == GG_JSON_OBJECT_END) {
        pop(d);
        return GG_OK;
    }
    frame->field = find_field(frame, token->text);
    if (frame->field == NULL)
        return take_unknown(d, frame, token);
    if (!mark_seen(d, frame, &again))
        return gg_decoder_fail_memory(d, token);
    if (again)
        return gg_decoder_fail(d, token, "a field only once");
    frame->value_due = true;
    return GG_OK;
}

/* -- the loop -- */
static gg_rc take_root(gg_json_decoder *d, const gg_json_token *token)
{
    if (d->field != NULL)
        return take_field(d, d->field, d->message, token);
    return begin_message(d, d->type, d->message, token);
}

/* What a token means to the frame on top, which may be another one afterwards. */
static gg_rc take(gg_json_decoder *d, const gg_json_token *token)
{
    if (d->depth == 0)
        return take_root(d, token);
    json_frame *frame = top_frame(d);
    bool due = frame->value_due;
    frame->value_due = false;
    switch ((frame_kind)frame->kind) {
    case FRAME_MESSAGE:
        return due ? take_field(d, frame->field, frame->message, token) : take_name(d, frame, token);
    case FRAME_LIST:
        return take_element(d, frame, token);
    case FRAME_MAP:
        return due ? take_entry_value(d, frame, token) : take_entry_key(d, frame, token);
    }
    return GG_EPROTO;
}

static gg_rc run(gg_json_decoder *d)
{
    for (;;) { /* each round takes a token, of one byte or more */
        gg_json_token token;
        gg_rc rc = GG_OK;
        if (d->skipping) {
            rc = gg_json_skip(&d->reader, &d->skipped);
            d->skipping = rc == GG_NEED_MORE;
        }
        if (rc == GG_OK)
            rc = gg_json_next(&d->reader, &token);
        if (rc != GG_OK)
            return rc == GG_NEED_MORE ? rc : gg_decoder_fail_syntax(d, rc);
        if (token.kind == GG_JSON_END)
            return GG_OK;
        rc = take(d, &token);
        if (rc != GG_OK)
            return rc;
    }
}

/* -- the ways in -- */
gg_json_decoder *gg_json_decoder_new(const gg_message_type *type, void *message, const gg_field *field,
    const gg_codec_options *options, gg_arena *arena)
{
    gg_json_decoder *d = gg_arena_alloc(arena, sizeof *d);
    if (d == NULL)
        return NULL;
    gg_json_reader_init(&d->reader, arena, GG_JSON_NESTING);
    d->arena = arena;
    d->options = options != NULL ? *options : GG_CODEC_OPTIONS(.omit_unset = false);
    d->type = type;
    d->message = message;
    d->field = field;
    d->error = NULL;
    d->frames = d->first;
    d->depth = d->message_depth = 0;
    d->cap = GG_JSON_FIRST_FRAMES;
    d->skipping = false;
    d->rc = GG_NEED_MORE;
    return d;
}

gg_rc gg_json_decoder_feed(gg_json_decoder *decoder, gg_str bytes, bool last, gg_decode_error *error)
{
    if (decoder->rc != GG_NEED_MORE)
        return decoder->rc;
    decoder->error = error;
    gg_json_feed(&decoder->reader, bytes, last);
    decoder->rc = run(decoder);
    if (decoder->rc == GG_NEED_MORE)
        gg_json_feed(&decoder->reader, (gg_str){ 0 }, false); /* the reader lets go of the bytes */
    return decoder->rc;
}
