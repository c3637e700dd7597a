/* route_tree.c -- puts the routes into trees, one for each verb, and finds those that clash.
 *
 * Two RPCs with the same HTTP method and the same template (variables included) are a fault.  Routes that
 * only match the same paths ("/a/{x}" and "/a/{y}") are a tie: the one registered last is kept.
 * Elsewhere: the rules' meaning (routes.c), matching (match.c). */
#include "gateway/route_tree.h"

bool gg_route_edge_find(const gg_route_node *node, gg_str literal, uint32_t *index)
{
    uint32_t low = 0, high = node->edge_count;
    while (low < high) { /* at most 32 rounds */
        uint32_t mid = low + (high - low) / 2;
        gg_str have = node->edges[mid].literal;
        int order = have.len != literal.len ? (have.len < literal.len ? -1 : 1)
            : have.len == 0                 ? 0
                                            : memcmp(have.ptr, literal.ptr, have.len);
        if (order == 0) {
            *index = mid;
            return true;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *index = low;
    return false;
}

/* Room for one more item behind count of them; capacities are powers of two. */
static void *room_for_one(gg_arena *arena, void *items, size_t count, size_t item_len)
{
    if ((count & (count - 1)) != 0)
        return items;
    return gg_arena_grow(arena, items, count * item_len, (count == 0 ? 1 : count * 2) * item_len);
}

static gg_route_node *literal_child(gg_arena *arena, gg_route_node *node, gg_str literal)
{
    uint32_t index;
    if (gg_route_edge_find(node, literal, &index))
        return node->edges[index].node;
    gg_route_edge *edges = room_for_one(arena, node->edges, node->edge_count, sizeof *edges);
    if (edges == NULL)
        return NULL;
    node->edges = edges;
    gg_route_node *child = gg_arena_zalloc(arena, sizeof *child);
    if (child == NULL)
        return NULL;
    memmove(edges + index + 1, edges + index, (node->edge_count - index) * sizeof *edges);
    edges[index] = (gg_route_edge){ literal, child };
    node->edge_count++;
    return child;
}

static gg_route_node *child_for(gg_arena *arena, gg_route_node *node, const gg_segment *segment)
{
    gg_route_node **slot = &node->one;
    switch (segment->kind) {
    case GG_SEGMENT_LITERAL:
        return literal_child(arena, node, segment->literal);
    case GG_SEGMENT_ONE:
        break;
    case GG_SEGMENT_MANY:
        slot = &node->many;
        break;
    }
    if (*slot == NULL)
        *slot = gg_arena_zalloc(arena, sizeof **slot);
    return *slot;
}

/* The node where the template ends; made if need be, NULL without memory. */
static gg_route_node *node_of(gg_arena *arena, gg_route_node *root, const gg_template *t)
{
    gg_route_node *node = root;
    for (uint16_t i = 0; i < t->segment_count && node != NULL; i++) {
        if ((int16_t)i == t->many)
            node->tails |= UINT64_C(1) << (t->segment_count - i - 1);
        node = child_for(arena, node, &t->segments[i]);
    }
    return node;
}

/* Templates that end at the same node have the same segments; the variables may differ. */
static bool same_variables(const gg_template *a, const gg_template *b)
{
    if (a->variable_count != b->variable_count)
        return false;
    for (uint16_t i = 0; i < a->variable_count; i++) {
        const gg_template_variable *va = &a->variables[i], *vb = &b->variables[i];
        if (va->first != vb->first || va->count != vb->count || !gg_str_eq(va->field_path, vb->field_path))
            return false;
    }
    return true;
}

static gg_rc method_index(gg_routes *routes, gg_str http_method, uint32_t *index)
{
    for (*index = 0; *index < routes->method_count; ++*index)
        if (gg_str_eq(routes->methods[*index], http_method))
            return GG_OK;
    if (routes->method_count == GG_ROUTE_METHODS)
        return GG_ETOOBIG;
    routes->methods[routes->method_count++] = http_method;
    return GG_OK;
}

static gg_rc add_leaf(gg_routes *routes, gg_route_node *node, uint32_t method, const gg_route_entry *entry)
{
    const gg_route *route = &entry->route;
    for (uint32_t i = 0; i < node->leaf_count; i++) {
        gg_route_leaf *leaf = &node->leaves[i];
        if (leaf->method != method)
            continue;
        if (same_variables(&leaf->route->template, &route->template) &&
            !gg_str_eq(leaf->route->method->path, route->method->path)) {
            gg_routes_fault(routes, entry->file, route->method, "%.*s \"%.*s\" is the route of %.*s already",
                GG_STR_ARG(route->http_method), GG_STR_ARG(route->template_text),
                GG_STR_ARG(leaf->route->method->path));
            return GG_EINVAL;
        }
        leaf->route = route;
        return GG_OK;
    }
    gg_route_leaf *leaves = room_for_one(routes->arena, node->leaves, node->leaf_count, sizeof *leaves);
    if (leaves == NULL)
        return GG_ENOMEM;
    leaves[node->leaf_count++] = (gg_route_leaf){ method, route };
    node->leaves = leaves;
    return GG_OK;
}

static size_t decoded_len(gg_str escaped)
{
    size_t len = escaped.len;
    for (size_t i = 0; i < escaped.len; i++)
        len -= escaped.ptr[i] == '%' ? 2 : 0;
    return len;
}

/* The root of the verb's tree. */
static gg_route_node *verb_root(gg_routes *routes, gg_str verb)
{
    size_t at = 0;
    for (; at < routes->verb_count && routes->verbs[at].verb.len >= verb.len; at++)
        if (gg_str_eq(routes->verbs[at].verb, verb))
            return routes->verbs[at].root;
    gg_route_verb *verbs = room_for_one(routes->arena, routes->verbs, routes->verb_count, sizeof *verbs);
    if (verbs == NULL)
        return NULL;
    routes->verbs = verbs;
    gg_route_node *root = gg_arena_zalloc(routes->arena, sizeof *root);
    if (root == NULL)
        return NULL;
    memmove(verbs + at + 1, verbs + at, (routes->verb_count - at) * sizeof *verbs);
    verbs[at] = (gg_route_verb){ verb, decoded_len(verb), root };
    routes->verb_count++;
    return root;
}

gg_rc gg_routes_freeze(gg_routes *routes)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < routes->count; i++) {
        const gg_route_entry *entry = routes->entries[i];
        const gg_template *t = &entry->route.template;
        uint32_t method;
        if (method_index(routes, entry->route.http_method, &method) != GG_OK) {
            gg_routes_fault(routes, entry->file, entry->route.method, "more than %d different HTTP methods",
                (int)GG_ROUTE_METHODS);
            return GG_EINVAL;
        }
        gg_route_node *root = verb_root(routes, t->verb);
        gg_route_node *node = root != NULL ? node_of(routes->arena, root, t) : NULL;
        gg_rc one = node != NULL ? add_leaf(routes, node, method, entry) : GG_ENOMEM;
        if (one == GG_ENOMEM)
            return one;
        rc = one != GG_OK ? one : rc;
    }
    return rc;
}
