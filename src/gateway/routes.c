/* routes.c -- from google.api.http rules to bindings: which fields a route's variables and bodies are.
 *
 * Every rule is checked against the tables of its method, and everything wrong with it is reported with
 * file, method and field, at load.  Spec: google/api/http.proto; where it is narrower than grpc-gateway
 * (repeated path variables, wrappers and timestamps in paths), grpc-gateway is followed.
 * Elsewhere: the tree (route_tree.c), matching (match.c), reading rules (http_rule.c). */
#include "gateway/route_tree.h"

#include <assert.h>

#include "gateway/http_rule.h"
#include "gg/message.h"

gg_routes *gg_routes_new(void (*on_fault)(void *user, const gg_schema_fault *fault), void *user)
{
    gg_arena *arena = gg_arena_new(NULL, SIZE_MAX);
    if (arena == NULL)
        return NULL;
    gg_routes *routes = gg_arena_zalloc(arena, sizeof *routes);
    if (routes == NULL) {
        gg_arena_unref(arena);
        return NULL;
    }
    routes->arena = arena;
    routes->on_fault = on_fault;
    routes->user = user;
    return routes;
}

void gg_routes_free(gg_routes *routes)
{
    if (routes != NULL)
        gg_arena_unref(routes->arena);
}

size_t gg_routes_count(const gg_routes *routes)
{
    return routes->count;
}

const gg_route *gg_routes_at(const gg_routes *routes, size_t index)
{
    return index < routes->count ? &routes->entries[index]->route : NULL;
}

/* "/pkg.Service/Method" as a symbol: "pkg.Service.Method". */
static gg_str method_symbol(const gg_routes *routes, const gg_method_type *method)
{
    gg_str path = gg_str_of(method->path.ptr + 1, method->path.len > 0 ? method->path.len - 1 : 0);
    gg_str symbol = gg_arena_dup(routes->arena, path);
    if (symbol.ptr == NULL)
        return path;
    char *slash = memchr(symbol.ptr, '/', symbol.len);
    if (slash != NULL)
        *slash = '.';
    return symbol;
}

void gg_routes_fault(const gg_routes *routes, gg_str file, const gg_method_type *method, const char *reason, ...)
{
    if (routes->on_fault == NULL)
        return;
    va_list args;
    va_start(args, reason);
    gg_schema_fault fault = { .file = file,
        .symbol = method_symbol(routes, method),
        .reason = gg_arena_vprintf(routes->arena, reason, args) };
    va_end(args);
    routes->on_fault(routes->user, &fault);
}

/* -- one rule -- */

typedef struct rule_reader {
    gg_routes *routes;
    gg_route_entry *entry;
    const gg_http_rule *rule;
} rule_reader;

/* A fault of the rule; what: "variable id", "body"; returns GG_EINVAL. */
static gg_rc fault(const rule_reader *r, const char *what, gg_str name, const char *why, gg_str type)
{
    gg_routes_fault(r->routes, r->entry->file, r->entry->route.method, "%.*s \"%.*s\": %s %.*s%s%.*s",
        GG_STR_ARG(r->rule->http_method), GG_STR_ARG(r->rule->path), what, GG_STR_ARG(name), why, GG_STR_ARG(type));
    return GG_EINVAL;
}

/* By the name in the .proto; rules never use JSON names. */
static const gg_field *field_named(const gg_message_type *type, gg_str name)
{
    const gg_field *field = gg_field_by_name(type, name);
    return field != NULL && gg_str_eq(field->name, name) ? field : NULL;
}

static bool may_end_variable(const gg_field *field)
{
    if (field->rule == GG_FIELD_MAP)
        return false;
    if (field->message == NULL)
        return true;
    uint8_t kind = field->message->well_known;
    return kind == GG_WKT_TIMESTAMP || kind == GG_WKT_DURATION || kind == GG_WKT_WRAPPER;
}

/* How many names of a path are those of the .proto, before the first that is not. */
static size_t proto_names(const gg_field_path *path, gg_str text)
{
    size_t count = 0, at = 0;
    for (; count < path->count; count++) {
        gg_str name = path->fields[count]->name, rest = gg_str_of(text.ptr + at, text.len - at);
        if (!gg_str_starts(rest, name) || (rest.len > name.len && rest.ptr[name.len] != '.'))
            break;
        at += name.len + 1;
    }
    return count;
}

static gg_rc resolve_variable(const rule_reader *r, gg_str name, gg_field_path *out)
{
    const gg_message_type *type = r->entry->route.method->input;
    gg_rc rc = gg_path_resolve(type, name, out->fields, GG_FIELD_PATH, &out->count, NULL, NULL);
    size_t right = proto_names(out, name); /* rules never use JSON names */
    const gg_field *last = right > 0 ? out->fields[right - 1] : NULL;
    if (rc == GG_ENOTFOUND || right < out->count)
        return fault(r, "variable", name, ": no such field in ", last != NULL ? last->message->name : type->name);
    assert(last != NULL); /* what is wrong otherwise comes behind a name */
    if (rc == GG_ETOOBIG)
        return fault(r, "variable", name, ": too many names", (gg_str){ 0 });
    if (rc == GG_EINVAL)
        return fault(r, "variable", name, " passes through a field that is no message: ", last->name);
    return may_end_variable(last) ? GG_OK : fault(r, "variable", name, " cannot be of type ", last->message->name);
}

