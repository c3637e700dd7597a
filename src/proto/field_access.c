/* field_access.c -- reads and writes what stands at a path in a message (gg/message.h, "single fields by path").
 *
 * A value is first put into a slot, by the codecs that know its form, and then into its place: so what was there
 * stays when the new value is wrong.  The way to the place is checked before any of it is made. */
#include "proto/path.h"

#include <assert.h>

#include "proto/decode_error.h"
#include "proto/member.h"

/* -- places -- */
static bool has_key(const gg_path_step *step, const void *entry)
{
    const gg_field *key = &step->field->message->fields[0];
    const void *place = gg_member_const(key, entry);
    if (key->type == GG_TYPE_STRING)
        return gg_str_eq(gg_load_str(place), step->key.value.text);
    return memcmp(place, &step->key.value, gg_scalar_size[key->type]) == 0;
}

/* The element or entry that a subscript names; NULL if there is none. */
static void *find_element(const gg_path_step *step, const void *message)
{
    size_t count = message != NULL ? gg_repeated_count(step->field, message) : 0;
    size_t size = gg_element_size(step->field);
    char *elements = count > 0 ? gg_load_pointer(gg_member_const(step->field, message)) : NULL;
    if (step->field->rule == GG_FIELD_REPEATED)
        return step->index < count ? elements + step->index * size : NULL;
    for (size_t i = 0; i < count; i++)
        if (has_key(step, elements + i * size))
            return elements + i * size;
    return NULL;
}

/* Where the value of an element or entry is: itself, if it is a message in a list. */
static void *element_place(const gg_path_step *step, void *element)
{
    return step->field->rule == GG_FIELD_MAP ? gg_member(gg_path_value(step), element) : element;
}

/* The message that a step leads to; NULL if it is not there. */
static void *find_child(const gg_path_step *step, const void *message)
{
    if (!step->subscript)
        return message != NULL ? gg_submessage(step->field, message) : NULL;
    void *element = find_element(step, message);
    if (element == NULL || step->field->rule == GG_FIELD_REPEATED)
        return element;
    return gg_load_pointer(element_place(step, element));
}

static gg_rc fail_element(const gg_path *path, const gg_path_step *step, const void *message)
{
    size_t count = message != NULL ? gg_repeated_count(step->field, message) : 0;
    gg_str expected = GG_STR("a key of the map");
    if (step->field->rule == GG_FIELD_REPEATED && path->error != NULL)
        expected = gg_arena_printf(path->arena, "an index of the %zu elements", count);
    return gg_path_fail(path, GG_ENOTFOUND, step->offset, expected);
}

/* -- reading -- */
/* The struct that holds the last field; NULL if it is not there.  GG_ENOTFOUND: an element on the way is not. */
static gg_rc find_holder(const gg_path *path, const void **message)
{
    for (size_t i = 0; i + 1 < path->count; i++) {
        const gg_path_step *step = &path->steps[i];
        if (step->subscript && find_element(step, *message) == NULL)
            return fail_element(path, step, *message);
        *message = find_child(step, *message);
    }
    return GG_OK;
}

/* A scalar or message that is not repeated. */
static void load_singular(const gg_field *field, const void *message, gg_slot *slot)
{
    slot->has = message != NULL && gg_field_is_set(field, message);
    const void *place = slot->has ? gg_member_const(field, message) : field->default_value;
    if (place != NULL)
        memcpy(&slot->value, place, gg_scalar_size[field->type]);
}

static gg_rc load_element(const gg_path *path, const gg_path_step *step, const void *message, gg_slot *slot)
{
    const gg_field *field = gg_path_value(step);
    void *element = find_element(step, message);
    if (element == NULL)
        return fail_element(path, step, message);
    slot->has = true;
    if (!gg_field_is_message(field) || step->field->rule == GG_FIELD_MAP)
        memcpy(&slot->value, element_place(step, element), gg_scalar_size[field->type]);
    else
        slot->value.pointer = element;
    if (gg_field_is_message(field) && slot->value.pointer == NULL) /* an entry without a value has an empty one */
        slot->value.pointer = gg_message_new(field->message, path->arena);
    return gg_field_is_message(field) && slot->value.pointer == NULL ? GG_ENOMEM : GG_OK;
}

