/* parameter.c -- path and body parameters of an operation (document.h); those of the query: query.c.
 *
 * Spec: OpenAPI Specification 2.0, "Parameter Object". */
#include "openapi/document.h"

#include "openapi/options.h"

/* -- what every parameter has -- */
gg_tree *gg_openapi_parameter(gg_openapi_doc *d, gg_str name, gg_str in, gg_str description, bool required)
{
    gg_tree *parameter = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put(parameter, GG_KEY_PARAMETER_NAME, gg_tree_text(&d->make, name));
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_DESCRIPTION, description);
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_IN, in);
    gg_tree_put(parameter, GG_KEY_PARAMETER_REQUIRED,
        gg_tree_bare(&d->make, required ? GG_STR("true") : GG_STR("false")));
    return parameter;
}

void gg_openapi_move_value(gg_openapi_doc *d, gg_tree *schema, gg_tree *parameter)
{
    gg_tree_put(parameter, GG_KEY_PARAMETER_DEFAULT, gg_tree_take(schema, GG_KEY_SCHEMA_DEFAULT));
    gg_tree_put(parameter, GG_KEY_PARAMETER_X_EXAMPLE, gg_tree_take(schema, GG_KEY_SCHEMA_EXAMPLE));
    for (gg_tree *named; !d->make.failed && (named = gg_tree_take(schema, GG_KEY_NAMED)) != NULL;)
        gg_tree_put_named(parameter, named->name, named, true);
}

static gg_str configuration(gg_openapi_doc *d, const gg_desc_field *field)
{
    return gg_openapi_option_message(d, gg_openapi_option_message(d, field->options, GG_OPENAPIV2),
        GG_JSON_SCHEMA_FIELD_CONFIGURATION);
}

bool gg_openapi_is_deprecated(gg_openapi_doc *d, const gg_desc_field *field)
{
    bool by_proto =
        gg_option_flag(field->options, GG_DEPRECATED_FIELD) || gg_option_flag(d->file->options, GG_DEPRECATED_FILE);
    return (by_proto && d->options->enable_field_deprecation) ||
        gg_option_flag(configuration(d, field), GG_FIELD_CONFIGURATION_DEPRECATED);
}

/* -- path -- */
/* One variable of a template: "{name=shelves/ *}" without the blank. */
typedef struct variable {
    gg_str pattern; /* behind "="; empty: one segment */
    size_t end;     /* behind its brace */
} variable;

/* The one whose brace is at `start`.  The template has been parsed, so that the other brace is there. */
static variable variable_at(gg_str path, size_t start)
{
    size_t end = start, equals = 0;
    for (; end < path.len && path.ptr[end] != '}'; end++)
        if (path.ptr[end] == '=' && equals == 0)
            equals = end;
    gg_str pattern = equals > 0 ? gg_str_of(path.ptr + equals + 1, end - equals - 1) : gg_str_of("", 0);
    if (gg_str_eq(pattern, GG_STR("*")))
        pattern = gg_str_of("", 0);
    return (variable){ pattern, end + 1 };
}

/* A pattern of segments as a regular expression: "shelves/[^/]+". */
static gg_str regular_expression(gg_openapi_doc *d, gg_str pattern)
{
    gg_str expression = gg_str_of("", 0);
    for (size_t i = 0, start = 0; i <= pattern.len; i++) {
        if (i < pattern.len && pattern.ptr[i] != '*')
            continue;
        bool many = i + 1 < pattern.len && pattern.ptr[i + 1] == '*';
        expression =
            gg_tree_printf(&d->make, "%.*s%.*s%s", GG_STR_ARG(expression), (int)(i - start), pattern.ptr + start,
                i == pattern.len ? ""
                    : many       ? ".+"
                                 : "[^/]+");
        i += many;
        start = i + 1;
    }
    return expression;
}

static gg_str path_name(gg_openapi_doc *d, const gg_openapi_path *path)
{
    gg_str name = gg_option_text(configuration(d, path->fields[path->count - 1]), GG_FIELD_CONFIGURATION_NAME);
    if (name.len > 0)
        return name;
    for (size_t i = 0; i < path->count; i++)
        name = gg_tree_printf(&d->make, "%.*s%s%.*s", GG_STR_ARG(name), i > 0 ? "." : "",
            GG_STR_ARG(gg_openapi_field_name(d, path->fields[i])));
    return name;
}

