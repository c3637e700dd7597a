/* operation.c -- one binding of one method as an operation of one path (document.h).
 *
 * Spec: OpenAPI Specification 2.0, "Operation Object", "Responses Object". */
#include "openapi/document.h"

#include "openapi/options.h"
#include "proto/source_info.h"

/* clang-format off */
/* The methods that a path item has; an operation of any other is left out. */
static const struct { gg_str http_method; gg_openapi_key key; } path_keys[] = {
    { GG_STR_INIT("GET"),   GG_KEY_PATH_GET },   { GG_STR_INIT("DELETE"),  GG_KEY_PATH_DELETE },
    { GG_STR_INIT("POST"),  GG_KEY_PATH_POST },  { GG_STR_INIT("PUT"),     GG_KEY_PATH_PUT },
    { GG_STR_INIT("PATCH"), GG_KEY_PATH_PATCH }, { GG_STR_INIT("HEAD"),    GG_KEY_PATH_HEAD },
    { GG_STR_INIT("OPTIONS"), GG_KEY_PATH_OPTIONS },
};
/* clang-format on */

/* -- responses -- */
static gg_tree *reference(gg_openapi_doc *d, gg_str ref)
{
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_REF, ref);
    return schema;
}

/* A server stream is one object for each message, with a result or an error. */
static void make_stream(gg_openapi_doc *d, const gg_openapi_binding *b, gg_tree *schema)
{
    const gg_desc_message *message = b->method->output;
    const gg_tree *ref = gg_tree_take(schema, GG_KEY_SCHEMA_REF);
    gg_tree *properties = gg_tree_new(&d->make, GG_TREE_OBJECT);
    bool raw = gg_str_eq(message->full_name, GG_STR("google.api.HttpBody"));
    gg_str title = raw
        ? GG_STR("Free form byte stream")
        : gg_tree_printf(&d->make, "Stream result of %.*s", GG_STR_ARG(gg_openapi_name(d, message->full_name)));
    gg_tree_put(schema, GG_KEY_SCHEMA_PROPERTIES, properties);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TITLE, title);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TYPE, raw ? GG_STR("string") : GG_STR("object"));
    if (raw) {
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_FORMAT, GG_STR("binary"));
        return;
    }
    gg_tree_put_named(properties, GG_STR("result"), reference(d, ref != NULL ? ref->text : gg_str_of("", 0)), false);
    if (!d->options->disable_default_errors)
        gg_tree_put_named(properties, GG_STR("error"), reference(d, gg_openapi_ref(d, GG_STR("google.rpc.Status"))),
            false);
}

static void add_response(gg_openapi_doc *d, gg_tree *responses, gg_str code, gg_str description, gg_tree *schema)
{
    gg_tree *response = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, response, GG_KEY_RESPONSE_DESCRIPTION, description);
    gg_tree_put(response, GG_KEY_RESPONSE_SCHEMA, schema);
    gg_tree_put_named(responses, code, response, true);
}

static void add_success(gg_openapi_doc *d, const gg_openapi_binding *b, gg_tree *responses)
{
    gg_str description = GG_STR("A successful response.");
    gg_tree *schema;
    if (b->response_body.count == 0) {
        schema = gg_openapi_message_schema(d, b->method->output);
    } else {
        const gg_desc_field *field = b->response_body.fields[b->response_body.count - 1];
        schema = gg_openapi_field_schema(d, field);
        description = gg_tree_get_text(schema, GG_KEY_SCHEMA_DESCRIPTION);
        if (description.len == 0)
            description = gg_openapi_field_comment(d, field);
    }
    if (b->method->server_streaming) {
        description = gg_tree_printf(&d->make, "%.*s(streaming responses)", GG_STR_ARG(description));
        make_stream(d, b, schema);
    }
    add_response(d, responses, GG_STR("200"), description, schema);
}

