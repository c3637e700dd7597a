/* match.c -- finds the route of a request's method and path.
 *
 *   "/v1/shelves/7/books/a%2Fb:read"  split once:  v1 | shelves | 7 | books | a%2Fb:read
 *   verbs that the last segment ends with, longest first, then none: walk that verb's tree,
 *   literal before "*" before "**" at every segment, back when it leads nowhere
 *
 * A method that is named wins over HEAD from GET, that over "*".  Segments are compared unescaped, the
 * verb as received; a path without '%' and ':' costs no copy and no allocation.
 * Spec: google/api/http.proto; where it is silent (empty segments, verbs), grpc-gateway.
 * Elsewhere: building the tree (route_tree.c), giving the values to fields (bind.c). */
#include "gateway/route_tree.h"

typedef struct path_segments {
    gg_str raw[GG_PATH_SEGMENTS]; /* as received */
    const gg_str *plain;          /* unescaped: raw itself if nothing is escaped */
    gg_str *decoded;              /* plain in the arena, NULL if nothing is escaped */
    size_t count;
    bool has_colon;
} path_segments;

/* -- the path -- */

/* The length of a separator at `at`: "/", or its escape in the mode where that separates as well; 0: none. */
static size_t separator_len(gg_str path, size_t at, gg_unescape_mode mode)
{
    const char *p = path.ptr + at;
    if (*p == '/')
        return 1;
    bool escaped = path.len - at >= 3 && p[0] == '%' && p[1] == '2' && (p[2] == 'F' || p[2] == 'f');
    return escaped && mode == GG_UNESCAPE_ALL ? 3 : 0;
}

/* The unescaped copy of every segment, checked to be UTF-8. */
static gg_rc decode_segments(path_segments *s, gg_str path, gg_arena *arena)
{
    char *text = gg_arena_bytes(arena, path.len);
    s->decoded = gg_arena_alloc(arena, s->count * sizeof *s->decoded);
    if (text == NULL || s->decoded == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < s->count; i++) {
        size_t len = 0;
        if (gg_percent_decode(text, &len, s->raw[i], GG_UNESCAPE_ALL, false) != GG_OK ||
            !gg_utf8_valid(gg_str_of(text, len)))
            return GG_EPROTO;
        s->decoded[i] = gg_str_of(text, len);
        text += len;
    }
    s->plain = s->decoded;
    return GG_OK;
}

/* GG_EPROTO: malformed; GG_ENOTFOUND: more segments than any route may have. */
static gg_rc split(path_segments *s, gg_str path, gg_unescape_mode mode, gg_arena *arena)
{
    if (path.len == 0 || path.ptr[0] != '/')
        return GG_EPROTO;
    bool escaped = false;
    size_t start = 1;
    s->count = 0;
    s->decoded = NULL;
    s->has_colon = false;
    for (size_t i = 1; i <= path.len;) {
        size_t separator = i == path.len ? 1 : separator_len(path, i, mode);
        if (separator == 0) {
            char c = path.ptr[i++];
            s->has_colon |= c == ':';
            escaped |= c == '%' || (unsigned char)c >= 0x80;
            continue;
        }
        escaped |= separator > 1;
        if (s->count == GG_PATH_SEGMENTS)
            return GG_ENOTFOUND;
        s->raw[s->count++] = gg_str_of(path.ptr + start, i - start);
        start = i += separator;
    }
    s->plain = s->raw;
    return escaped ? decode_segments(s, path, arena) : GG_OK;
}

/* -- the walk -- */

typedef struct walk {
    const gg_str *segments;
    size_t count;
    uint32_t method; /* wanted: index into gg_routes.methods */
    uint64_t *seen;  /* not NULL: collect the methods of all that match instead */
    unsigned steps;  /* of GG_ROUTE_STEPS */
} walk;

static const gg_route *leaf_of(const walk *w, const gg_route_node *node)
{
    for (uint32_t i = 0; i < node->leaf_count; i++) {
        if (w->seen != NULL)
            *w->seen |= UINT64_C(1) << node->leaves[i].method;
        else if (node->leaves[i].method == w->method)
            return node->leaves[i].route;
    }
    return NULL;
}

