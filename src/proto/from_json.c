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

#include "proto/decode_error.h"
#include "proto/member.h"
#include "proto/scalar_text.h"
#include "proto/well_known.h"

/* -- frames -- */
gg_rc gg_decoder_push(gg_json_decoder *d, const gg_json_token *token, json_frame frame)
{
    if (frame.is_message && d->message_depth == d->options.depth_limit)
        return gg_decoder_fail_limit(d, token, GG_ETOOBIG, d->options.depth_limit, "nested messages");
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

void gg_decoder_pop(gg_json_decoder *d)
{
    d->message_depth -= gg_decoder_top(d)->is_message;
    d->depth--;
}

static gg_rc push_message(gg_json_decoder *d, const gg_json_token *token, const gg_message_type *type, void *message)
{
    if (token->kind != GG_JSON_OBJECT)
        return gg_decoder_fail(d, token, "an object");
    return gg_decoder_push(d, token,
        (json_frame){ .kind = FRAME_MESSAGE, .is_message = true, .type = type, .message = message });
}

/* The array or object of a repeated field; is_message: it stands for a ListValue or Struct. */
static gg_rc push_repeated(gg_json_decoder *d, const gg_json_token *token, const gg_field *field, void *message,
    bool is_message)
{
    bool map = field->rule == GG_FIELD_MAP;
    if (token->kind != (map ? GG_JSON_OBJECT : GG_JSON_ARRAY))
        return gg_decoder_fail(d, token, map ? "an object" : "an array");
    return gg_decoder_push(d, token,
        (json_frame){ .kind = map ? FRAME_MAP : FRAME_LIST,
            .is_message = is_message,
            .field = field,
            .message = message });
}

/* -- messages -- */
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
        return gg_decoder_scalar(d, field, gg_member(field, message), token);
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
    gg_rc rc = gg_well_known_from_text(type, message, text, d->options.element_limit, d->arena, &expected);
    if (rc == GG_OK || rc == GG_EPROTO)
        return rc == GG_OK ? GG_OK : gg_decoder_fail(d, token, expected);
    return gg_decoder_fail_limit(d, token, rc, d->options.element_limit, "elements");
}

gg_rc gg_decoder_begin(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token)
{
    switch ((gg_well_known)type->well_known) {
    case GG_WKT_NONE:
    case GG_WKT_EMPTY:
        break;
    case GG_WKT_ANY:
        return gg_decoder_begin_any(d, type, message, token);
    case GG_WKT_TIMESTAMP:
    case GG_WKT_DURATION:
    case GG_WKT_FIELD_MASK:
        return read_known_text(d, type, message, token);
    case GG_WKT_WRAPPER:
        return gg_decoder_scalar(d, &type->fields[0], gg_member(&type->fields[0], message), token);
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
    const gg_message_type *type = d->depth > 0 ? gg_decoder_top(d)->type : d->type;
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
        return sub != NULL ? gg_decoder_begin(d, field->message, sub, token) : gg_decoder_fail_memory(d, token);
    }
    gg_rc rc = gg_decoder_scalar(d, field, gg_member(field, message), token);
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
        gg_decoder_pop(d);
        return GG_OK;
    }
    gg_rc rc = gg_repeated_add(field, frame->message, d->options.element_limit, d->arena, &place);
    if (rc != GG_OK)
        return gg_decoder_fail_limit(d, token, rc, d->options.element_limit, "elements");
    if (token->kind == GG_JSON_NULL && !takes_null(field))
        return gg_decoder_fail(d, token, gg_scalar_expected((gg_field_type)field->type));
    if (gg_field_is_message(field))
        return gg_decoder_begin(d, field->message, place, token);
    rc = gg_decoder_scalar(d, field, place, token);
    if (rc != GG_ENOTFOUND)
        return rc;
    gg_repeated_drop(field, frame->message);
    return GG_OK;
}

/* A key given twice is only seen when the map has ended: keys are compared once, not each with all before. */
static gg_rc end_map(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    const gg_field *field = frame->field;
    size_t before = gg_repeated_count(field, frame->message);
    gg_rc rc = gg_map_unique(field, frame->message, d->arena);
    if (rc != GG_OK)
        return gg_decoder_fail_memory(d, token);
    if (gg_repeated_count(field, frame->message) != before)
        return gg_decoder_fail(d, token, "every key only once");
    gg_decoder_pop(d);
    return GG_OK;
}

