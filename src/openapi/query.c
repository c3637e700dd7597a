/* query.c -- query parameters: every field of the request that neither path nor body binds (document.h).
 *
 * A message becomes a parameter for each field in it, "book.title"; what a query cannot say is left out: repeated
 * messages, maps of them.
 * Spec: google/api/http.proto, "Rules for HTTP mapping". */
#include "openapi/document.h"

#include "openapi/options.h"

enum { QUERY_DEPTH = GG_DESC_DEPTH }; /* messages in messages */

typedef struct query {
    const gg_openapi_binding *binding;
    gg_tree *parameters;
    const gg_desc_message *inside[QUERY_DEPTH]; /* the request first */
    size_t depth;
} query;

/* -- what path and body have -- */
static bool is_bound(const gg_openapi_binding *b, const gg_desc_field *field)
{
    for (size_t i = 0; i < b->variables.count; i++)
        if (b->variables.items[i].fields[b->variables.items[i].count - 1] == field)
            return true;
    for (size_t i = 0; i < b->body.count; i++)
        if (b->body.fields[i] == field)
            return true;
    return false;
}

/* Whether another member of the field's oneof is bound, so that this one cannot be set. */
static bool is_shut_out(const gg_openapi_binding *b, const gg_desc_field *field)
{
    if (field->oneof_index_plus1 == 0)
        return false;
    for (size_t i = 0; i < b->variables.count; i++)
        if (b->variables.items[i].fields[0]->oneof_index_plus1 == field->oneof_index_plus1 &&
            b->variables.items[i].fields[0] != field)
            return true;
    return b->body.count > 0 && b->body.fields[0]->oneof_index_plus1 == field->oneof_index_plus1;
}

/* The gateway makes the mask of a PATCH from its body. */
static bool is_made_mask(const gg_openapi_doc *d, const gg_openapi_binding *b, const gg_desc_field *field)
{
    return d->options->allow_patch_feature && b->body.count > 0 && gg_str_eq(b->http_method, GG_STR("PATCH")) &&
        field->message != NULL && gg_str_eq(field->message->full_name, GG_STR("google.protobuf.FieldMask")) &&
        gg_str_eq(field->name, GG_STR("update_mask"));
}

/* -- one parameter -- */
/* What a map's parameter is called by: "labels[string]". */
static gg_str map_suffix(gg_openapi_doc *d, const gg_desc_field *field)
{
    gg_openapi_scalar key = gg_openapi_scalar_of(field->message->fields[0].type);
    return gg_tree_printf(&d->make, "[%s]", key.type);
}

/* The type of a map's parameter, that of its values; empty if they have none that a query can say. */
static gg_str map_type(const gg_openapi_doc *d, const gg_tree *schema, const gg_desc_field *field)
{
    gg_str type = gg_tree_get_text(gg_tree_get(schema, GG_KEY_SCHEMA_ADDITIONAL_PROPERTIES), GG_KEY_SCHEMA_TYPE);
    if (field->message->fields[1].enum_type != NULL)
        return d->options->enums_as_ints ? GG_STR("integer") : GG_STR("string");
    return gg_str_eq(type, GG_STR("object")) ? gg_str_of("", 0) : type;
}

/* Whether the field's own schema or its message's option calls it required. */
static bool is_required(gg_openapi_doc *d, const gg_tree *schema, const gg_desc_field *field)
{
    if (gg_tree_has_text(gg_tree_get(schema, GG_KEY_SCHEMA_REQUIRED), gg_openapi_field_name(d, field)))
        return true;
    gg_tree *said = gg_openapi_schema_of_option(d, gg_openapi_option_message(d, field->parent->options, GG_OPENAPIV2));
    const gg_tree *names = gg_tree_get(said, GG_KEY_SCHEMA_REQUIRED);
    return gg_tree_has_text(names, field->json_name) || gg_tree_has_text(names, field->name);
}

static void put_array(gg_openapi_doc *d, gg_tree *parameter, gg_tree *schema)
{
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_COLLECTION_FORMAT, GG_STR("multi"));
    gg_tree_put(parameter, GG_KEY_PARAMETER_ITEMS, gg_tree_take(schema, GG_KEY_SCHEMA_ITEMS));
    gg_tree_put(parameter, GG_KEY_PARAMETER_MIN_ITEMS, gg_tree_take(schema, GG_KEY_SCHEMA_MIN_ITEMS));
    gg_tree_put(parameter, GG_KEY_PARAMETER_MAX_ITEMS, gg_tree_take(schema, GG_KEY_SCHEMA_MAX_ITEMS));
}

static void put_query_enum(gg_openapi_doc *d, gg_tree *parameter, const gg_desc_field *field)
{
    static const gg_openapi_enum_keys of_parameter = { GG_KEY_PARAMETER_TYPE, GG_KEY_NAMED, GG_KEY_PARAMETER_ENUM,
        GG_KEY_PARAMETER_DEFAULT };
    static const gg_openapi_enum_keys of_items = { GG_KEY_SCHEMA_TYPE, GG_KEY_NAMED, GG_KEY_SCHEMA_ENUM, GG_KEY_NAMED };
    if (field->rule == GG_FIELD_REPEATED) {
        gg_tree *items = gg_tree_new(&d->make, GG_TREE_OBJECT);
        gg_openapi_put_enum(d, items, &of_items, field->enum_type);
        gg_tree_put(parameter, GG_KEY_PARAMETER_ITEMS, items);
    } else {
        gg_tree_take(parameter, GG_KEY_PARAMETER_DEFAULT);
        gg_openapi_put_enum(d, parameter, &of_parameter, field->enum_type);
    }
    gg_str values = gg_openapi_value_comments(d, field->enum_type);
    gg_str description = gg_tree_get_text(parameter, GG_KEY_PARAMETER_DESCRIPTION);
    if (values.len > 0)
        gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_DESCRIPTION,
            gg_tree_printf(&d->make, "%.*s%s %.*s", GG_STR_ARG(description), description.len > 0 ? "\n\n" : "",
                GG_STR_ARG(values)));
}

