/* option_schema.c -- JSONSchema and Schema, whose meaning depends on where they go (options.h). */
#include "openapi/options.h"

#include "proto/wire.h"

void gg_openapi_apply_json_schema(gg_openapi_doc *d, gg_tree *schema, gg_str json_schema)
{
    gg_tree *items = gg_tree_get(schema, GG_KEY_SCHEMA_ITEMS);
    bool array = gg_str_eq(gg_tree_get_text(schema, GG_KEY_SCHEMA_TYPE), GG_STR("array"));
    gg_openapi_apply(d, array && items != NULL ? items : schema, &gg_json_schema_values, json_schema);
    gg_openapi_apply(d, schema, &gg_json_schema_whole, json_schema);
}

void gg_openapi_put_ref(gg_openapi_doc *d, gg_tree *schema, gg_str ref)
{
    gg_str ours = ref.len > 1 && ref.ptr[0] == '.' ? gg_openapi_ref(d, gg_str_of(ref.ptr + 1, ref.len - 1)) : ref;
    if (ours.len > 0 && gg_openapi_add_named(d, &d->types, ref))
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_REF, ours);
    else
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_REF, ref);
}

gg_tree *gg_openapi_schema_of_option(gg_openapi_doc *d, gg_str schema_option)
{
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_str json_schema = gg_openapi_option_message(d, schema_option, GG_SCHEMA_JSON_SCHEMA);
    gg_str ref = gg_option_text(json_schema, GG_JSON_SCHEMA_REF);
    gg_openapi_apply_json_schema(d, schema, json_schema);
    gg_str type = gg_tree_get_text(schema, GG_KEY_SCHEMA_TYPE);
    bool formatted = gg_tree_get(schema, GG_KEY_SCHEMA_FORMAT) != NULL || ref.len > 0;
    if (gg_str_eq(type, GG_STR("integer")) && !formatted)
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_FORMAT, GG_STR("int32"));
    if (gg_str_eq(type, GG_STR("number")) && !formatted)
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_FORMAT, GG_STR("double"));
    if (ref.len > 0)
        gg_openapi_put_ref(d, schema, ref);
    gg_openapi_apply(d, schema, &gg_schema_option, schema_option);
    return schema;
}

/* -- the types that options name -- */
/* Fields on the way to a JSONSchema.ref, 0 behind the last; 2, 2, 1: the value of a map, Response.schema,
 * Schema.json_schema. */
enum { REF_STEPS = 6 };

/* clang-format off */
static const uint32_t file_refs[REF_STEPS]      = { GG_OPENAPIV2, GG_SWAGGER_RESPONSES, 2, 2, 1, GG_JSON_SCHEMA_REF };
static const uint32_t operation_refs[REF_STEPS] = { GG_OPENAPIV2, GG_OPERATION_RESPONSES, 2, 2, 1, GG_JSON_SCHEMA_REF };
static const uint32_t message_refs[REF_STEPS]   = { GG_OPENAPIV2, GG_SCHEMA_JSON_SCHEMA, GG_JSON_SCHEMA_REF };
static const uint32_t field_refs[REF_STEPS]     = { GG_OPENAPIV2, GG_JSON_SCHEMA_REF };
static const uint32_t enum_refs[REF_STEPS]      = { GG_OPENAPIV2, GG_ENUM_SCHEMA_REF };
/* clang-format on */

/* Recursion: one level for each step. */
static void add_refs(gg_openapi_doc *d, gg_openapi_types *types, gg_str message, const uint32_t *steps, size_t left)
{
    gg_wire_field field;
    while (gg_wire_next(&message, &field) == GG_OK) {
        if (field.number != steps[0] || field.type != GG_WIRE_LEN)
            continue;
        if (left > 1 && steps[1] != 0)
            add_refs(d, types, field.bytes, steps + 1, left - 1);
        else
            gg_openapi_add_named(d, types, field.bytes);
    }
}

void gg_openapi_add_refs(gg_openapi_doc *d, gg_openapi_types *types)
{
    const gg_desc_file *file = d->file;
    add_refs(d, types, file->options, file_refs, REF_STEPS);
    for (size_t i = 0; i < file->service_count; i++)
        for (size_t k = 0; k < file->services[i].method_count; k++)
            add_refs(d, types, file->services[i].methods[k].options, operation_refs, REF_STEPS);
    for (const gg_desc_message *message = file->all_messages; message != NULL; message = message->next) {
        add_refs(d, types, message->options, message_refs, REF_STEPS);
        for (size_t i = 0; i < message->field_count; i++)
            add_refs(d, types, message->fields[i].options, field_refs, REF_STEPS);
    }
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        add_refs(d, types, e->options, enum_refs, REF_STEPS);
}