static gg_rc load(const gg_path *path, const void *message, gg_slot *slot)
{
    const gg_path_step *last = &path->steps[path->count - 1];
    *slot = (gg_slot){ .has = false };
    gg_rc rc = find_holder(path, &message);
    if (rc != GG_OK)
        return rc;
    if (last->subscript)
        return load_element(path, last, message, slot);
    if (!gg_field_is_repeated(last->field)) {
        load_singular(last->field, message, slot);
    } else if (message != NULL) {
        slot->value.pointer = gg_load_pointer(gg_member_const(last->field, message));
        slot->count = gg_repeated_count(last->field, message);
        slot->has = slot->count > 0;
    }
    return GG_OK;
}

static gg_value value_of(const gg_field *field, bool whole, const gg_slot *slot)
{
    gg_value value = { .kind = GG_VALUE_MESSAGE, .is_set = slot->has, .field = field };
    const void *place = &slot->value;
    float single;
    if (whole && gg_field_is_repeated(field)) {
        value.kind = field->rule == GG_FIELD_MAP ? GG_VALUE_MAP : GG_VALUE_LIST;
        value.as_count = slot->count;
        return value;
    }
    switch ((gg_field_type)field->type) {
    case GG_TYPE_BOOL:
        value.kind = GG_VALUE_BOOL;
        value.as_bool = gg_load_bool(place);
        break;
    case GG_TYPE_ENUM:
        value.kind = GG_VALUE_ENUM;
        value.as_int = gg_load_i32(place);
        break;
    case GG_TYPE_INT32:
    case GG_TYPE_SINT32:
    case GG_TYPE_SFIXED32:
        value.kind = GG_VALUE_INT;
        value.as_int = gg_load_i32(place);
        break;
    case GG_TYPE_INT64:
    case GG_TYPE_SINT64:
    case GG_TYPE_SFIXED64:
        value.kind = GG_VALUE_INT;
        value.as_int = gg_load_i64(place);
        break;
    case GG_TYPE_UINT32:
    case GG_TYPE_FIXED32:
        value.kind = GG_VALUE_UINT;
        value.as_uint = (uint32_t)gg_load_i32(place);
        break;
    case GG_TYPE_UINT64:
    case GG_TYPE_FIXED64:
        value.kind = GG_VALUE_UINT;
        value.as_uint = slot->value.number;
        break;
    case GG_TYPE_FLOAT:
        value.kind = GG_VALUE_DOUBLE;
        memcpy(&single, place, sizeof single);
        value.as_double = (double)single;
        break;
    case GG_TYPE_DOUBLE:
        value.kind = GG_VALUE_DOUBLE;
        memcpy(&value.as_double, place, sizeof value.as_double);
        break;
    case GG_TYPE_STRING:
    case GG_TYPE_BYTES:
        value.kind = field->type == GG_TYPE_STRING ? GG_VALUE_STRING : GG_VALUE_BYTES;
        value.as_str = slot->value.text;
        break;
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
        value.as_message = slot->value.pointer;
        break;
    }
    return value;
}

bool gg_message_has(const gg_message_type *type, const void *message, gg_str path, gg_arena *arena)
{
    gg_value value;
    return gg_message_get(type, message, path, &value, arena, NULL) == GG_OK && value.is_set;
}

gg_rc gg_message_get(const gg_message_type *type, const void *message, gg_str path, gg_value *value, gg_arena *arena,
    gg_decode_error *error)
{
    gg_path p;
    gg_slot slot;
    gg_rc rc = gg_path_parse(&p, type, path, arena, error);
    if (rc == GG_OK)
        rc = load(&p, message, &slot);
    if (rc == GG_OK) {
        const gg_path_step *last = &p.steps[p.count - 1];
        *value = value_of(gg_path_value(last), !last->subscript, &slot);
    }
    return rc;
}