/* Type, format and enum, and around them the array that a repeated field is. */
static void put_path_type(gg_openapi_doc *d, gg_tree *parameter, gg_tree *schema, const gg_desc_field *field)
{
    static const gg_openapi_enum_keys of_parameter = { GG_KEY_PARAMETER_TYPE, GG_KEY_NAMED, GG_KEY_PARAMETER_ENUM,
        GG_KEY_NAMED };
    static const gg_openapi_enum_keys of_items = { GG_KEY_SCHEMA_TYPE, GG_KEY_NAMED, GG_KEY_SCHEMA_ENUM, GG_KEY_NAMED };
    bool repeated = field->rule == GG_FIELD_REPEATED;
    gg_tree *items = repeated ? gg_tree_new(&d->make, GG_TREE_OBJECT) : NULL;
    gg_str type = gg_tree_get_text(schema, GG_KEY_SCHEMA_TYPE), format = gg_tree_get_text(schema, GG_KEY_SCHEMA_FORMAT);
    if (field->enum_type != NULL) {
        gg_openapi_put_enum(d, repeated ? items : parameter, repeated ? &of_items : &of_parameter, field->enum_type);
        format = gg_str_of("", 0);
    } else if (field->message == NULL) {
        gg_openapi_scalar scalar = gg_openapi_scalar_of(field->type);
        type = gg_str_from(scalar.type);
        format = scalar.format != NULL ? gg_str_from(scalar.format) : format;
    }
    if (field->enum_type == NULL)
        gg_tree_put_text(&d->make, repeated ? items : parameter, repeated ? GG_KEY_SCHEMA_TYPE : GG_KEY_PARAMETER_TYPE,
            type);
    gg_tree_put_text(&d->make, repeated ? items : parameter, repeated ? GG_KEY_SCHEMA_FORMAT : GG_KEY_PARAMETER_FORMAT,
        format);
    if (!repeated)
        return;
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_TYPE, GG_STR("array"));
    gg_tree_put(parameter, GG_KEY_PARAMETER_ITEMS, items);
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_COLLECTION_FORMAT,
        d->options->repeated_path_param_separator);
    gg_tree_put(parameter, GG_KEY_PARAMETER_MIN_ITEMS, gg_tree_bare(&d->make, GG_STR("1")));
}

static gg_tree *path_parameter(gg_openapi_doc *d, const gg_desc_field *field, gg_str name, gg_str pattern)
{
    gg_tree *schema = gg_openapi_field_schema(d, field);
    gg_str description = gg_tree_get_text(schema, GG_KEY_SCHEMA_DESCRIPTION);
    if (description.len == 0)
        description = gg_openapi_field_comment(d, field);
    gg_tree *parameter = gg_openapi_parameter(d, name, GG_STR("path"), description, true);
    put_path_type(d, parameter, schema, field);
    gg_tree_put_flag(&d->make, parameter, GG_KEY_PARAMETER_DEPRECATED, gg_openapi_is_deprecated(d, field));
    gg_tree_put_text(&d->make, parameter, GG_KEY_PARAMETER_PATTERN,
        pattern.len > 0 ? regular_expression(d, pattern) : gg_tree_get_text(schema, GG_KEY_SCHEMA_PATTERN));
    gg_openapi_move_value(d, schema, parameter);
    return parameter;
}

/* Adds a parameter for each variable, and returns the template with nothing but their names in the braces. */
static gg_str add_path(gg_openapi_doc *d, const gg_openapi_binding *b, gg_tree *parameters)
{
    gg_str path = gg_str_of("", 0);
    size_t done = 0, next = 0;
    for (size_t i = 0; i < b->path.len && next < b->variables.count && !gg_openapi_failed(d); i++) {
        if (b->path.ptr[i] != '{')
            continue;
        const gg_openapi_path *fields = &b->variables.items[next++];
        variable v = variable_at(b->path, i);
        gg_str name = path_name(d, fields);
        gg_tree_add(parameters, path_parameter(d, fields->fields[fields->count - 1], name, v.pattern));
        path = gg_tree_printf(&d->make, "%.*s%.*s{%.*s}", GG_STR_ARG(path), (int)(i - done), b->path.ptr + done,
            GG_STR_ARG(name));
        done = v.end;
        i = done - 1;
    }
    return gg_tree_printf(&d->make, "%.*s%.*s", GG_STR_ARG(path), (int)(b->path.len - done), b->path.ptr + done);
}

