/* schema.c -- the schemas of fields and of the types that need no definition (document.h).
 *
 * Spec: OpenAPI Specification 2.0, "Data Types", "Schema Object"; protobuf.dev, "ProtoJSON Format". */
#include "openapi/document.h"

#include "openapi/options.h"
#include "proto/wire.h"

/* -- tables -- */
/* clang-format off */
static const gg_openapi_scalar scalars[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE]   = { "number",  "double" }, [GG_TYPE_FLOAT]    = { "number",  "float" },
    [GG_TYPE_INT64]    = { "string",  "int64" },  [GG_TYPE_UINT64]   = { "string",  "uint64" },
    [GG_TYPE_INT32]    = { "integer", "int32" },  [GG_TYPE_FIXED64]  = { "string",  "uint64" },
    [GG_TYPE_FIXED32]  = { "integer", "int64" },  [GG_TYPE_BOOL]     = { "boolean", NULL },
    [GG_TYPE_STRING]   = { "string",  NULL },     [GG_TYPE_BYTES]    = { "string",  "byte" },
    [GG_TYPE_UINT32]   = { "integer", "int64" },  [GG_TYPE_SFIXED32] = { "integer", "int32" },
    [GG_TYPE_SFIXED64] = { "string",  "int64" },  [GG_TYPE_SINT32]   = { "integer", "int32" },
    [GG_TYPE_SINT64]   = { "string",  "int64" },
};

/* Types that JSON writes in a form of their own: they stand where they are used. */
static const struct { gg_str name; gg_openapi_scalar is; } inlined[] = {
    { GG_STR_INIT("google.protobuf.FieldMask"),   { "string",  NULL } },
    { GG_STR_INIT("google.protobuf.Timestamp"),   { "string",  "date-time" } },
    { GG_STR_INIT("google.protobuf.Duration"),    { "string",  NULL } },
    { GG_STR_INIT("google.protobuf.StringValue"), { "string",  NULL } },
    { GG_STR_INIT("google.protobuf.BytesValue"),  { "string",  "byte" } },
    { GG_STR_INIT("google.protobuf.Int32Value"),  { "integer", "int32" } },
    { GG_STR_INIT("google.protobuf.UInt32Value"), { "integer", "int64" } },
    { GG_STR_INIT("google.protobuf.Int64Value"),  { "string",  "int64" } },
    { GG_STR_INIT("google.protobuf.UInt64Value"), { "string",  "uint64" } },
    { GG_STR_INIT("google.protobuf.FloatValue"),  { "number",  "float" } },
    { GG_STR_INIT("google.protobuf.DoubleValue"), { "number",  "double" } },
    { GG_STR_INIT("google.protobuf.BoolValue"),   { "boolean", NULL } },
    { GG_STR_INIT("google.protobuf.Empty"),       { "object",  NULL } },
    { GG_STR_INIT("google.protobuf.Struct"),      { "object",  NULL } },
    { GG_STR_INIT("google.protobuf.Value"),       { NULL,      NULL } }, /* anything */
    { GG_STR_INIT("google.protobuf.ListValue"),   { "array",   NULL } }, /* of anything */
    { GG_STR_INIT("google.protobuf.NullValue"),   { "string",  NULL } },
};
/* clang-format on */

static const gg_openapi_scalar *inline_form(gg_str full_name)
{
    for (size_t i = 0; i < sizeof inlined / sizeof inlined[0]; i++)
        if (gg_str_eq(inlined[i].name, full_name))
            return &inlined[i].is;
    return NULL;
}

gg_openapi_scalar gg_openapi_scalar_of(int32_t field_type)
{
    return scalars[field_type];
}

bool gg_openapi_is_inline(const gg_desc_message *message)
{
    return inline_form(message->full_name) != NULL;
}

gg_str gg_openapi_field_name(const gg_openapi_doc *d, const gg_desc_field *field)
{
    return d->options->json_names_for_fields ? field->json_name : field->name;
}

/* -- types -- */
static gg_tree *scalar_schema(gg_openapi_doc *d, const gg_openapi_scalar *scalar)
{
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TYPE, gg_str_from(scalar->type));
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_FORMAT, gg_str_from(scalar->format));
    return schema;
}