gg_rc gg_message_get_json(const gg_message_type *type, const void *message, gg_str path,
    const gg_codec_options *options, gg_arena *arena, gg_str *json, gg_decode_error *error)
{
    enum { FIRST_LEN = 64 };
    gg_path p;
    gg_slot slot;
    gg_json_writer w;
    gg_rc rc = gg_path_parse(&p, type, path, arena, error);
    if (rc == GG_OK)
        rc = load(&p, message, &slot);
    if (rc != GG_OK)
        return rc;
    const gg_path_step *last = &p.steps[p.count - 1];
    const gg_field field = gg_slot_field(gg_path_value(last), !last->subscript, path);
    slot.has |= !gg_field_is_message(&field); /* the default is printed, too */
    gg_json_writer_init(&w, arena, FIRST_LEN);
    rc = gg_field_print(&field, &slot, options, &w, error);
    if (rc == GG_OK)
        *json = gg_json_result(&w);
    return rc;
}

/* -- writing -- */
/* Whether every index on the way is one of an element, or the one behind the last. */
static gg_rc check_way(const gg_path *path, const void *message)
{
    for (size_t i = 0; i < path->count; i++) {
        const gg_path_step *step = &path->steps[i];
        size_t count = step->subscript && message != NULL ? gg_repeated_count(step->field, message) : 0;
        bool index = step->subscript && step->field->rule == GG_FIELD_REPEATED && step->index != GG_PATH_APPEND;
        if (index && step->index > count)
            return fail_element(path, step, message);
        message = find_child(step, message);
    }
    return GG_OK;
}

/* The element or entry that a subscript names; made if there is none. */
static gg_rc make_element(const gg_path *path, const gg_path_step *step, void *message, void **element)
{
    *element = find_element(step, message);
    if (*element != NULL)
        return GG_OK;
    gg_rc rc = gg_repeated_add(step->field, message, GG_MESSAGE_ELEMENTS, path->arena, element);
    if (rc == GG_ETOOBIG)
        return gg_path_fail(path, rc, step->offset, GG_STR("at most 16777216 elements"));
    if (rc != GG_OK || step->field->rule == GG_FIELD_REPEATED)
        return rc;
    const gg_field *key = &step->field->message->fields[0];
    gg_slot own = step->key;
    if (key->type == GG_TYPE_STRING && (own.value.text = gg_arena_dup(path->arena, own.value.text)).ptr == NULL) {
        gg_repeated_drop(step->field, message);
        return GG_ENOMEM;
    }
    memcpy(gg_member(key, *element), &own.value, gg_scalar_size[key->type]);
    return GG_OK;
}

/* The message that a step leads to; made if it is not there. */
static gg_rc make_child(const gg_path *path, const gg_path_step *step, void **message)
{
    void *element = *message;
    if (step->subscript) {
        gg_rc rc = make_element(path, step, *message, &element);
        if (rc != GG_OK)
            return rc;
    }
    if (step->subscript && step->field->rule == GG_FIELD_REPEATED)
        *message = element;
    else
        *message = gg_submessage_make(gg_path_value(step), element, path->arena);
    return *message != NULL ? GG_OK : GG_ENOMEM;
}

static gg_rc store_element(const gg_path *path, const gg_path_step *step, void *message, const gg_slot *slot)
{
    const gg_field *field = gg_path_value(step);
    void *element;
    gg_rc rc = make_element(path, step, message, &element);
    if (rc != GG_OK)
        return rc;
    if (gg_field_is_message(field) && step->field->rule == GG_FIELD_REPEATED)
        memcpy(element, slot->value.pointer, field->message->size);
    else
        memcpy(element_place(step, element), &slot->value, gg_scalar_size[field->type]);
    return GG_OK;
}

static gg_rc store(const gg_path *path, void *message, const gg_slot *slot)
{
    const gg_path_step *last = &path->steps[path->count - 1];
    assert(message != NULL);
    gg_rc rc = check_way(path, message);
    for (size_t i = 0; i + 1 < path->count && rc == GG_OK; i++)
        rc = make_child(path, &path->steps[i], &message);
    if (rc != GG_OK)
        return rc;
    if (last->subscript)
        return store_element(path, last, message, slot);
    if (gg_field_is_repeated(last->field)) {
        gg_store_pointer(gg_member(last->field, message), slot->value.pointer);
        gg_repeated_set_count(last->field, message, slot->count);
    } else {
        memcpy(gg_member(last->field, message), &slot->value, gg_scalar_size[last->field->type]);
        gg_field_mark(last->field, message);
    }
    return GG_OK;
}

