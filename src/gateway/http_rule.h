/* http_rule.h -- the google.api.http rules of a method, read from its serialized MethodOptions.
 *
 * Spec: google/api/http.proto and annotations.proto (extension 72295728 of MethodOptions).  Only the form
 * is checked here; what the fields mean is found in routes.c. */
#ifndef GG_SRC_GATEWAY_HTTP_RULE_H
#define GG_SRC_GATEWAY_HTTP_RULE_H

#include "base/arena.h"

typedef struct gg_http_rule { /* views into the options */
    gg_str http_method;       /* "GET"; "*": any */
    gg_str path;
    gg_str body, response_body; /* empty: not said */
} gg_http_rule;

/* The method's rule and its additional_bindings, in order; *count 0 without an annotation.
 * GG_OK; GG_EINVAL: *error (static) says what is wrong; GG_ENOMEM. */
gg_rc gg_http_rules_read(gg_str options, gg_arena *arena, gg_http_rule **rules, size_t *count, const char **error);

#endif
