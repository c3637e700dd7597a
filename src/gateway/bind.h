/* bind.h -- path variables and query parameters into the fields of a request.
 *
 * Spec: google/api/http.proto, "Use of multiple path variables / query parameters"; errors and forms as
 * grpc-gateway.  The body is decoded before: the path writes over it, the query never touches it. */
#ifndef GG_SRC_GATEWAY_BIND_H
#define GG_SRC_GATEWAY_BIND_H

#include "gateway/routes.h"
#include "proto/message.h"

/* A route as the tables of one request message see it: the route's own ones, or those of the channel. */
typedef struct gg_binding {
    const gg_route *route;
    const gg_message_type *input;
    const gg_field *body;           /* NULL: none, or the whole message */
    const gg_field_path *variables; /* one per template variable */
} gg_binding;

/* GG_OK; GG_EINVAL: input lacks a field of the route, *missing is its name; GG_ENOMEM. */
gg_rc gg_binding_init(gg_binding *binding, const gg_route *route, const gg_message_type *input, gg_arena *arena,
    gg_str *missing);

/* values: one per template variable, unescaped.  GG_OK; GG_EPROTO: *error names the parameter and what was
 * expected (in the arena); GG_ENOMEM. */
gg_rc gg_bind_path(const gg_binding *binding, const gg_str *values, void *message, gg_arena *arena, gg_str *error);

/* query: as received, without '?'.  reject_unknown: a parameter that is no field is an error, not ignored.
 * Results as gg_bind_path. */
gg_rc gg_bind_query(const gg_binding *binding, gg_str query, bool reject_unknown, void *message, gg_arena *arena,
    gg_str *error);

#endif