static const gg_route *walk_from(walk *w, const gg_route_node *node, size_t at);

/* Below "**" the rest of a template has a fixed length: the longest that fits is the most specific. */
static const gg_route *walk_many(walk *w, const gg_route_node *node, size_t at)
{
    for (size_t tail = GG_TEMPLATE_SEGMENTS; tail-- > 0;) {
        if ((node->tails >> tail & 1) == 0 || w->count - at < tail)
            continue;
        const gg_route *found = walk_from(w, node->many, w->count - tail);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Recurses once for each segment of a template, so at most GG_TEMPLATE_SEGMENTS deep. */
static const gg_route *walk_from(walk *w, const gg_route_node *node, size_t at)
{
    const gg_route *found = NULL;
    uint32_t edge;
    if (++w->steps > GG_ROUTE_STEPS)
        return NULL;
    if (at == w->count)
        found = leaf_of(w, node);
    else {
        if (gg_route_edge_find(node, w->segments[at], &edge))
            found = walk_from(w, node->edges[edge].node, at + 1);
        if (found == NULL && node->one != NULL)
            found = walk_from(w, node->one, at + 1);
    }
    if (found == NULL && node->many != NULL)
        found = walk_many(w, node, at);
    return found;
}

/* Takes the verb off the last segment (put_verb_back undoes it); false if it does not end with it. */
static bool take_verb(path_segments *s, const gg_route_verb *verb)
{
    gg_str *last = &s->raw[s->count - 1];
    size_t len = verb->verb.len;
    if (last->len <= len || last->ptr[last->len - len - 1] != ':' ||
        memcmp(last->ptr + last->len - len, verb->verb.ptr, len) != 0)
        return false;
    last->len -= len + 1;
    if (s->decoded != NULL)
        s->decoded[s->count - 1].len -= verb->plain_len + 1;
    return true;
}

static void put_verb_back(path_segments *s, const gg_route_verb *verb)
{
    s->raw[s->count - 1].len += verb->verb.len + 1;
    if (s->decoded != NULL)
        s->decoded[s->count - 1].len += verb->plain_len + 1;
}

/* On success the verb stays taken off, so that the last variable does not get it.  *nothing_before_verb:
 * the last segment is a verb and nothing else, which no route takes. */
static const gg_route *walk_verbs(const gg_routes *routes, path_segments *s, walk *w, bool *nothing_before_verb)
{
    const gg_route *found = NULL;
    for (size_t i = 0; i < routes->verb_count && found == NULL; i++) {
        const gg_route_verb *verb = &routes->verbs[i];
        bool has_verb = verb->verb.len > 0;
        if (has_verb && (!s->has_colon || !take_verb(s, verb)))
            continue;
        *nothing_before_verb = has_verb && s->raw[s->count - 1].len == 0;
        if (*nothing_before_verb)
            return NULL;
        w->segments = s->plain;
        w->count = s->count;
        found = walk_from(w, verb->root, 0);
        if (has_verb && found == NULL)
            put_verb_back(s, verb);
    }
    return found;
}

/* -- the values of variables -- */

/* Which of the path's segments the template's segments [first, first + count) are. */
typedef struct span {
    size_t first, count;
} span;

static span span_of(const gg_template *t, const gg_template_variable *v, size_t path_count)
{
    size_t many_len = path_count + 1 - t->segment_count; /* of the "**", if there is one */
    span s = { v->first, v->count };
    if (t->many < 0)
        return s;
    if ((int)v->first > t->many)
        s.first += many_len - 1;
    else if ((int)(v->first + v->count) > t->many)
        s.count += many_len - 1;
    return s;
}

static gg_rc variable_value(const gg_template *t, const gg_template_variable *v, const path_segments *s,
    gg_unescape_mode mode, gg_arena *arena, gg_str *value)
{
    span in = span_of(t, v, s->count);
    *value = (gg_str){ 0 };
    if (in.count == 0)
        return GG_OK;
    if (!v->multi) {
        *value = s->plain[in.first];
        return GG_OK;
    }
    gg_str last = s->raw[in.first + in.count - 1];
    const char *start = s->raw[in.first].ptr;
    gg_str raw = gg_str_of(start, (size_t)(last.ptr + last.len - start));
    /* A variable of "a" and "**" on the path "a" is "a/": the empty rest leaves its slash. */
    bool slash = t->many >= 0 && (int)(v->first + v->count - 1) == t->many && in.count < v->count;
    if (s->decoded == NULL && !slash) {
        *value = raw;
        return GG_OK;
    }
    char *text = gg_arena_bytes(arena, raw.len + 1);
    if (text == NULL)
        return GG_ENOMEM;
    size_t len = 0;
    gg_rc rc = gg_percent_decode(text, &len, raw, mode, false);
    if (slash)
        text[len++] = '/';
    *value = gg_str_of(text, len);
    return rc;
}

static gg_rc fill_variables(const gg_route *route, const path_segments *s, gg_unescape_mode mode, gg_arena *arena,
    gg_route_match *match)
{
    const gg_template *t = &route->template;
    match->route = route;
    gg_rc rc = GG_OK;
    for (uint16_t i = 0; i < t->variable_count && rc == GG_OK; i++)
        rc = variable_value(t, &t->variables[i], s, mode, arena, &match->variables[i]);
    return rc;
}

/* -- methods -- */

static bool method_named(const gg_routes *routes, gg_str http_method, uint32_t *index)
{
    for (uint32_t i = 0; i < routes->method_count; i++)
        if (gg_str_eq(routes->methods[i], http_method)) {
            *index = i;
            return true;
        }
    return false;
}

/* "GET, HEAD, POST": in order of registration, HEAD where GET is. */
static gg_rc allow_value(const gg_routes *routes, uint64_t methods, gg_arena *arena, gg_str *allow)
{
    size_t len = sizeof "HEAD, ";
    uint32_t head;
    bool own_head = method_named(routes, GG_STR("HEAD"), &head) && (methods >> head & 1) != 0;
    for (uint32_t i = 0; i < routes->method_count; i++)
        len += routes->methods[i].len + 2;
    char *text = gg_arena_bytes(arena, len), *p = text;
    if (text == NULL)
        return GG_ENOMEM;
    for (uint32_t i = 0; i < routes->method_count; i++) {
        gg_str method = routes->methods[i];
        if ((methods >> i & 1) == 0)
            continue;
        memcpy(p, method.ptr, method.len);
        memcpy(p + method.len, ", ", 2);
        p += method.len + 2;
        if (!own_head && gg_str_eq(method, GG_STR("GET"))) {
            memcpy(p, "HEAD, ", 6);
            p += 6;
        }
    }
    *allow = gg_str_of(text, (size_t)(p - text) - 2);
    return GG_OK;
}

gg_rc gg_routes_match(const gg_routes *routes, gg_str http_method, gg_str path, gg_unescape_mode mode, gg_arena *arena,
    gg_route_match *match)
{
    path_segments s;
    gg_rc rc = split(&s, path, mode, arena);
    if (rc != GG_OK)
        return rc;

    const gg_str tries[] = { http_method, gg_str_eq(http_method, GG_STR("HEAD")) ? GG_STR("GET") : (gg_str){ 0 },
        GG_STR("*") };
    walk w = { 0 };
    bool nothing_before_verb = false;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        if (!method_named(routes, tries[i], &w.method))
            continue;
        const gg_route *found = walk_verbs(routes, &s, &w, &nothing_before_verb);
        if (found != NULL)
            return fill_variables(found, &s, mode, arena, match);
        if (nothing_before_verb)
            return GG_ENOTFOUND;
    }

    uint64_t methods = 0;
    w.seen = &methods;
    walk_verbs(routes, &s, &w, &nothing_before_verb);
    if (methods == 0)
        return GG_ENOTFOUND;
    rc = allow_value(routes, methods, arena, &match->allow);
    return rc == GG_OK ? GG_EINVAL : rc;
}
