/* json_printer.h -- what the files that write JSON share: to_json.c (structure) and json_print.c (scalars). */
#ifndef GG_SRC_PROTO_JSON_PRINTER_H
#define GG_SRC_PROTO_JSON_PRINTER_H

#include "proto/message.h"

/* A step on the path to a value that has no JSON, noted on the way back from it. */
typedef struct path_step {
    const struct path_step *inside;
    const gg_field *field; /* NULL: an element, or an entry of a map */
    const gg_field *key;   /* of a map's entry */
    const void *entry;
    size_t index;
} path_step;

typedef struct json_printer {
    gg_json_writer *w;
    gg_codec_options options;
    unsigned indent;    /* pretty: levels */
    unsigned any_depth; /* Anys in Anys */
    gg_rc rc;           /* of the first value that has no JSON */
    gg_str expected;    /* what it should have been */
    const path_step *path;
} json_printer;

/* Keeps the first failure; `expected`: what the value should have been. */
void gg_printer_give_up(json_printer *p, gg_rc rc, gg_str expected);

/* Where n bytes go; NULL when memory is out. */
static inline char *gg_printer_room(gg_json_writer *w, size_t n)
{
    return w->cap - w->len >= n ? w->data + w->len : gg_json_reserve(w, n);
}

static inline void gg_printer_literal(gg_json_writer *w, const char *text, size_t len)
{
    char *p = gg_printer_room(w, len);
    if (p == NULL)
        return;
    memcpy(p, text, len);
    w->len += len;
}
#define PUT(w, literal) gg_printer_literal((w), (literal), sizeof(literal) - 1)

/* A name of the schema, quoted, with one byte before it (0: none) and one after. */
void gg_printer_name(gg_json_writer *w, char before, gg_str name, char after);
void gg_printer_string(json_printer *p, gg_str text);
/* One value that is no message. */
void gg_printer_scalar(json_printer *p, const gg_field *field, const void *place);
void gg_printer_map_key(json_printer *p, const gg_field *key, const void *place);

#endif