/* -- body -- */
/* The whole request: by reference; where the path has some of it, by a definition of its own. */
static gg_tree *whole_body(gg_openapi_doc *d, const gg_openapi_binding *b, gg_str *description)
{
    const gg_desc_message *message = b->method->input;
    if (gg_openapi_is_inline(message))
        return gg_openapi_message_schema(d, message);
    gg_tree *definition = gg_openapi_message_definition(d, message, &b->variables);
    if (b->variables.count == 0) {
        *description = gg_tree_get_text(definition, GG_KEY_SCHEMA_DESCRIPTION);
        return gg_openapi_message_schema(d, message);
    }
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_str name = gg_tree_printf(&d->make, "%.*sBody", GG_STR_ARG(gg_openapi_name(d, b->method->full_name)));
    gg_openapi_define(d, name, definition);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_REF,
        gg_tree_printf(&d->make, "#/definitions/%.*s", GG_STR_ARG(name)));
    return schema;
}

static gg_tree *field_body(gg_openapi_doc *d, const gg_openapi_binding *b, gg_str *description)
{
    const gg_desc_field *field = b->body.fields[b->body.count - 1];
    gg_openapi_paths without = b->variables;
    for (size_t i = 0; i < b->body.count; i++)
        without = gg_openapi_paths_below(d, &without, b->body.fields[i]);
    gg_tree *schema =
        without.count > 0 ? gg_openapi_field_definition(d, field, &without) : gg_openapi_plain_field_schema(d, field);
    gg_tree *required = gg_tree_get(schema, GG_KEY_SCHEMA_REQUIRED);
    gg_str own = gg_openapi_field_name(d, field);
    if (gg_tree_find(gg_tree_get(schema, GG_KEY_SCHEMA_PROPERTIES), own) == NULL)
        gg_tree_take_text(required, own); /* it says that the body is required, which every body is */
    if (required != NULL && required->first == NULL)
        gg_tree_take(schema, GG_KEY_SCHEMA_REQUIRED);
    *description = gg_tree_get_text(schema, GG_KEY_SCHEMA_TITLE).len > 0 ? gg_openapi_title_and_description(d, schema)
                                                                         : gg_openapi_field_comment(d, field);
    return schema;
}

static void add_body(gg_openapi_doc *d, const gg_openapi_binding *b, gg_tree *parameters)
{
    gg_str description = gg_str_of("", 0), name = GG_STR("body");
    gg_tree *schema = b->body.count == 0 ? whole_body(d, b, &description) : field_body(d, b, &description);
    for (size_t i = 0; i < b->body.count; i++)
        name = i == 0 ? gg_openapi_field_name(d, b->body.fields[i])
                      : gg_tree_printf(&d->make, "%.*s.%.*s", GG_STR_ARG(name),
                            GG_STR_ARG(gg_openapi_field_name(d, b->body.fields[i])));
    if (b->method->client_streaming)
        description = gg_tree_printf(&d->make, "%.*s (streaming inputs)", GG_STR_ARG(description));
    gg_tree *parameter = gg_openapi_parameter(d, name, GG_STR("body"), description, true);
    gg_tree_put(parameter, GG_KEY_PARAMETER_SCHEMA, schema);
    gg_tree_add(parameters, parameter);
}

gg_tree *gg_openapi_parameters(gg_openapi_doc *d, const gg_openapi_binding *binding, gg_str *path)
{
    gg_tree *parameters = gg_tree_new(&d->make, GG_TREE_ARRAY);
    *path = add_path(d, binding, parameters);
    if (binding->has_body)
        add_body(d, binding, parameters);
    gg_openapi_add_query(d, binding, parameters);
    return parameters;
}