/* -- clearing -- */
void gg_field_clear(const gg_field *field, void *message)
{
    if (gg_field_is_repeated(field)) {
        gg_store_pointer(gg_member(field, message), NULL);
        gg_repeated_set_count(field, message, 0);
        return;
    }
    if (!gg_field_is_set(field, message)) /* a oneof's memory is then another member's */
        return;
    memset(gg_member(field, message), 0, gg_scalar_size[field->type]);
    if (field->rule == GG_FIELD_ONEOF)
        memset((char *)message + field->presence, 0, sizeof(int32_t));
    else if (field->rule == GG_FIELD_EXPLICIT && !gg_field_is_message(field))
        *((char *)message + field->presence) = 0;
}

/* Takes an element out; those behind it move up. */
static void remove_element(const gg_path_step *step, void *message)
{
    size_t size = gg_element_size(step->field), count = gg_repeated_count(step->field, message);
    char *element = find_element(step, message), *elements = gg_load_pointer(gg_member(step->field, message));
    if (element == NULL)
        return;
    memmove(element, element + size, (size_t)(elements + count * size - element) - size);
    gg_repeated_drop(step->field, message);
}

static void clear(const gg_path *path, void *message)
{
    const gg_path_step *last = &path->steps[path->count - 1];
    for (size_t i = 0; i + 1 < path->count && message != NULL; i++)
        message = find_child(&path->steps[i], message);
    if (message != NULL && last->subscript)
        remove_element(last, message);
    else if (message != NULL)
        gg_field_clear(last->field, message);
}

gg_rc gg_message_clear(const gg_message_type *type, void *message, gg_str path, gg_arena *arena, gg_decode_error *error)
{
    gg_path p;
    gg_rc rc = gg_path_parse(&p, type, path, arena, error);
    if (rc == GG_OK)
        clear(&p, message);
    return rc;
}

/* -- from JSON and text -- */
gg_rc gg_message_set_json(const gg_message_type *type, void *message, gg_str path, gg_str json,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error)
{
    gg_path p;
    gg_slot slot = { .has = false };
    gg_rc rc = gg_path_parse(&p, type, path, arena, error);
    if (rc != GG_OK)
        return rc;
    const gg_path_step *last = &p.steps[p.count - 1];
    const gg_field field = gg_slot_field(gg_path_value(last), !last->subscript, path);
    rc = gg_field_from_json(type, &slot, &field, json, options, arena, error);
    if (rc != GG_OK)
        return rc;
    if (gg_field_is_set(&field, &slot))
        return store(&p, message, &slot);
    if (last->subscript) {
        if (error != NULL)
            *error = (gg_decode_error){ .path = gg_arena_dup(arena, path),
                .expected = GG_STR("a value"),
                .found = gg_found_plain(json, arena) };
        return GG_EPROTO;
    }
    clear(&p, message);
    return GG_OK;
}

gg_rc gg_message_set_text(const gg_message_type *type, void *message, gg_str path, gg_str text, gg_arena *arena,
    gg_decode_error *error)
{
    gg_path p;
    gg_slot slot = { .has = false };
    const char *expected;
    gg_rc rc = gg_path_parse(&p, type, path, arena, error);
    if (rc != GG_OK)
        return rc;
    gg_path_step *last = &p.steps[p.count - 1];
    if (last->field->rule == GG_FIELD_REPEATED && !last->subscript) {
        last->subscript = true;
        last->index = GG_PATH_APPEND;
    }
    const gg_field field = gg_slot_field(gg_path_value(last), !last->subscript, path), *fields = &field;
    rc = gg_field_set_text(&fields, 1, &slot, text, arena, &expected);
    if (rc == GG_OK)
        return store(&p, message, &slot);
    if (rc == GG_EPROTO && error != NULL)
        *error = (gg_decode_error){ .path = gg_arena_dup(arena, path),
            .expected = gg_str_from(expected),
            .found = gg_found_quoted(text, arena) };
    return rc;
}
