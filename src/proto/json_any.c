/* json_any.c -- google.protobuf.Any from JSON.
 *
 *   { "@type": "type.googleapis.com/pkg.Message", "id": 7, ... }         the message's own members
 *   { "@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s" }   a form of its own
 *   { "@type": "type.example.com/pkg.NotKnown", "value": "CAc=" }        its bytes: as to_json.c writes it
 *
 * Members make sense only once the type is known.  "@type" mostly comes first; where it does not, the object
 * is looked through to its end, once, for the types of all objects inside it, and then the reader goes back
 * to its start.  What earlier feeds brought of it is kept for that.
 * An object without "@type" is an empty Any, whatever else it has, unless unknown fields are rejected.
 * Spec: protobuf.dev, "ProtoJSON Format", "Any". */
#include <stdlib.h>

#include "proto/json_decoder.h"
#include "proto/member.h"
#include "proto/well_known.h"

/* An object's "@type". */
typedef struct found_type {
    size_t object, value; /* offsets of the '{' and of the type's own text */
    gg_str url;
} found_type;

typedef struct any_search {
    bool open;        /* an Any has begun whose first name has not been read */
    bool searching;   /* that name was another: its object is looked through */
    bool type_due;    /* the value of a "@type" comes next */
    size_t offset;    /* of the Any's '{' */
    const char *from; /* in the fed bytes: the '{', or what goes on with its object */
    char *kept;       /* what earlier feeds brought of the object */
    size_t kept_len, kept_cap;
    gg_json_reader start; /* as it was behind the '{' */
    size_t *objects;      /* by depth inside the Any: the offset of the '{'; room for the deepest */
    found_type *found;    /* sorted by object once the search is over */
    size_t found_count, found_cap;
    size_t known_to; /* up to this offset `found` has all there is */
} any_search;

static const gg_str type_name = GG_STR_INIT("@type");

/* -- from type to bytes -- */
static void *any_member(const json_frame *frame, uint32_t number)
{
    return gg_member(gg_field_numbered(frame->any_type, number), frame->any);
}

/* The Any's type is known now: what its other members are follows from it. */
static gg_rc set_type(gg_json_decoder *d, json_frame *frame, const gg_json_token *token, gg_str url)
{
    if (!token->owned && (url = gg_arena_dup(d->arena, url)).ptr == NULL)
        return gg_decoder_fail_memory(d, token);
    const gg_message_type *type = gg_any_type(url, d->options.schema);
    gg_store_str(any_member(frame, 1), url);
    if (type == NULL && !gg_any_is_url(url))
        return gg_decoder_fail(d, token, GG_ANY_URL_EXPECTED);
    if (type == NULL) {
        frame->any_state = ANY_BYTES;
        return GG_OK;
    }
    frame->type = type;
    frame->message = gg_message_new(type, d->arena);
    if (frame->message == NULL)
        return gg_decoder_fail_memory(d, token);
    if (gg_any_has_value(type))
        frame->any_state = ANY_VALUE;
    else
        frame->kind = FRAME_MESSAGE;
    return GG_OK;
}

gg_rc gg_decoder_end_any(gg_json_decoder *d, const json_frame *frame, const gg_json_token *token)
{
    gg_str wire;
    if (frame->message == NULL)
        return GG_OK;
    gg_rc rc = gg_message_to_wire(frame->type, frame->message, d->arena, &wire);
    if (rc != GG_OK)
        return gg_decoder_fail_limit(d, token, rc, GG_MESSAGE_LEN, "bytes");
    gg_store_str(any_member(frame, 2), wire);
    return GG_OK;
}

/* -- looking for types -- */
static int compare_found(const void *a, const void *b)
{
    const found_type *x = a, *y = b;
    return (x->object > y->object) - (x->object < y->object);
}

/* A key of one object: of "@type" given twice the first counts, and the second is the decoder's to refuse. */
static const found_type *look_up(const any_search *s, size_t object)
{
    size_t low = 0, high = s->found_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->found[middle].object < object)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->found_count && s->found[low].object == object ? &s->found[low] : NULL;
}

