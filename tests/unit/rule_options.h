/* rule_options.h -- serialized MethodOptions with google.api.http rules, for tests that have no .proto. */
#ifndef GG_TESTS_RULE_OPTIONS_H
#define GG_TESTS_RULE_OPTIONS_H

#include "base/arena.h"

typedef struct test_rule {
    const char *method;                      /* "GET", ..., "custom KIND" */
    const char *path, *body, *response_body; /* NULL: left out */
} test_rule;

/* The first rule with the others as its additional_bindings; in the arena.  ptr NULL without memory. */
gg_str test_rule_options(const test_rule *rules, size_t count, gg_arena *arena);

#endif
