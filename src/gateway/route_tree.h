/* route_tree.h -- the frozen form of the route table: a tree of path segments for each verb.
 *
 *   verb ""        root --"v1"--> o --"ping"--> o  [GET Ping]
 *                                 \--*--------> o  [GET Get, DELETE Delete]
 *                                 \--**-------> o  [GET List]        tails = 1 << 0
 *   verb "cancel"  root ...
 *
 * Read-only once built, so workers share it.  Depth is at most GG_TEMPLATE_SEGMENTS. */
#ifndef GG_SRC_GATEWAY_ROUTE_TREE_H
#define GG_SRC_GATEWAY_ROUTE_TREE_H

#include "gateway/routes.h"

enum { GG_ROUTE_METHODS = 64 /* different HTTP methods in one table: a bit each */ };

typedef struct gg_route_node gg_route_node;

typedef struct gg_route_edge {
    gg_str literal;
    gg_route_node *node;
} gg_route_edge;

typedef struct gg_route_leaf {
    uint32_t method; /* index into gg_routes.methods */
    const gg_route *route;
} gg_route_leaf;

struct gg_route_node {
    gg_route_edge *edges; /* sorted by length, then bytes */
    uint32_t edge_count;
    uint32_t leaf_count;
    gg_route_leaf *leaves; /* of the routes that end here */
    gg_route_node *one;    /* "*" */
    gg_route_node *many;   /* "**"; what stands below it counts from the end of the path */
    uint64_t tails;        /* of many: bit n is set when some route has n segments after its "**" */
};

typedef struct gg_route_verb {
    gg_str verb;
    size_t plain_len; /* of the verb when its escapes are decoded */
    gg_route_node *root;
} gg_route_verb;

typedef struct gg_route_entry {
    gg_route route;
    gg_str file;
} gg_route_entry;

struct gg_routes {
    gg_arena *arena;
    void (*on_fault)(void *user, const gg_schema_fault *fault);
    void *user;
    gg_route_entry **entries;
    size_t count;
    gg_str methods[GG_ROUTE_METHODS]; /* in order of registration */
    uint32_t method_count;
    gg_route_verb *verbs; /* longest first; the empty one, if any, last */
    size_t verb_count;
};

/* Reports a fault of a method; reason is a format. */
void gg_routes_fault(const gg_routes *routes, gg_str file, const gg_method_type *method, const char *reason, ...)
    GG_PRINTF(4, 5);

/* *index: where the literal is among the edges, or would be.  True if it is there. */
bool gg_route_edge_find(const gg_route_node *node, gg_str literal, uint32_t *index);

#endif