/* Of a message or enum, by its full name. */
static gg_tree *named_schema(gg_openapi_doc *d, gg_str full_name)
{
    const gg_openapi_scalar *form = inline_form(full_name);
    if (form == NULL) {
        gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_REF, gg_openapi_ref(d, full_name));
        return schema;
    }
    gg_tree *schema = scalar_schema(d, form);
    if (form->type != NULL && strcmp(form->type, "array") == 0)
        gg_tree_make(&d->make, schema, GG_KEY_SCHEMA_ITEMS, GG_TREE_OBJECT);
    return schema;
}

/* Empty says that it is. */
static void put_no_properties(gg_openapi_doc *d, gg_tree *schema, const gg_desc_message *message)
{
    if (message != NULL && gg_str_eq(message->full_name, GG_STR("google.protobuf.Empty")))
        gg_tree_make(&d->make, schema, GG_KEY_SCHEMA_PROPERTIES, GG_TREE_OBJECT);
}

gg_tree *gg_openapi_message_schema(gg_openapi_doc *d, const gg_desc_message *message)
{
    gg_tree *schema = named_schema(d, message->full_name);
    put_no_properties(d, schema, message);
    if (!gg_openapi_is_inline(message))
        gg_openapi_add_message(d, &d->types, message, true);
    return schema;
}

/* One value of the field: an element, if it is repeated. */
static gg_tree *value_schema(gg_openapi_doc *d, const gg_desc_field *field)
{
    if (field->message == NULL && field->enum_type == NULL)
        return scalar_schema(d, &scalars[field->type]);
    if (field->message != NULL)
        gg_openapi_add_message(d, &d->types, field->message, true);
    else if (inline_form(field->enum_type->full_name) == NULL)
        gg_openapi_add_enum(d, &d->types, field->enum_type);
    return named_schema(d, field->message != NULL ? field->message->full_name : field->enum_type->full_name);
}

static gg_tree *typed(gg_openapi_doc *d, gg_str type, gg_openapi_key key, gg_tree *inner)
{
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TYPE, type);
    gg_tree_put(schema, key, inner);
    return schema;
}

gg_tree *gg_openapi_plain_field_schema(gg_openapi_doc *d, const gg_desc_field *field)
{
    bool map = field->rule == GG_FIELD_MAP;
    const gg_desc_field *value = map ? &field->message->fields[1] : field;
    gg_tree *schema = value_schema(d, value);
    if (map) {
        put_no_properties(d, schema, value->message);
        return typed(d, GG_STR("object"), GG_KEY_SCHEMA_ADDITIONAL_PROPERTIES, schema);
    }
    if (field->rule != GG_FIELD_REPEATED) {
        put_no_properties(d, schema, field->message);
        return schema;
    }
    bool referred = gg_tree_get(schema, GG_KEY_SCHEMA_REF) != NULL;
    if (field->type == GG_TYPE_MESSAGE && referred && !d->options->omit_array_item_type_when_ref_sibling)
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TYPE, GG_STR("object"));
    return typed(d, GG_STR("array"), GG_KEY_SCHEMA_ITEMS, schema);
}

/* -- options -- */
/* Whether the field is required, and whether read only; field_behavior may be packed. */
static void read_behavior(gg_str options, bool *required, bool *read_only)
{
    enum { OPTIONAL = 1, REQUIRED = 2, OUTPUT_ONLY = 3 };
    gg_wire_field field;
    while (gg_wire_next(&options, &field) == GG_OK) {
        if (field.number != GG_FIELD_BEHAVIOR || (field.type != GG_WIRE_VARINT && field.type != GG_WIRE_LEN))
            continue;
        uint64_t behavior = field.value;
        for (bool more = true; more; more = field.bytes.len > 0) {
            if (field.type == GG_WIRE_LEN && gg_wire_varint(&field.bytes, &behavior) != GG_OK)
                break;
            *required = behavior == REQUIRED || (*required && behavior != OPTIONAL);
            *read_only |= behavior == OUTPUT_ONLY;
            if (field.type == GG_WIRE_VARINT)
                break;
        }
    }
}

