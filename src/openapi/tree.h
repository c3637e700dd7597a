/* tree.h -- a JSON document that is put together in any order and written in the right one.
 *
 *   member of an object   with a key (keys.h): where that table has it; its second value replaces the first
 *                         with a name: behind those, as they come or by the bytes of their names
 *
 * Nodes are in the maker's arena and stand in one place each; texts and names are borrowed.  When memory is
 * out, functions return NULL, the maker notes it, and a NULL given to them does nothing: only the end need ask. */
#ifndef GG_SRC_OPENAPI_TREE_H
#define GG_SRC_OPENAPI_TREE_H

#include "base/buf.h"
#include "openapi/keys.h"

typedef enum gg_tree_kind {
    GG_TREE_TEXT,
    GG_TREE_BARE, /* a number, true, false or null, as it is written */
    GG_TREE_ARRAY,
    GG_TREE_OBJECT
} gg_tree_kind;

enum { GG_TREE_DEPTH = 128 }; /* arrays and objects in each other, when written or read */

typedef struct gg_tree gg_tree;
struct gg_tree {
    gg_tree_kind kind;
    gg_openapi_key key; /* of a member */
    gg_str name;        /* of a member whose key is GG_KEY_NAMED */
    gg_str text;        /* TEXT, BARE */
    gg_tree *first;     /* ARRAY, OBJECT */
    gg_tree *next;      /* what it stands in */
};

typedef struct gg_tree_maker {
    gg_arena *arena;
    bool failed; /* memory was out: the result is not to be used */
} gg_tree_maker;

gg_tree *gg_tree_new(gg_tree_maker *m, gg_tree_kind kind);
gg_tree *gg_tree_text(gg_tree_maker *m, gg_str text);
gg_tree *gg_tree_bare(gg_tree_maker *m, gg_str text);
gg_tree *gg_tree_number(gg_tree_maker *m, double value); /* finite */
/* Formatted text in the maker's arena; the empty slice when memory is out. */
gg_str gg_tree_printf(gg_tree_maker *m, const char *format, ...) GG_PRINTF(2, 3);

/* Adds to the end of an array. */
void gg_tree_add(gg_tree *array, gg_tree *item);
void gg_tree_put(gg_tree *object, gg_openapi_key key, gg_tree *value);
/* Takes a member out; NULL if there is none. */
gg_tree *gg_tree_take(gg_tree *object, gg_openapi_key key);
/* A member with a name; replaces the one that has it.  Else sorted: before the first greater name; not: last. */
void gg_tree_put_named(gg_tree *object, gg_str name, gg_tree *value, bool sorted);

gg_tree *gg_tree_get(const gg_tree *object, gg_openapi_key key);
gg_tree *gg_tree_find(const gg_tree *object, gg_str name);
/* The text of a member that is text; empty if there is none. */
gg_str gg_tree_get_text(const gg_tree *object, gg_openapi_key key);
/* Whether an array of texts has this one; and takes it out. */
bool gg_tree_has_text(const gg_tree *array, gg_str text);
void gg_tree_take_text(gg_tree *array, gg_str text);

/* Members that are left out when they say nothing: text that is empty, a flag that is false. */
void gg_tree_put_text(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, gg_str text);
void gg_tree_put_flag(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, bool flag);
/* An array or object that is there or made. */
gg_tree *gg_tree_make(gg_tree_maker *m, gg_tree *object, gg_openapi_key key, gg_tree_kind kind);

/* Reads JSON, members as they come or sorted.  NULL, the maker not failed, if it is none. */
gg_tree *gg_tree_from_json(gg_tree_maker *m, gg_str json, bool sorted);
/* Appends the document: two spaces for a level, a line for a value, `<`, `>` and `&` escaped, a newline last.
 * GG_OK, GG_ETOOBIG (GG_TREE_DEPTH), GG_ENOMEM. */
gg_rc gg_tree_write(const gg_tree *tree, gg_buf *out);

#endif
