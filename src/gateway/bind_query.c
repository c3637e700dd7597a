/* bind_query.c -- query parameters into the fields of a request.
 *
 *   a.b=1      a nested field, by proto or JSON name       ids=1&ids=2   a repeated field
 *   m[key]=v   one entry of a map                          a+b, %20      a space
 *
 * A parameter that names, or lies in, the body field or a path variable is ignored, so it cannot change
 * either.  A singular field or a map key given twice is an error.
 * Spec: google/api/http.proto; the URL form rules and all that it leaves open as grpc-gateway. */
#include "gateway/bind.h"

#include "gateway/bind_error.h"

/* -- what was given already -- */

/* The singular fields that were set.  Open addressing; the table is at most half full. */
typedef struct given_set {
    const gg_field_path **slots;
    size_t count, cap; /* cap: a power of two, or 0 */
} given_set;

static uint64_t hash_of(const gg_field_path *path)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < path->count; i++)
        hash = (hash ^ path->fields[i]->number) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

static bool same_path(const gg_field_path *a, const gg_field_path *b)
{
    return a->count == b->count && memcmp(a->fields, b->fields, a->count * sizeof a->fields[0]) == 0;
}

static const gg_field_path **slot_of(const gg_field_path **slots, size_t cap, const gg_field_path *path)
{
    size_t i = hash_of(path) & (cap - 1);
    while (slots[i] != NULL && !same_path(slots[i], path))
        i = (i + 1) & (cap - 1); /* ends: half of the slots are free */
    return &slots[i];
}

static gg_rc grow(given_set *set, gg_arena *arena)
{
    size_t cap = set->cap == 0 ? 8 : set->cap * 2;
    const gg_field_path **slots = gg_arena_zalloc(arena, cap * sizeof *slots);
    if (slots == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < set->cap; i++)
        if (set->slots[i] != NULL)
            *slot_of(slots, cap, set->slots[i]) = set->slots[i];
    set->slots = slots;
    set->cap = cap;
    return GG_OK;
}

/* GG_EINVAL if it is there already. */
static gg_rc remember(given_set *set, const gg_field_path *path, gg_arena *arena)
{
    if (set->count * 2 >= set->cap && grow(set, arena) != GG_OK)
        return GG_ENOMEM;
    const gg_field_path **slot = slot_of(set->slots, set->cap, path);
    if (*slot != NULL)
        return GG_EINVAL;
    gg_field_path *copy = gg_arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return GG_ENOMEM;
    copy->count = path->count;
    memcpy(copy->fields, path->fields, path->count * sizeof path->fields[0]);
    *slot = copy;
    set->count++;
    return GG_OK;
}

/* -- one parameter -- */

typedef struct query_binder {
    const gg_binding *binding;
    void *message;
    gg_arena *arena;
    gg_str *error;
    bool reject_unknown;
    given_set given;
} query_binder;

typedef struct parameter {
    gg_str name, value; /* unescaped */
    gg_str field_path;  /* name without [key] */
    gg_str key;
    bool has_key;
    gg_field_path path;
} parameter;

static gg_rc fail(const query_binder *q, const char *what, gg_str name)
{
    *q->error = gg_arena_printf(q->arena, "%s, parameter: %.*s", what, (int)gg_utf8_valid_len(name),
        name.len > 0 ? name.ptr : "");
    return q->error->ptr != NULL ? GG_EPROTO : GG_ENOMEM;
}

/* Application/x-www-form-urlencoded: escapes and '+'. */
static gg_rc unescape(const query_binder *q, gg_str raw, gg_str *plain)
{
    *plain = raw;
    if (raw.len > 0 && (memchr(raw.ptr, '%', raw.len) != NULL || memchr(raw.ptr, '+', raw.len) != NULL)) {
        char *text = gg_arena_bytes(q->arena, raw.len);
        if (text == NULL)
            return GG_ENOMEM;
        plain->ptr = text;
        if (gg_percent_decode(text, &plain->len, raw, GG_UNESCAPE_ALL, true) != GG_OK)
            return fail(q, "malformed escape in the query", raw);
    }
    return gg_utf8_valid(*plain) ? GG_OK : fail(q, "the query is not UTF-8", raw);
}

/* "a.b[key]": the key begins at the last bracket. */
static void split_key(parameter *p)
{
    p->field_path = p->name;
    p->has_key = false;
    p->key = (gg_str){ 0 };
    if (p->name.len == 0 || p->name.ptr[p->name.len - 1] != ']')
        return;
    size_t open = p->name.len - 1;
    while (open > 0 && p->name.ptr[open] != '[')
        open--;
    if (p->name.ptr[open] != '[')
        return;
    p->has_key = true;
    p->key = gg_str_of(p->name.ptr + open + 1, p->name.len - open - 2);
    p->field_path = gg_str_of(p->name.ptr, open);
}

