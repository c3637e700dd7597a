/* descriptor_field.c -- fields, extensions and enums: their types found, their rules checked.
 *
 * Elsewhere: what follows from the edition (descriptor_feature.c), reserved numbers and names, extension ranges
 * (descriptor_range.c).
 * Spec: google/protobuf/descriptor.proto; protobuf.dev, "Application Note: Field Presence". */
#include "proto/descriptor.h"

#include <stdlib.h>

#include "base/text.h"

/* -- types of fields -- */
typedef enum { SCALAR, LENGTH, REFERENCE } type_class;

/* clang-format off */
static const struct { type_class class; bool map_key; } types[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE]   = { SCALAR, false },    [GG_TYPE_FLOAT]    = { SCALAR, false },
    [GG_TYPE_INT64]    = { SCALAR, true },     [GG_TYPE_UINT64]   = { SCALAR, true },
    [GG_TYPE_INT32]    = { SCALAR, true },     [GG_TYPE_FIXED64]  = { SCALAR, true },
    [GG_TYPE_FIXED32]  = { SCALAR, true },     [GG_TYPE_BOOL]     = { SCALAR, true },
    [GG_TYPE_STRING]   = { LENGTH, true },     [GG_TYPE_GROUP]    = { REFERENCE, false },
    [GG_TYPE_MESSAGE]  = { REFERENCE, false }, [GG_TYPE_BYTES]    = { LENGTH, false },
    [GG_TYPE_UINT32]   = { SCALAR, true },     [GG_TYPE_ENUM]     = { SCALAR, false },
    [GG_TYPE_SFIXED32] = { SCALAR, true },     [GG_TYPE_SFIXED64] = { SCALAR, true },
    [GG_TYPE_SINT32]   = { SCALAR, true },     [GG_TYPE_SINT64]   = { SCALAR, true },
};
/* clang-format on */

/* The type may be left open in a descriptor that no compiler has linked: then the name decides. */
static gg_rc find_type(gg_desc_set *set, gg_desc_file *file, gg_desc_field *field)
{
    const unsigned message = 1u << GG_DESC_MESSAGE, enum_ = 1u << GG_DESC_ENUM;
    if (field->type < 0 || field->type > GG_TYPE_SINT64 || (field->type == 0 && field->type_name.len == 0))
        return gg_desc_fault(set, file, field->full_name, "type %d is none", (int)field->type);
    bool refers = field->type == 0 || types[field->type].class == REFERENCE || field->type == GG_TYPE_ENUM;
    if (!refers && field->type_name.len > 0)
        return gg_desc_fault(set, file, field->full_name, "a scalar with the type name %.*s",
            GG_STR_ARG(field->type_name));
    if (!refers)
        return GG_OK;
    unsigned kinds = field->type == 0 ? message | enum_ : field->type == GG_TYPE_ENUM ? enum_ : message;
    const gg_desc_symbol *symbol = gg_desc_resolve(set, file, field->full_name, field->type_name, kinds);
    if (symbol == NULL)
        return GG_EINVAL;
    if (symbol->kind == GG_DESC_ENUM)
        field->enum_type = symbol->what;
    else
        field->message = symbol->what;
    if (field->type == 0)
        field->type = symbol->kind == GG_DESC_ENUM ? GG_TYPE_ENUM : GG_TYPE_MESSAGE;
    return GG_OK;
}

/* -- rules -- */
static gg_rc check_number(gg_desc_set *set, const gg_desc_field *field)
{
    bool in_message_set = field->extendee != NULL && field->extendee->message_set;
    int32_t most = in_message_set ? INT32_MAX - 1 : GG_DESC_NUMBER_MAX;
    if (field->number < 1 || field->number > most)
        return gg_desc_fault(set, field->file, field->full_name, "number %d is not between 1 and %d",
            (int)field->number, (int)most);
    if (field->number >= 19000 && field->number <= 19999)
        return gg_desc_fault(set, field->file, field->full_name,
            "number %d is reserved for protobuf itself (19000 to 19999)", (int)field->number);
    return GG_OK;
}