static void add_parameter(gg_openapi_doc *d, query *q, const gg_desc_field *field, gg_str name, gg_tree *schema,
    gg_str type)
{
    gg_tree *parameter = gg_openapi_parameter(d, name, GG_STR("query"), gg_openapi_title_and_description(d, schema),
        is_required(d, schema, field));
    gg_tree_put_flag(&d->make, parameter, GG_KEY_PARAMETER_DEPRECATED, gg_openapi_is_deprecated(d, field));
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_TYPE, type);
    gg_tree_put(parameter, GG_KEY_PARAMETER_FORMAT, gg_tree_take(schema, GG_KEY_SCHEMA_FORMAT));
    gg_tree_put(parameter, GG_KEY_PARAMETER_UNIQUE_ITEMS, gg_tree_take(schema, GG_KEY_SCHEMA_UNIQUE_ITEMS));
    gg_tree_put(parameter, GG_KEY_PARAMETER_ENUM, gg_tree_take(schema, GG_KEY_SCHEMA_ENUM));
    gg_tree_put(parameter, GG_KEY_PARAMETER_PATTERN, gg_tree_take(schema, GG_KEY_SCHEMA_PATTERN));
    if (gg_str_eq(type, GG_STR("array")))
        put_array(d, parameter, schema);
    gg_openapi_move_value(d, schema, parameter);
    if (field->enum_type != NULL)
        put_query_enum(d, parameter, field);
    gg_tree_add(q->parameters, parameter);
}

/* -- all of them -- */
static void add_fields(gg_openapi_doc *d, query *q, const gg_desc_message *message, gg_str prefix);

static void add_field(gg_openapi_doc *d, query *q, const gg_desc_field *field, gg_str prefix)
{
    if (is_bound(q->binding, field))
        return;
    gg_str name = gg_tree_printf(&d->make, "%.*s%.*s", GG_STR_ARG(prefix), GG_STR_ARG(gg_openapi_field_name(d, field)));
    gg_tree *schema = gg_openapi_field_schema(d, field);
    gg_openapi_describe(d, schema, &gg_openapi_schema_words, gg_openapi_field_comment(d, field));
    gg_str type = gg_tree_get_text(schema, GG_KEY_SCHEMA_TYPE);
    if (type.len == 0 && field->enum_type == NULL) {
        if (!d->make.failed)
            add_fields(d, q, field->message, gg_tree_printf(&d->make, "%.*s.", GG_STR_ARG(name)));
        return;
    }
    if (field->rule == GG_FIELD_MAP) {
        type = map_type(d, schema, field);
        name = gg_tree_printf(&d->make, "%.*s%.*s", GG_STR_ARG(name), GG_STR_ARG(map_suffix(d, field)));
        if (type.len == 0)
            return;
    } else if (gg_str_eq(type, GG_STR("object"))) { /* Struct, Empty: as text */
        type = GG_STR("string");
    }
    const gg_tree *items = gg_tree_get(schema, GG_KEY_SCHEMA_ITEMS);
    gg_str item = gg_tree_get_text(items, GG_KEY_SCHEMA_TYPE);
    bool sayable = field->enum_type != NULL || (item.len > 0 && !gg_str_eq(item, GG_STR("object")));
    if (items == NULL || sayable)
        add_parameter(d, q, field, name, schema, type);
}

/* Recursion: by messages in messages, of which none may hold itself, QUERY_DEPTH times. */
static void add_fields(gg_openapi_doc *d, query *q, const gg_desc_message *message, gg_str prefix)
{
    const gg_openapi_binding *b = q->binding;
    bool again = false;
    for (size_t i = 0; i < q->depth; i++)
        again |= q->inside[i] == message;
    gg_openapi_at(d, b->service->file, b->method->full_name);
    if (again || q->depth == QUERY_DEPTH) {
        gg_openapi_fail(d, "query parameter %.*s*: %.*s %s", GG_STR_ARG(prefix), GG_STR_ARG(message->full_name),
            again ? "holds itself" : "is too deep");
        return;
    }
    q->inside[q->depth++] = message;
    for (size_t i = 0; i < message->field_count && !gg_openapi_failed(d); i++) {
        const gg_desc_field *field = &message->fields[i];
        bool outer = q->depth == 1;
        if (gg_openapi_is_visible(d, field->options) &&
            !(outer && (is_shut_out(b, field) || is_made_mask(d, b, field))))
            add_field(d, q, field, prefix);
    }
    q->depth--;
}

void gg_openapi_add_query(gg_openapi_doc *d, const gg_openapi_binding *binding, gg_tree *parameters)
{
    query q = { .binding = binding, .parameters = parameters };
    if (!binding->has_body || binding->body.count > 0)
        add_fields(d, &q, binding->method->input, gg_str_of("", 0));
}