static gg_rc resolve_variables(const rule_reader *r)
{
    gg_route *route = &r->entry->route;
    uint16_t count = route->template.variable_count;
    if (count == 0)
        return GG_OK;
    if (route->method->client_streaming)
        return fault(r, "variable", route->template.variables[0].field_path, ": the method takes a stream",
            (gg_str){ 0 });
    route->variables = gg_arena_zalloc(r->routes->arena, count * sizeof *route->variables);
    if (route->variables == NULL)
        return GG_ENOMEM;
    gg_rc rc = GG_OK;
    for (uint16_t i = 0; i < count && rc != GG_ENOMEM; i++) {
        gg_rc one = resolve_variable(r, route->template.variables[i].field_path, &route->variables[i]);
        rc = one != GG_OK ? one : rc;
    }
    return rc;
}

static gg_rc resolve_bodies(const rule_reader *r)
{
    gg_route *route = &r->entry->route;
    gg_str body = r->rule->body, response_body = r->rule->response_body;
    bool all = gg_str_eq(body, GG_STR("*"));
    bool bodiless = gg_str_eq(route->http_method, GG_STR("GET")) || gg_str_eq(route->http_method, GG_STR("DELETE"));
    gg_rc rc = GG_OK;
    if (body.len > 0 && bodiless)
        rc = fault(r, "body", body, ": this HTTP method has no body", (gg_str){ 0 });
    route->body_all = all;
    if (body.len > 0 && !all && (route->body = field_named(route->method->input, body)) == NULL)
        rc = fault(r, "body", body, ": no such field in ", route->method->input->name);
    if (response_body.len > 0 && !gg_str_eq(response_body, GG_STR("*")) &&
        (route->response_body = field_named(route->method->output, response_body)) == NULL)
        rc = fault(r, "response_body", response_body, ": no such field in ", route->method->output->name);
    return rc;
}

/* Whether some top-level field is left for the query: neither the body nor named in the path. */
static bool leaves_query(const gg_route *route)
{
    const gg_message_type *input = route->method->input;
    if (route->body_all)
        return false;
    for (uint16_t i = 0; i < input->field_count; i++) {
        bool taken = route->body == &input->fields[i];
        for (uint16_t v = 0; v < route->template.variable_count && !taken; v++)
            taken = route->variables[v].count == 1 && route->variables[v].fields[0] == &input->fields[i];
        if (!taken)
            return true;
    }
    return false;
}

static gg_rc append_entry(gg_routes *routes, gg_route_entry *entry)
{
    const size_t item = sizeof *routes->entries;
    gg_route_entry **entries = routes->entries;
    if ((routes->count & (routes->count - 1)) == 0) { /* room is the next power of two */
        size_t room = routes->count == 0 ? 1 : routes->count * 2;
        entries = gg_arena_grow(routes->arena, entries, routes->count * item, room * item);
        if (entries == NULL)
            return GG_ENOMEM;
    }
    entries[routes->count++] = entry;
    routes->entries = entries;
    return GG_OK;
}

static gg_rc add_rule(gg_routes *routes, gg_str file, const gg_method_type *method, const gg_http_rule *rule)
{
    gg_route_entry *entry = gg_arena_zalloc(routes->arena, sizeof *entry);
    if (entry == NULL)
        return GG_ENOMEM;
    rule_reader r = { routes, entry, rule };
    entry->file = file;
    entry->route = (gg_route){ .method = method,
        .http_method = gg_arena_dup(routes->arena, rule->http_method), /* the options may go away */
        .template_text = gg_arena_dup(routes->arena, rule->path) };
    gg_route *route = &entry->route;
    if (route->http_method.ptr == NULL || route->template_text.ptr == NULL)
        return GG_ENOMEM;

    gg_str error = { 0 };
    gg_rc rc = gg_template_parse(route->template_text, routes->arena, &route->template, &error);
    if (rc == GG_EINVAL)
        return fault(&r, "bad path template,", (gg_str){ 0 }, "", error);
    if (rc != GG_OK)
        return rc;
    rc = resolve_variables(&r);
    if (rc == GG_ENOMEM)
        return rc;
    if (resolve_bodies(&r) != GG_OK || rc != GG_OK)
        return GG_EINVAL;
    route->has_query = leaves_query(route);
    return append_entry(routes, entry);
}

gg_rc gg_routes_add_method(gg_routes *routes, const gg_service_type *service, const gg_method_type *method)
{
    gg_str file = service != NULL && service->file != NULL ? service->file->name : (gg_str){ 0 };
    gg_http_rule *rules;
    size_t count;
    const char *error;
    gg_rc rc = gg_http_rules_read(method->options, routes->arena, &rules, &count, &error);
    if (rc == GG_EINVAL)
        gg_routes_fault(routes, file, method, "google.api.http: %s", error);
    if (rc != GG_OK)
        return rc;
    for (size_t i = 0; i < count && rc != GG_ENOMEM; i++) {
        gg_rc one = add_rule(routes, file, method, &rules[i]);
        rc = one != GG_OK ? one : rc;
    }
    return rc;
}