/* Whether the path is the body field's or a variable's. */
static bool is_bound(const gg_binding *b, const gg_field_path *path)
{
    if (b->body != NULL && path->count == 1 && path->fields[0] == b->body)
        return true;
    for (uint16_t i = 0; i < b->route->template.variable_count; i++)
        if (same_path(&b->variables[i], path))
            return true;
    return false;
}

/* Whether the path, or one that it goes through, is the body field's or a variable's. */
static bool lies_in_bound(const gg_binding *b, const gg_field_path *path)
{
    gg_field_path part = *path;
    for (part.count = 1; part.count <= path->count; part.count++)
        if (is_bound(b, &part))
            return true;
    return false;
}

/* GG_OK: p->path is found; GG_ENOTFOUND: to be ignored; GG_EPROTO, GG_ENOMEM. */
static gg_rc resolve(const query_binder *q, parameter *p)
{
    gg_rc rc =
        gg_path_resolve(q->binding->input, p->field_path, p->path.fields, GG_FIELD_PATH, &p->path.count, NULL, NULL);
    if (lies_in_bound(q->binding, &p->path))
        return GG_ENOTFOUND;
    if (rc == GG_ENOTFOUND && q->reject_unknown)
        return fail(q, "unknown parameter", p->name);
    if (rc == GG_ETOOBIG)
        return fail(q, "too many names", p->name);
    return rc == GG_EINVAL ? fail(q, "invalid path: a name before a dot is not a message", p->name) : rc;
}

static gg_rc set_text(query_binder *q, const parameter *p, gg_str text)
{
    gg_bad_value bad = { .parameter = p->name, .text = text };
    gg_rc rc = gg_field_set_text(p->path.fields, p->path.count, q->message, text, q->arena, &bad.expected);
    return rc == GG_OK ? GG_OK : gg_bind_error(rc, &bad, q->arena, q->error);
}

static gg_rc set_entry(query_binder *q, const parameter *p)
{
    gg_bad_value bad = { .parameter = p->name, .text = p->value };
    if (!p->has_key)
        return fail(q, "a map needs a key: name[key]=value", p->name);
    gg_rc rc = gg_map_set_text(p->path.fields, p->path.count, q->message, p->key, p->value, q->arena, &bad.expected);
    return rc == GG_OK ? GG_OK : gg_bind_error(rc, &bad, q->arena, q->error);
}

static gg_rc set(query_binder *q, const parameter *p)
{
    uint8_t rule = p->path.fields[p->path.count - 1]->rule;
    gg_rc rc = GG_OK;
    if (rule == GG_FIELD_MAP)
        return set_entry(q, p);
    if (rule == GG_FIELD_REPEATED && p->has_key) /* as grpc-gateway: f[x]=a is two elements, "x" and "a" */
        rc = set_text(q, p, p->key);
    else if (rule != GG_FIELD_REPEATED)
        rc = p->has_key ? GG_EINVAL : remember(&q->given, &p->path, q->arena);
    if (rc == GG_EINVAL)
        return fail(q, "too many values", p->name);
    return rc == GG_OK ? set_text(q, p, p->value) : rc;
}

static gg_rc bind_pair(query_binder *q, gg_str pair)
{
    parameter p;
    const char *equals = memchr(pair.ptr, '=', pair.len);
    size_t name_len = equals != NULL ? (size_t)(equals - pair.ptr) : pair.len;
    gg_str raw_value = equals != NULL ? gg_str_of(equals + 1, pair.len - name_len - 1) : (gg_str){ 0 };
    gg_rc rc = unescape(q, gg_str_of(pair.ptr, name_len), &p.name);
    if (rc == GG_OK)
        rc = unescape(q, raw_value, &p.value);
    if (rc != GG_OK)
        return rc;
    split_key(&p);
    rc = resolve(q, &p);
    if (rc != GG_OK)
        return rc == GG_ENOTFOUND ? GG_OK : rc;
    return set(q, &p);
}

gg_rc gg_bind_query(const gg_binding *binding, gg_str query, bool reject_unknown, void *message, gg_arena *arena,
    gg_str *error)
{
    query_binder q = { .binding = binding,
        .message = message,
        .arena = arena,
        .error = error,
        .reject_unknown = reject_unknown };
    if (query.len > 0 && memchr(query.ptr, ';', query.len) != NULL) {
        *error = GG_STR("invalid semicolon separator in query");
        return GG_EPROTO;
    }
    while (query.len > 0) {
        const char *amp = memchr(query.ptr, '&', query.len);
        gg_str pair = gg_str_of(query.ptr, amp != NULL ? (size_t)(amp - query.ptr) : query.len);
        size_t used = amp != NULL ? pair.len + 1 : pair.len;
        gg_rc rc = pair.len > 0 ? bind_pair(&q, pair) : GG_OK;
        if (rc != GG_OK)
            return rc;
        query = gg_str_of(query.ptr + used, query.len - used);
    }
    return GG_OK;
}