static gg_rc take_entry_key(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    const gg_field *field = frame->field;
    void *entry;
    frame->key_read = false;
    if (token->kind == GG_JSON_OBJECT_END) {
        return end_map(d, frame, token);
    }
    gg_rc rc = gg_repeated_add(field, frame->message, d->options.element_limit, d->arena, &entry);
    if (rc != GG_OK)
        return gg_decoder_fail_limit(d, token, rc, d->options.element_limit, "entries");
    const gg_field *key = &field->message->fields[0];
    rc = gg_decoder_key(d, key, gg_member(key, entry), token);
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
        return sub != NULL ? gg_decoder_begin(d, value->message, sub, token) : gg_decoder_fail_memory(d, token);
    }
    gg_rc rc = gg_decoder_scalar(d, value, gg_member(value, entry), token);
    if (rc == GG_ENOTFOUND) {
        gg_repeated_drop(field, frame->message);
        frame->key_read = false;
        rc = GG_OK;
    }
    return rc;
}

/* -- members of a message -- */
static const gg_field *find_field(json_frame *frame, gg_str name)
{
    const gg_message_type *type = frame->type;
    const gg_field *field = frame->guess < type->field_count ? &type->fields[frame->guess] : NULL;
    if (field == NULL || !(gg_str_eq(field->json_name, name) || gg_str_eq(field->name, name)))
        field = gg_field_by_name(type, name);
    if (field != NULL && (field->flags & GG_FIELD_EXTENSION) && name.ptr[0] != '[')
        return NULL; /* its full name, without the brackets */
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

void gg_decoder_skip(gg_json_decoder *d, const gg_json_token *name)
{
    d->skipping = true;
    d->skipped = *name;
}

gg_rc gg_decoder_unknown(gg_json_decoder *d, const gg_message_type *type, const gg_json_token *token)
{
    if (d->options.reject_unknown_fields)
        return gg_decoder_fail_text(d, token, gg_arena_printf(d->arena, "a field of %.*s", GG_STR_ARG(type->name)));
    gg_decoder_skip(d, token);
    return GG_OK;
}

/* "@type" among the members of an Any's message, where it was found before. */
static gg_rc take_type(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    if (frame->type_read)
        return gg_decoder_fail(d, token, "a field only once");
    frame->type_read = true;
    gg_decoder_skip(d, token);
    return GG_OK;
}

static gg_rc take_name(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    bool again;
    if (token->kind == GG_JSON_OBJECT_END) {
        gg_rc rc = frame->any != NULL ? gg_decoder_end_any(d, frame, token) : GG_OK;
        gg_decoder_pop(d);
        return rc;
    }
    if (frame->any != NULL && gg_str_eq(token->text, GG_STR("@type")))
        return take_type(d, frame, token);
    const gg_field *field = find_field(frame, token->text);
    if (field == NULL)
        return gg_decoder_unknown(d, frame->type, token);
    frame->field = field;
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
    return gg_decoder_begin(d, d->type, d->message, token);
}

/* What a token means to the frame on top, which may be another one afterwards. */
static gg_rc take(gg_json_decoder *d, const gg_json_token *token)
{
    if (d->depth == 0)
        return take_root(d, token);
    json_frame *frame = gg_decoder_top(d);
    bool due = frame->value_due;
    frame->value_due = false;
    switch ((frame_kind)frame->kind) {
    case FRAME_MESSAGE:
        return due ? take_field(d, frame->field, frame->message, token) : take_name(d, frame, token);
    case FRAME_LIST:
        return take_element(d, frame, token);
    case FRAME_MAP:
        return due ? take_entry_value(d, frame, token) : take_entry_key(d, frame, token);
    case FRAME_ANY:
        return gg_decoder_take_any(d, frame, token, due);
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
        rc = gg_decoder_searches(d) ? gg_decoder_search(d, &token) : take(d, &token);
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
    d->arena = arena;
    d->options = gg_codec_options_of(options);
    gg_json_reader_init(&d->reader, arena, 2 * d->options.depth_limit); /* a message inside a list is two */
    d->search = NULL;
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
    gg_decoder_fed(decoder, bytes);
    decoder->rc = run(decoder);
    if (decoder->rc == GG_NEED_MORE && !gg_decoder_keep_any(decoder))
        decoder->rc = gg_decoder_fail_at(decoder, GG_ENOMEM, decoder->reader.token_offset, GG_STR(GG_MEMORY_EXPECTED),
            (gg_str){ 0 });
    if (decoder->rc == GG_NEED_MORE)
        gg_json_feed(&decoder->reader, (gg_str){ 0 }, false); /* the reader lets go of the bytes */
    return decoder->rc;
}