void gg_openapi_put_behavior(gg_openapi_doc *d, gg_tree *schema, const gg_desc_field *field)
{
    bool required = d->options->use_proto3_field_semantics && field->oneof_index_plus1 == 0, read_only = false;
    read_behavior(field->options, &required, &read_only);
    gg_tree_put_flag(&d->make, schema, GG_KEY_SCHEMA_READ_ONLY, read_only);
    if (required)
        gg_tree_add(gg_tree_make(&d->make, schema, GG_KEY_SCHEMA_REQUIRED, GG_TREE_ARRAY),
            gg_tree_text(&d->make, gg_openapi_field_name(d, field)));
}

/* The names in "required", each once and in order; the field's own as JSON has it. */
static void tidy_required(gg_openapi_doc *d, gg_tree *schema, const gg_desc_field *field)
{
    const gg_tree *required = gg_tree_get(schema, GG_KEY_SCHEMA_REQUIRED);
    if (required == NULL)
        return;
    gg_tree *names = gg_tree_new(&d->make, GG_TREE_OBJECT), *sorted = gg_tree_new(&d->make, GG_TREE_ARRAY);
    for (const gg_tree *name = required->first; name != NULL; name = name->next) {
        gg_str text = gg_str_eq(name->text, field->name) ? gg_openapi_field_name(d, field) : name->text;
        gg_tree_put_named(names, text, gg_tree_text(&d->make, text), true);
    }
    for (const gg_tree *name = names != NULL ? names->first : NULL; name != NULL; name = name->next)
        gg_tree_add(sorted, gg_tree_text(&d->make, name->text));
    gg_tree_put(schema, GG_KEY_SCHEMA_REQUIRED, sorted);
}

gg_tree *gg_openapi_field_schema(gg_openapi_doc *d, const gg_desc_field *field)
{
    gg_tree *schema = gg_openapi_plain_field_schema(d, field);
    gg_openapi_at(d, field->file, field->full_name);
    gg_openapi_apply_json_schema(d, schema, gg_openapi_option_message(d, field->options, GG_OPENAPIV2));
    gg_openapi_put_behavior(d, schema, field);
    tidy_required(d, schema, field);
    gg_tree_put_flag(&d->make, schema, GG_KEY_SCHEMA_X_NULLABLE,
        d->options->proto3_optional_nullable && field->proto3_optional);
    return schema;
}

/* -- enums -- */
bool gg_openapi_is_listed(gg_openapi_doc *d, const gg_desc_enum_value *value)
{
    return gg_openapi_is_visible(d, value->options) && !(d->options->omit_enum_default_value && value->number == 0);
}

static gg_tree *enum_value(gg_openapi_doc *d, const gg_desc_enum_value *value)
{
    return d->options->enums_as_ints ? gg_tree_bare(&d->make, gg_tree_printf(&d->make, "%d", (int)value->number))
                                     : gg_tree_text(&d->make, value->name);
}

void gg_openapi_put_enum(gg_openapi_doc *d, gg_tree *object, const gg_openapi_enum_keys *keys, const gg_desc_enum *e)
{
    bool numbers = d->options->enums_as_ints, zero = false;
    gg_tree_put_text(&d->make, object, keys->type, numbers ? GG_STR("integer") : GG_STR("string"));
    if (numbers && keys->format != GG_KEY_NAMED)
        gg_tree_put_text(&d->make, object, keys->format, GG_STR("int32"));
    for (size_t i = 0; i < e->value_count; i++) {
        const gg_desc_enum_value *value = &e->values[i];
        bool listed = gg_openapi_is_listed(d, value);
        if (listed)
            gg_tree_add(gg_tree_make(&d->make, object, keys->values, GG_TREE_ARRAY), enum_value(d, value));
        if (value->number == 0 && !zero && listed && keys->by_default != GG_KEY_NAMED)
            gg_tree_put(object, keys->by_default, enum_value(d, value));
        zero |= value->number == 0;
    }
}