static gg_rc check_proto3(gg_desc_set *set, const gg_desc_field *field)
{
    if (field->label == GG_LABEL_REQUIRED)
        return gg_desc_fault(set, field->file, field->full_name, "required in a proto3 file");
    if (field->type == GG_TYPE_GROUP)
        return gg_desc_fault(set, field->file, field->full_name, "a group in a proto3 file");
    if (field->enum_type != NULL && gg_desc_enum_is_closed(field->enum_type) && field->extendee == NULL)
        return gg_desc_fault(set, field->file, field->full_name, "%.*s is a closed enum, this is a proto3 message",
            GG_STR_ARG(field->enum_type->full_name));
    return GG_OK;
}

static gg_rc check_oneof(gg_desc_set *set, gg_desc_field *field)
{
    if (field->oneof_index_plus1 == 0)
        return field->proto3_optional ? gg_desc_fault(set, field->file, field->full_name, "optional without its oneof")
                                      : GG_OK;
    size_t index = (size_t)field->oneof_index_plus1 - 1;
    if (field->parent == NULL || field->extendee != NULL || index >= field->parent->oneof_count)
        return gg_desc_fault(set, field->file, field->full_name, "is in oneof %zu, which there is not", index);
    if (field->label == GG_LABEL_REPEATED || field->label == GG_LABEL_REQUIRED)
        return gg_desc_fault(set, field->file, field->full_name, "a member of a oneof must be optional");
    gg_desc_oneof *oneof = &field->parent->oneofs[index];
    oneof->field_count++;
    oneof->synthetic |= field->proto3_optional;
    if (oneof->synthetic && oneof->field_count > 1)
        return gg_desc_fault(set, field->file, field->full_name, "shares the oneof of an optional field");
    if (!oneof->synthetic)
        field->oneof = oneof;
    return GG_OK;
}

static gg_rc check_map(gg_desc_set *set, const gg_desc_field *field)
{
    const gg_desc_message *entry = field->message;
    if (entry == NULL || !entry->map_entry)
        return GG_OK;
    if (field->label != GG_LABEL_REPEATED || field->type != GG_TYPE_MESSAGE || entry->parent != field->parent ||
        field->parent == NULL)
        return gg_desc_fault(set, field->file, field->full_name, "%.*s is the entry of a map that this is not",
            GG_STR_ARG(entry->full_name));
    return GG_OK;
}

size_t gg_desc_json_name(char *out, gg_str name)
{
    size_t len = 0;
    bool capital = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c != '_')
            out[len++] = capital && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        capital = c == '_';
    }
    return len;
}

static gg_rc make_json_name(gg_desc_set *set, gg_desc_field *field)
{
    char *out = gg_desc_alloc(set, field->name.len + 1, 1);
    if (out == NULL)
        return GG_ENOMEM;
    field->json_name = gg_str_of(out, gg_desc_json_name(out, field->name));
    return GG_OK;
}

static gg_rc link_field(gg_desc_set *set, gg_desc_field *field)
{
    gg_desc_file *file = field->file;
    if (check_number(set, field) != GG_OK || find_type(set, file, field) != GG_OK || check_oneof(set, field) != GG_OK)
        return GG_EINVAL;
    bool proto3 = file->edition == GG_EDITION_PROTO3;
    if ((proto3 && check_proto3(set, field) != GG_OK) || check_map(set, field) != GG_OK)
        return GG_EINVAL;
    bool packable = field->label == GG_LABEL_REPEATED && types[field->type].class == SCALAR;
    if (field->packed_plus1 > 1 && !packable)
        return gg_desc_fault(set, file, field->full_name, "packed, but not a repeated number, bool or enum");
    gg_rc rc = gg_desc_apply_features(set, field);
    if (rc == GG_OK)
        rc = gg_desc_parse_default(set, field);
    if (rc != GG_OK)
        return rc;
    if (!gg_utf8_valid(field->json_name))
        return gg_desc_fault(set, field->file, field->full_name, "its JSON name is not UTF-8");
    return field->json_name.len == 0 ? make_json_name(set, field) : GG_OK;
}

