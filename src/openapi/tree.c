/* tree.c -- putting a JSON document together, and reading one (tree.h). */
#include "openapi/tree.h"

#include "base/text.h"
#include "json/json.h"

#define GG_KEY_AS_NAME(key, name) [GG_KEY_##key] = GG_STR_INIT(name),
const gg_str gg_openapi_key_names[GG_KEY_NAMED + 1] = { GG_OPENAPI_KEYS(GG_KEY_AS_NAME) };

/* -- nodes -- */
gg_tree *gg_tree_new(gg_tree_maker *m, gg_tree_kind kind)
{
    gg_tree *tree = m->failed ? NULL : gg_arena_zalloc(m->arena, sizeof *tree);
    m->failed = tree == NULL;
    if (tree != NULL)
        tree->kind = kind;
    return tree;
}

static gg_tree *leaf(gg_tree_maker *m, gg_tree_kind kind, gg_str text)
{
    gg_tree *tree = gg_tree_new(m, kind);
    if (tree != NULL)
        tree->text = text;
    return tree;
}

gg_tree *gg_tree_text(gg_tree_maker *m, gg_str text)
{
    return leaf(m, GG_TREE_TEXT, text);
}

gg_tree *gg_tree_bare(gg_tree_maker *m, gg_str text)
{
    return leaf(m, GG_TREE_BARE, text);
}

gg_tree *gg_tree_number(gg_tree_maker *m, double value)
{
    char digits[GG_DOUBLE_TEXT_LEN];
    size_t len = gg_double_print(digits, value);
    return gg_tree_bare(m, gg_tree_printf(m, "%.*s", (int)len, digits));
}

gg_str gg_tree_printf(gg_tree_maker *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str text = m->failed ? gg_str_of(NULL, 0) : gg_arena_vprintf(m->arena, format, args);
    va_end(args);
    m->failed = text.ptr == NULL;
    return m->failed ? gg_str_of("", 0) : text;
}

/* -- arrays -- */
void gg_tree_add(gg_tree *array, gg_tree *item)
{
    if (array == NULL || item == NULL)
        return;
    gg_tree **end = &array->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = item;
}

bool gg_tree_has_text(const gg_tree *array, gg_str text)
{
    for (const gg_tree *item = array != NULL ? array->first : NULL; item != NULL; item = item->next)
        if (gg_str_eq(item->text, text))
            return true;
    return false;
}

void gg_tree_take_text(gg_tree *array, gg_str text)
{
    gg_tree **place = array != NULL ? &array->first : NULL;
    while (place != NULL && *place != NULL)
        if (gg_str_eq((*place)->text, text))
            *place = (*place)->next;
        else
            place = &(*place)->next;
}

/* -- objects -- */
/* Puts the value at *place, in front of what stands there or instead of it. */
static void insert(gg_tree **place, gg_tree *value, bool replace)
{
    value->next = replace ? (*place)->next : *place;
    *place = value;
}

void gg_tree_put(gg_tree *object, gg_openapi_key key, gg_tree *value)
{
    if (object == NULL || value == NULL)
        return;
    gg_tree **place = &object->first;
    while (*place != NULL && (*place)->key < key)
        place = &(*place)->next;
    value->key = key;
    insert(place, value, *place != NULL && (*place)->key == key);
}

gg_tree *gg_tree_take(gg_tree *object, gg_openapi_key key)
{
    gg_tree **place = object != NULL ? &object->first : NULL;
    while (place != NULL && *place != NULL && (*place)->key != key)
        place = &(*place)->next;
    gg_tree *taken = place != NULL ? *place : NULL;
    if (taken != NULL)
        *place = taken->next;
    return taken;
}

/* Whether a comes after b, by bytes. */
static bool is_after(gg_str a, gg_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    return order > 0 || (order == 0 && a.len > b.len);
}

void gg_tree_put_named(gg_tree *object, gg_str name, gg_tree *value, bool sorted)
{
    if (object == NULL || value == NULL)
        return;
    gg_tree **place = &object->first, **before = NULL;
    for (; *place != NULL && ((*place)->key != GG_KEY_NAMED || !gg_str_eq((*place)->name, name));
         place = &(*place)->next)
        if (sorted && before == NULL && (*place)->key == GG_KEY_NAMED && is_after((*place)->name, name))
            before = place;
    value->key = GG_KEY_NAMED;
    value->name = name;
    insert(*place == NULL && before != NULL ? before : place, value, *place != NULL);
}