static bool add_found(gg_json_decoder *d, size_t object, const gg_json_token *token)
{
    any_search *s = d->search;
    if (s->found_count == s->found_cap) {
        size_t cap = s->found_cap > 0 ? 2 * s->found_cap : 4;
        found_type *found = gg_arena_grow(d->arena, s->found, s->found_cap * sizeof *found, cap * sizeof *found);
        if (found == NULL)
            return false;
        s->found = found;
        s->found_cap = cap;
    }
    gg_str url = token->owned ? token->text : gg_arena_dup(d->arena, token->text);
    s->found[s->found_count++] = (found_type){ object, token->offset, url };
    return url.ptr != NULL;
}

/* The object is known to its end: back to its start, with what was found.  If it came in several feeds, what was
 * kept of it and the rest of the bytes are one piece from here on. */
static gg_rc go_back(gg_json_decoder *d, const gg_json_token *token)
{
    any_search *s = d->search;
    s->known_to = token->offset + 1;
    s->start.last = d->reader.last;
    if (s->kept_len > 0) {
        if (!gg_decoder_keep_any(d))
            return gg_decoder_fail_memory(d, token);
        s->start.start = s->kept;
        s->start.pos = s->kept + 1;
        s->start.end = s->kept + s->kept_len;
    }
    s->open = s->searching = false;
    s->kept = NULL;
    s->kept_len = s->kept_cap = 0;
    if (s->found_count > 1)
        qsort(s->found, s->found_count, sizeof *s->found, compare_found);
    d->reader = s->start;
    d->fed = gg_str_of(d->reader.start, (size_t)(d->reader.end - d->reader.start));
    return GG_OK;
}

static gg_rc use_found(gg_json_decoder *d, json_frame *frame, size_t object)
{
    const found_type *found = look_up(d->search, object);
    if (found == NULL) {
        frame->any_state = ANY_UNTYPED;
        return GG_OK;
    }
    gg_json_token token = { .kind = GG_JSON_STRING, .owned = true, .text = found->url, .offset = found->value };
    return set_type(d, frame, &token, found->url);
}

bool gg_decoder_searches(const gg_json_decoder *d)
{
    return d->search != NULL && d->search->searching;
}

gg_rc gg_decoder_search(gg_json_decoder *d, const gg_json_token *token)
{
    any_search *s = d->search;
    uint32_t outside = s->start.depth - 1, depth = d->reader.depth; /* containers open behind the token */
    bool type_due = s->type_due;
    s->type_due = false;
    switch (token->kind) {
    case GG_JSON_OBJECT:
        s->objects[depth - outside - 1] = token->offset;
        break;
    case GG_JSON_NAME:
        s->type_due = gg_str_eq(token->text, type_name);
        break;
    case GG_JSON_STRING:
        if (type_due && !add_found(d, s->objects[depth - outside - 1], token))
            return gg_decoder_fail_memory(d, token);
        break;
    case GG_JSON_OBJECT_END:
        if (depth == outside) {
            gg_rc rc = go_back(d, token);
            return rc == GG_OK ? use_found(d, gg_decoder_top(d), s->offset) : rc;
        }
        break;
    case GG_JSON_ARRAY:
    case GG_JSON_ARRAY_END:
    case GG_JSON_NUMBER:
    case GG_JSON_TRUE:
    case GG_JSON_FALSE:
    case GG_JSON_NULL:
    case GG_JSON_END:
        break;
    }
    return GG_OK;
}

/* The first name of the Any is not "@type". */
static gg_rc begin_search(gg_json_decoder *d, const gg_json_token *token)
{
    any_search *s = d->search;
    if (s->objects == NULL)
        s->objects = gg_arena_alloc(d->arena, (d->reader.depth_limit + 1) * sizeof *s->objects);
    if (s->objects == NULL)
        return gg_decoder_fail_memory(d, token);
    s->objects[0] = s->offset;
    s->found_count = 0;
    s->searching = true;
    s->type_due = false;
    return GG_OK;
}

/* -- bytes that go away -- */
void gg_decoder_fed(gg_json_decoder *d, gg_str bytes)
{
    d->fed = bytes;
    if (d->search != NULL)
        d->search->from = bytes.ptr;
}