static gg_tree *default_responses(gg_openapi_doc *d, const gg_openapi_binding *b)
{
    gg_tree *responses = gg_tree_new(&d->make, GG_TREE_OBJECT);
    if (!d->options->disable_default_responses)
        add_success(d, b, responses);
    if (!d->options->disable_default_errors)
        add_response(d, responses, GG_STR("default"), GG_STR("An unexpected error response."),
            reference(d, gg_openapi_ref(d, GG_STR("google.rpc.Status"))));
    return responses;
}

/* The document's responses where the operation has none of its own; and what no response may lack. */
static void complete_responses(gg_openapi_doc *d, gg_tree *operation)
{
    static const gg_option rows[] = {
        { GG_SWAGGER_RESPONSES, GG_OPTION_MAP, GG_KEY_OPERATION_RESPONSES, &gg_common_response_option, NULL },
    };
    static const gg_option_rows swagger_responses = { rows, sizeof rows / sizeof rows[0] };
    gg_tree *responses = gg_tree_get(operation, GG_KEY_OPERATION_RESPONSES);
    gg_tree *common = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_openapi_apply(d, common, &swagger_responses, gg_openapi_option_message(d, d->file->options, GG_OPENAPIV2));
    gg_tree *of_all = gg_tree_get(common, GG_KEY_OPERATION_RESPONSES);
    for (gg_tree *response; (response = gg_tree_take(of_all, GG_KEY_NAMED)) != NULL;)
        if (gg_tree_find(responses, response->name) == NULL)
            gg_tree_put_named(responses, response->name, response, true);
    for (gg_tree *response = responses != NULL ? responses->first : NULL; response != NULL; response = response->next) {
        if (gg_tree_get(response, GG_KEY_RESPONSE_DESCRIPTION) == NULL)
            gg_tree_put(response, GG_KEY_RESPONSE_DESCRIPTION, gg_tree_text(&d->make, gg_str_of("", 0)));
        gg_tree_make(&d->make, response, GG_KEY_RESPONSE_SCHEMA, GG_TREE_OBJECT);
    }
}

/* -- the operation -- */
static void put_tag(gg_openapi_doc *d, gg_tree *operation, const gg_desc_service *service)
{
    gg_str option = gg_openapi_option_message(d, service->options, GG_OPENAPIV2);
    gg_str name = gg_option_text(option, GG_TAG_NAME);
    if (name.len == 0 && !d->options->disable_service_tags)
        name = gg_openapi_tag_name(d, service);
    if (name.len > 0)
        gg_tree_add(gg_tree_make(&d->make, operation, GG_KEY_OPERATION_TAGS, GG_TREE_ARRAY),
            gg_tree_text(&d->make, name));
}

static gg_str operation_id(gg_openapi_doc *d, const gg_openapi_binding *b)
{
    gg_str id = b->method->name;
    if (!d->options->simple_operation_ids)
        id = gg_tree_printf(&d->make, "%.*s_%.*s", GG_STR_ARG(b->service->name), GG_STR_ARG(id));
    return b->index > 0 ? gg_tree_printf(&d->make, "%.*s%zu", GG_STR_ARG(id), b->index + 1) : id;
}

static gg_str method_comment(gg_openapi_doc *d, const gg_openapi_binding *b)
{
    gg_arena *arena = d->make.arena;
    gg_str none = gg_str_of("", 0);
    gg_str path = gg_child_path(arena, none, GG_PATH_SERVICE, (size_t)(b->service - b->service->file->services));
    if (path.ptr != NULL)
        path = gg_child_path(arena, path, GG_PATH_METHOD, (size_t)(b->method - b->service->methods));
    return gg_openapi_comment(d, b->service->file, path);
}

