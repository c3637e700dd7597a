/* routes.h -- the route table: HTTP method and path to a binding of an RPC.
 *
 * Built at load from the google.api.http rules of methods, then immutable and shared.  Most specific
 * wins, segment by segment: literal before one segment before many, with backtracking bounded by
 * GG_ROUTE_STEPS; among equals the last registered.  Faults are collected, each naming file, method, field. */
#ifndef GG_SRC_GATEWAY_ROUTES_H
#define GG_SRC_GATEWAY_ROUTES_H

#include "base/text.h"
#include "gateway/template.h"
#include "gg/schema.h"

enum {
    GG_PATH_SEGMENTS = 256 /* of a request's path; above: 404 */,
    GG_ROUTE_STEPS = 4096,
    GG_FIELD_PATH = 16 /* names in one field path */
};

typedef struct gg_field_path {
    const gg_field *fields[GG_FIELD_PATH];
    size_t count;
} gg_field_path;

typedef struct gg_route {
    gg_str http_method; /* "GET"; "*": any */
    gg_str template_text;
    gg_template template;
    const gg_method_type *method;
    gg_field_path *variables; /* one per template variable */
    bool body_all;            /* body: "*" */
    bool has_query;           /* some field is left for query parameters */
    const gg_field *body;     /* body: "field" */
    const gg_field *response_body;
} gg_route;

typedef struct gg_routes gg_routes;

/* on_fault: see gg/schema.h; faults collect over several calls. */
gg_routes *gg_routes_new(void (*on_fault)(void *user, const gg_schema_fault *fault), void *user);
/* Adds every rule (additional bindings too) of a method; methods without a rule add nothing.
 * GG_OK; GG_EINVAL: faults were reported; GG_ENOMEM. */
gg_rc gg_routes_add_method(gg_routes *routes, const gg_service_type *service, const gg_method_type *method);
/* After the last one: builds the tree.  GG_EINVAL when two RPCs have the same method and template. */
gg_rc gg_routes_freeze(gg_routes *routes);
void gg_routes_free(gg_routes *routes);
size_t gg_routes_count(const gg_routes *routes);
const gg_route *gg_routes_at(const gg_routes *routes, size_t index);

typedef struct gg_route_match {
    const gg_route *route;
    gg_str variables[GG_TEMPLATE_VARIABLES]; /* one per template variable, unescaped, in the arena */
    gg_str allow;                            /* GG_EINVAL: value of the Allow header, "GET, HEAD" */
} gg_route_match;

/* GG_OK; GG_ENOTFOUND (404); GG_EINVAL: the path is known, the method is not (405, match->allow is set);
 * GG_EPROTO: malformed escape or bytes that are not UTF-8 (400); GG_ENOMEM. */
gg_rc gg_routes_match(const gg_routes *routes, gg_str http_method, gg_str path, gg_unescape_mode mode, gg_arena *arena,
    gg_route_match *match);

#endif