bool gg_decoder_keep_any(gg_json_decoder *d)
{
    any_search *s = d->search;
    if (s == NULL || !s->open)
        return true;
    if (s->kept_len == 0) { /* the first of them: the reader's place is told without the bytes before */
        gg_json_place place = gg_json_where(&s->start, s->offset);
        s->start.line = place.line - 1;
        s->start.line_start = s->offset - (place.column - 1);
        s->start.base = s->offset;
    }
    size_t len = (size_t)(d->fed.ptr + d->fed.len - s->from);
    if (len > s->kept_cap - s->kept_len) {
        size_t cap = s->kept_len + len > 2 * s->kept_cap ? s->kept_len + len : 2 * s->kept_cap;
        char *kept = gg_arena_grow(d->arena, s->kept, s->kept_cap, cap);
        if (kept == NULL)
            return false;
        s->kept = kept;
        s->kept_cap = cap;
    }
    if (len > 0)
        memcpy(s->kept + s->kept_len, s->from, len);
    s->kept_len += len;
    return true;
}

/* -- the frame -- */
gg_rc gg_decoder_begin_any(gg_json_decoder *d, const gg_message_type *type, void *any, const gg_json_token *token)
{
    if (token->kind != GG_JSON_OBJECT)
        return gg_decoder_fail(d, token, "an object");
    if (d->search == NULL && (d->search = gg_arena_zalloc(d->arena, sizeof *d->search)) == NULL)
        return gg_decoder_fail_memory(d, token);
    gg_rc rc = gg_decoder_push(d, token,
        (json_frame){ .kind = FRAME_ANY, .any_state = ANY_OPEN, .is_message = true, .any_type = type, .any = any });
    any_search *s = d->search;
    if (rc != GG_OK)
        return rc;
    if (token->offset < s->known_to)
        return use_found(d, gg_decoder_top(d), token->offset);
    s->open = true;
    s->offset = token->offset;
    s->from = d->reader.pos - 1;
    s->kept_len = 0; /* of an Any before, whose "@type" came first */
    s->start = d->reader;
    return GG_OK;
}

static gg_rc take_value(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    if (frame->any_state == ANY_OPEN) {
        if (token->kind != GG_JSON_STRING)
            return gg_decoder_fail(d, token, GG_ANY_URL_EXPECTED);
        frame->type_read = true;
        return set_type(d, frame, token, token->text);
    }
    if (frame->any_state == ANY_VALUE)
        return gg_decoder_begin(d, frame->type, frame->message, token);
    gg_str url = gg_load_str(any_member(frame, 1));
    if (token->kind != GG_JSON_STRING)
        return gg_decoder_fail_text(d, token,
            gg_arena_printf(d->arena, "base64, as type %.*s is not known", GG_STR_ARG(url)));
    return gg_decoder_scalar(d, gg_field_numbered(frame->any_type, 2), any_member(frame, 2), token);
}

static gg_rc take_name(gg_json_decoder *d, json_frame *frame, const gg_json_token *token)
{
    bool is_type = gg_str_eq(token->text, type_name), is_value = gg_str_eq(token->text, GG_STR("value"));
    if (frame->any_state == ANY_OPEN) {
        d->search->open = !is_type;
        frame->value_due = is_type;
        return is_type ? GG_OK : begin_search(d, token);
    }
    if (frame->any_state == ANY_UNTYPED && !is_type)
        return gg_decoder_unknown(d, frame->any_type, token);
    if (frame->any_state == ANY_UNTYPED)
        return gg_decoder_fail(d, token, "a string as the type");
    if ((is_type && frame->type_read) || (is_value && frame->value_read))
        return gg_decoder_fail(d, token, "a field only once");
    if (is_type) {
        frame->type_read = true;
        gg_decoder_skip(d, token);
        return GG_OK;
    }
    if (is_value) {
        frame->value_read = frame->value_due = true;
        return GG_OK;
    }
    if (frame->any_state == ANY_VALUE)
        return gg_decoder_unknown(d, frame->type, token);
    gg_str url = gg_load_str(any_member(frame, 1));
    return gg_decoder_fail_text(d, token,
        gg_arena_printf(d->arena, "\"value\" with base64, as type %.*s is not known", GG_STR_ARG(url)));
}

gg_rc gg_decoder_take_any(gg_json_decoder *d, json_frame *frame, const gg_json_token *token, bool due)
{
    if (due)
        return take_value(d, frame, token);
    if (token->kind != GG_JSON_OBJECT_END)
        return take_name(d, frame, token);
    d->search->open = false;
    bool needs_value = frame->any_state == ANY_VALUE && frame->type->well_known != GG_WKT_EMPTY;
    if (needs_value && !frame->value_read)
        return gg_decoder_fail(d, token, "the member \"value\"");
    gg_rc rc = gg_decoder_end_any(d, frame, token);
    gg_decoder_pop(d);
    return rc;
}
