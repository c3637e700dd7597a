/* binding.c -- the google.api.http rules of a method, their field paths resolved (document.h).
 *
 * Spec: google/api/http.proto.  Template and rule are read as the gateway reads them. */
#include "openapi/document.h"

#include "gateway/http_rule.h"
#include "gateway/template.h"
#include "proto/wire.h"

enum { PATH_FIELDS = GG_DESC_DEPTH }; /* of one field path; definitions recurse that deep */

bool gg_openapi_is_bound(const gg_openapi_doc *d, const gg_desc_method *method)
{
    enum { HTTP_EXTENSION = 72295728 };
    gg_str options = method->options;
    gg_wire_field field;
    while (gg_wire_next(&options, &field) == GG_OK)
        if (field.number == HTTP_EXTENSION)
            return true;
    return d->options->generate_unbound_methods;
}

/* -- field paths -- */
static const gg_desc_field *field_named(const gg_desc_message *message, gg_str name)
{
    for (size_t i = 0; i < message->field_count; i++)
        if (gg_str_eq(message->fields[i].name, name))
            return &message->fields[i];
    return NULL;
}

/* "book.name" in a message; count 0, and the error said, if there is no such field. */
static gg_openapi_path resolve(gg_openapi_doc *d, const gg_desc_message *message, gg_str text)
{
    gg_openapi_path path = { gg_arena_alloc(d->make.arena, PATH_FIELDS * sizeof *path.fields), 0 };
    d->make.failed |= path.fields == NULL;
    for (size_t i = 0, start = 0; i <= text.len && path.fields != NULL; i++) {
        if (i < text.len && text.ptr[i] != '.')
            continue;
        const gg_desc_field *field =
            message != NULL ? field_named(message, gg_str_of(text.ptr + start, i - start)) : NULL;
        if (field == NULL || path.count == PATH_FIELDS) {
            gg_openapi_fail(d, "no field %.*s", GG_STR_ARG(text));
            return (gg_openapi_path){ NULL, 0 };
        }
        path.fields[path.count++] = field;
        message = field->rule == GG_FIELD_REPEATED || field->rule == GG_FIELD_MAP ? NULL : field->message;
        start = i + 1;
    }
    return path;
}

/* -- rules -- */
static void check_variable(gg_openapi_doc *d, const gg_openapi_binding *b, const gg_openapi_path *path)
{
    const gg_desc_field *field = path->count > 0 ? path->fields[path->count - 1] : NULL;
    bool repeated = field != NULL && (field->rule == GG_FIELD_REPEATED || field->rule == GG_FIELD_MAP);
    if (field != NULL && field->message != NULL && (repeated || !gg_openapi_is_inline(field->message)))
        gg_openapi_fail(d, "%.*s: a path variable cannot be a message", GG_STR_ARG(field->name));
    if (b->method->client_streaming)
        gg_openapi_fail(d, "a client stream has no path variables");
}

static void read_template(gg_openapi_doc *d, gg_openapi_binding *b)
{
    gg_template template;
    gg_str why = { NULL, 0 };
    gg_rc rc = gg_template_parse(b->path, d->make.arena, &template, &why);
    d->make.failed |= rc == GG_ENOMEM;
    if (rc != GG_OK) {
        gg_openapi_fail(d, "%.*s: %.*s", GG_STR_ARG(b->path), GG_STR_ARG(why));
        return;
    }
    if (template.variable_count == 0)
        return;
    b->variables.items = gg_arena_alloc(d->make.arena, template.variable_count * sizeof *b->variables.items);
    d->make.failed |= b->variables.items == NULL;
    for (size_t i = 0; i < template.variable_count && b->variables.items != NULL && !gg_openapi_failed(d); i++) {
        gg_openapi_path path = resolve(d, b->method->input, template.variables[i].field_path);
        check_variable(d, b, &path);
        b->variables.items[b->variables.count++] = path;
    }
}

static void read_rule(gg_openapi_doc *d, gg_openapi_binding *b, const gg_http_rule *rule)
{
    b->http_method = rule->http_method;
    b->path = rule->path;
    b->has_body = rule->body.len > 0;
    read_template(d, b);
    if (b->has_body && !gg_str_eq(rule->body, GG_STR("*")))
        b->body = resolve(d, b->method->input, rule->body);
    if (rule->response_body.len > 0 && !gg_str_eq(rule->response_body, GG_STR("*")))
        b->response_body = resolve(d, b->method->output, rule->response_body);
    if (b->has_body && gg_str_eq(b->http_method, GG_STR("GET")))
        gg_openapi_fail(d, "GET with a body");
    if (b->has_body && gg_str_eq(b->http_method, GG_STR("DELETE")) && !d->options->allow_delete_body)
        gg_openapi_fail(d, "DELETE with a body (the parameter allow_delete_body allows it)");
}

/* What reaches a method that has no rule. */
static gg_http_rule unbound_rule(gg_openapi_doc *d, const gg_desc_service *service, const gg_desc_method *method)
{
    gg_str path = gg_tree_printf(&d->make, "/%.*s/%.*s", GG_STR_ARG(service->full_name), GG_STR_ARG(method->name));
    return (gg_http_rule){ .http_method = GG_STR("POST"), .path = path, .body = GG_STR("*") };
}

gg_openapi_binding *gg_openapi_bindings(gg_openapi_doc *d, const gg_desc_service *service, const gg_desc_method *method,
    size_t *count)
{
    gg_http_rule *rules, unbound;
    size_t rule_count;
    const char *why;
    *count = 0;
    gg_rc rc = gg_http_rules_read(method->options, d->make.arena, &rules, &rule_count, &why);
    d->make.failed |= rc == GG_ENOMEM;
    if (rc != GG_OK) {
        gg_openapi_fail(d, "%s", why);
        return NULL;
    }
    if (rule_count == 0 && d->options->generate_unbound_methods) {
        unbound = unbound_rule(d, service, method);
        rules = &unbound;
        rule_count = 1;
    }
    gg_openapi_binding *bindings =
        rule_count > 0 ? gg_arena_zalloc(d->make.arena, rule_count * sizeof *bindings) : NULL;
    d->make.failed |= rule_count > 0 && bindings == NULL;
    for (; bindings != NULL && *count < rule_count && !gg_openapi_failed(d); ++*count) {
        bindings[*count] = (gg_openapi_binding){ .service = service, .method = method, .index = *count };
        read_rule(d, &bindings[*count], &rules[*count]);
    }
    return bindings;
}