gg_tree *gg_tree_get(const gg_tree *object, gg_openapi_key key)
{
    gg_tree *member = object != NULL ? object->first : NULL;
    while (member != NULL && member->key != key)
        member = member->next;
    return member;
}

gg_tree *gg_tree_find(const gg_tree *object, gg_str name)
{
    gg_tree *member = object != NULL ? object->first : NULL;
    while (member != NULL && (member->key != GG_KEY_NAMED || !gg_str_eq(member->name, name)))
        member = member->next;
    return member;
}

gg_str gg_tree_get_text(const gg_tree *object, gg_openapi_key key)
{
    const gg_tree *member = gg_tree_get(object, key);
    return member != NULL && member->kind == GG_TREE_TEXT ? member->text : gg_str_of("", 0);
}

void gg_tree_put_text(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, gg_str text)
{
    if (text.len > 0)
        gg_tree_put(object, key, gg_tree_text(m, text));
}

void gg_tree_put_flag(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, bool flag)
{
    if (flag)
        gg_tree_put(object, key, gg_tree_bare(m, GG_STR("true")));
}

gg_tree *gg_tree_make(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, gg_tree_kind kind)
{
    gg_tree *there = gg_tree_get(object, key);
    if (there == NULL) {
        there = gg_tree_new(m, kind);
        gg_tree_put(object, key, there);
    }
    return there;
}

/* -- reading -- */
/* The node that a token begins; NULL for one that ends an array or object, or the document. */
static gg_tree *node_of(gg_tree_maker *m, const gg_json_token *token)
{
    switch (token->kind) {
    case GG_JSON_OBJECT:
        return gg_tree_new(m, GG_TREE_OBJECT);
    case GG_JSON_ARRAY:
        return gg_tree_new(m, GG_TREE_ARRAY);
    case GG_JSON_STRING:
        return gg_tree_text(m, token->text);
    case GG_JSON_NUMBER:
        return gg_tree_bare(m, token->text);
    case GG_JSON_TRUE:
        return gg_tree_bare(m, GG_STR("true"));
    case GG_JSON_FALSE:
        return gg_tree_bare(m, GG_STR("false"));
    case GG_JSON_NULL:
        return gg_tree_bare(m, GG_STR("null"));
    case GG_JSON_OBJECT_END:
    case GG_JSON_ARRAY_END:
    case GG_JSON_NAME:
    case GG_JSON_END:
        break;
    }
    return NULL;
}

/* The arrays and objects that are begun, the innermost last. */
typedef struct open_nodes {
    gg_tree *nodes[GG_TREE_DEPTH];
    size_t depth;
    gg_str name; /* of the next member */
    bool sorted;
} open_nodes;

/* Puts what the token is where it belongs; the node, if it begins one. */
static gg_tree *take_token(gg_tree_maker *m, open_nodes *open, const gg_json_token *token)
{
    gg_tree *node = node_of(m, token), *parent = open->depth > 0 ? open->nodes[open->depth - 1] : NULL;
    if (token->kind == GG_JSON_NAME)
        open->name = token->text;
    if (token->kind == GG_JSON_OBJECT_END || token->kind == GG_JSON_ARRAY_END)
        open->depth--;
    if (parent != NULL && parent->kind == GG_TREE_ARRAY)
        gg_tree_add(parent, node);
    else
        gg_tree_put_named(parent, open->name, node, open->sorted);
    if (node != NULL && (node->kind == GG_TREE_OBJECT || node->kind == GG_TREE_ARRAY))
        open->nodes[open->depth++] = node; /* the reader keeps to GG_TREE_DEPTH */
    return node;
}

gg_tree *gg_tree_from_json(gg_tree_maker *m, gg_str json, bool sorted)
{
    gg_json_reader *reader = m->failed ? NULL : gg_arena_alloc(m->arena, sizeof *reader);
    m->failed = reader == NULL;
    if (reader == NULL)
        return NULL;
    gg_json_reader_init(reader, m->arena, GG_TREE_DEPTH);
    gg_json_feed(reader, json, true);
    open_nodes open = { .sorted = sorted };
    gg_tree *root = NULL;
    gg_json_token token;
    gg_rc rc;
    while ((rc = gg_json_next(reader, &token)) == GG_OK && token.kind != GG_JSON_END && !m->failed) {
        gg_tree *node = take_token(m, &open, &token);
        root = root != NULL ? root : node;
    }
    m->failed |= rc == GG_ENOMEM;
    return rc == GG_OK && !m->failed ? root : NULL;
}