/* -- messages -- */
int gg_numbered_compare(const void *a, const void *b)
{
    const gg_numbered *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Fills by_number, and reports numbers that are there twice. */
static gg_rc sort_fields(gg_desc_set *set, gg_desc_message *message)
{
    if (message->field_count == 0)
        return GG_OK;
    gg_numbered *sorted = gg_desc_alloc(set, message->field_count, sizeof *sorted);
    message->by_number = gg_desc_alloc(set, message->field_count, sizeof *message->by_number);
    if (sorted == NULL || message->by_number == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < message->field_count; i++)
        sorted[i] = (gg_numbered){ message->fields[i].number, (uint16_t)i };
    qsort(sorted, message->field_count, sizeof *sorted, gg_numbered_compare);
    for (size_t i = 0; i < message->field_count; i++) {
        message->by_number[i] = sorted[i].index;
        if (i > 0 && sorted[i].number == sorted[i - 1].number)
            gg_desc_fault(set, message->file, message->fields[sorted[i].index].full_name, "number %d is that of %.*s",
                (int)sorted[i].number, GG_STR_ARG(message->fields[sorted[i - 1].index].full_name));
    }
    return GG_OK;
}

/* Two fields with one JSON name: an error, or the first one has it (feature json_format). */
static gg_rc check_json_names(gg_desc_set *set, const gg_desc_message *message)
{
    gg_map names = { 0 };
    gg_rc rc = GG_OK;
    bool matters = message->features.value[GG_FEATURE_JSON] == GG_JSON_ALLOW;
    for (size_t i = 0; matters && i < message->field_count && rc != GG_ENOMEM; i++) {
        const gg_desc_field *field = &message->fields[i];
        if (field->json_name.len == 0) /* of "_" nothing is left */
            continue;
        rc = gg_map_put(&names, field->json_name, field);
        if (rc == GG_EINVAL) {
            const gg_desc_field *other = gg_map_get(&names, field->json_name);
            if (gg_str_eq(other->name, field->name)) /* told when it was entered */
                continue;
            gg_desc_fault(set, message->file, field->full_name, "JSON name \"%.*s\" is that of %.*s",
                GG_STR_ARG(field->json_name), GG_STR_ARG(other->full_name));
        }
    }
    gg_map_deinit(&names);
    set->out_of_memory |= rc == GG_ENOMEM;
    return rc == GG_ENOMEM ? rc : GG_OK;
}

static gg_rc check_entry(gg_desc_set *set, const gg_desc_message *entry)
{
    const gg_desc_field *f = entry->fields;
    bool shape = entry->parent != NULL && entry->field_count == 2 && f[0].number == 1 && f[1].number == 2 &&
        f[0].label != GG_LABEL_REPEATED && f[1].label != GG_LABEL_REPEATED && f[0].oneof_index_plus1 == 0 &&
        f[1].oneof_index_plus1 == 0;
    if (!shape)
        return gg_desc_fault(set, entry->file, entry->full_name,
            "a map entry must have a field 1, the key, and a field 2, the value");
    if (f[0].type > 0 && f[0].type <= GG_TYPE_SINT64 && !types[f[0].type].map_key)
        return gg_desc_fault(set, entry->file, entry->full_name, "a map's key must be an integer, a bool or a string");
    return GG_OK;
}

static gg_rc link_message(gg_desc_set *set, gg_desc_message *message)
{
    if (message->field_count > GG_DESC_FIELDS)
        return gg_desc_fault(set, message->file, message->full_name, "%zu fields, more than %d", message->field_count,
            GG_DESC_FIELDS);
    for (size_t i = 0; i < message->field_count && !set->out_of_memory; i++)
        link_field(set, &message->fields[i]);
    for (size_t i = 0; i < message->oneof_count; i++)
        if (message->oneofs[i].field_count == 0)
            gg_desc_fault(set, message->file, message->full_name, "oneof %.*s has no field",
                GG_STR_ARG(message->oneofs[i].name));
    if (message->map_entry)
        check_entry(set, message);
    if (message->message_set && message->field_count > 0)
        gg_desc_fault(set, message->file, message->full_name, "a MessageSet with fields of its own");
    gg_rc rc = sort_fields(set, message);
    if (rc == GG_OK && gg_desc_check_ranges(set, message) == GG_ENOMEM)
        rc = GG_ENOMEM;
    return rc == GG_OK ? check_json_names(set, message) : rc;
}

/* -- enums -- */
static gg_rc link_enum(gg_desc_set *set, gg_desc_enum *e)
{
    if (e->value_count == 0 || e->value_count > GG_DESC_VALUES)
        return gg_desc_fault(set, e->file, e->full_name, "an enum of %zu values", e->value_count);
    if (!gg_desc_enum_is_closed(e) && e->values[0].number != 0)
        return gg_desc_fault(set, e->file, e->full_name, "the first value of an open enum must be 0");
    if (gg_desc_check_enum_ranges(set, e) == GG_ENOMEM)
        return GG_ENOMEM;
    if (e->allow_alias)
        return GG_OK;
    gg_numbered *sorted = gg_desc_alloc(set, e->value_count, sizeof *sorted);
    if (sorted == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < e->value_count; i++)
        sorted[i] = (gg_numbered){ e->values[i].number, (uint16_t)i };
    qsort(sorted, e->value_count, sizeof *sorted, gg_numbered_compare);
    for (size_t i = 1; i < e->value_count; i++)
        if (sorted[i].number == sorted[i - 1].number)
            gg_desc_fault(set, e->file, e->full_name, "%.*s and %.*s are both %d, without allow_alias",
                GG_STR_ARG(e->values[sorted[i - 1].index].name), GG_STR_ARG(e->values[sorted[i].index].name),
                (int)sorted[i].number);
    return GG_OK;
}

/* -- extensions -- */
static gg_rc link_extension(gg_desc_set *set, gg_desc_field *field)
{
    const gg_desc_symbol *extendee =
        gg_desc_resolve(set, field->file, field->full_name, field->extendee_name, 1u << GG_DESC_MESSAGE);
    if (extendee == NULL)
        return GG_EINVAL;
    field->extendee = extendee->what;
    if (link_field(set, field) != GG_OK || gg_desc_check_extension_number(set, field) != GG_OK)
        return GG_EINVAL;
    if (field->extendee->message_set && (field->message == NULL || field->label != GG_LABEL_OPTIONAL))
        return gg_desc_fault(set, field->file, field->full_name, "extends a MessageSet, and is no optional message");
    gg_str key = gg_arena_printf(set->arena, "%.*s:%d", GG_STR_ARG(field->extendee->full_name), (int)field->number);
    gg_rc rc = key.ptr != NULL ? gg_map_put(&set->extensions, key, field) : GG_ENOMEM;
    set->out_of_memory |= rc == GG_ENOMEM;
    if (rc == GG_OK) {
        field->next_extension = field->extendee->extended_by;
        field->extendee->extended_by = field;
        field->extendee->extended_count++;
    }
    if (rc != GG_EINVAL)
        return rc;
    const gg_desc_field *other = gg_map_get(&set->extensions, key);
    return gg_desc_fault(set, field->file, field->full_name, "extends %.*s with number %d, as does %.*s",
        GG_STR_ARG(field->extendee->full_name), (int)field->number, GG_STR_ARG(other->full_name));
}

gg_rc gg_desc_link_fields(gg_desc_set *set, gg_desc_file *file)
{
    for (size_t i = 0; i < file->extension_count; i++)
        link_extension(set, &file->extensions[i]);
    for (gg_desc_message *m = file->all_messages; m != NULL && !set->out_of_memory; m = m->next) {
        for (size_t i = 0; i < m->extension_count; i++)
            link_extension(set, &m->extensions[i]);
        link_message(set, m);
    }
    for (gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        link_enum(set, e);
    return set->out_of_memory ? GG_ENOMEM : GG_OK;
}