static gg_tree *make_operation(gg_openapi_doc *d, const gg_openapi_binding *b, gg_tree *parameters)
{
    gg_tree *operation = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_str option = gg_openapi_option_message(d, b->method->options, GG_OPENAPIV2);
    bool deprecated = gg_option_flag(b->method->options, GG_DEPRECATED_METHOD) ||
        gg_option_flag(d->file->options, GG_DEPRECATED_FILE);
    gg_tree_put_text(&d->make, operation, GG_KEY_OPERATION_ID, operation_id(d, b));
    gg_tree_put(operation, GG_KEY_OPERATION_RESPONSES, default_responses(d, b));
    if (parameters != NULL && parameters->first != NULL)
        gg_tree_put(operation, GG_KEY_OPERATION_PARAMETERS, parameters);
    put_tag(d, operation, b->service);
    gg_tree_put_flag(&d->make, operation, GG_KEY_OPERATION_DEPRECATED,
        deprecated && d->options->enable_rpc_deprecation);
    gg_openapi_describe(d, operation, &gg_openapi_operation_words, method_comment(d, b));
    gg_openapi_at(d, b->service->file, b->method->full_name);
    gg_openapi_apply(d, operation, &gg_operation_option, option);
    complete_responses(d, operation);
    return operation;
}

/* -- its path -- */
static gg_tree *first_path_parameter(const gg_tree *parameters)
{
    gg_tree *parameter = parameters != NULL ? parameters->first : NULL;
    while (parameter != NULL && !gg_str_eq(gg_tree_get_text(parameter, GG_KEY_PARAMETER_IN), GG_STR("path")))
        parameter = parameter->next;
    return parameter;
}

/* The path with another name in the first braces that hold this one. */
static gg_str renamed(gg_openapi_doc *d, gg_str path, gg_str from, gg_str to)
{
    for (size_t i = 0; i + from.len + 2 <= path.len; i++)
        if (path.ptr[i] == '{' && memcmp(path.ptr + i + 1, from.ptr, from.len) == 0 &&
            path.ptr[i + 1 + from.len] == '}')
            return gg_tree_printf(&d->make, "%.*s%.*s%.*s", (int)(i + 1), path.ptr, GG_STR_ARG(to),
                (int)(path.len - i - 1 - from.len), path.ptr + i + 1 + from.len);
    return path;
}

/* Two templates may differ only in what a variable matches, which a path of OpenAPI does not say: the later one's first
 * parameter gets another name, "name_1". */
static gg_str free_path(gg_openapi_doc *d, const gg_openapi_binding *b, gg_openapi_key key, gg_str path,
    gg_tree *parameters)
{
    gg_tree *parameter = first_path_parameter(parameters);
    gg_str own = gg_tree_get_text(parameter, GG_KEY_PARAMETER_NAME), name = own, first = path;
    for (int i = 1; gg_tree_get(gg_tree_find(d->paths, path), key) != NULL && !gg_openapi_failed(d); i++) {
        if (parameter == NULL) {
            gg_openapi_fail(d, "%.*s %.*s is taken", GG_STR_ARG(b->http_method), GG_STR_ARG(path));
            return path;
        }
        name = gg_tree_printf(&d->make, "%.*s_%d", GG_STR_ARG(own), i);
        path = renamed(d, first, own, name);
    }
    if (name.ptr != own.ptr)
        gg_tree_put(parameter, GG_KEY_PARAMETER_NAME, gg_tree_text(&d->make, name));
    return path;
}

void gg_openapi_add_operation(gg_openapi_doc *d, const gg_openapi_binding *b)
{
    gg_str path;
    gg_openapi_key key = GG_KEY_NAMED;
    gg_tree *parameters = gg_openapi_parameters(d, b, &path);
    gg_openapi_at(d, b->service->file, b->method->full_name);
    for (size_t i = 0; i < sizeof path_keys / sizeof path_keys[0]; i++)
        if (gg_str_eq(b->http_method, path_keys[i].http_method))
            key = path_keys[i].key;
    if (key != GG_KEY_NAMED)
        path = free_path(d, b, key, path, parameters);
    gg_tree *item = gg_tree_find(d->paths, path);
    if (item == NULL) {
        item = gg_tree_new(&d->make, GG_TREE_OBJECT);
        gg_tree_put_named(d->paths, path, item, !d->options->preserve_rpc_order);
    }
    gg_tree *operation = make_operation(d, b, parameters);
    if (key != GG_KEY_NAMED)
        gg_tree_put(item, key, operation);
}
