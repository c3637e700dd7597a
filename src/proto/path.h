/* path.h -- a path to a single field, read and looked up in a type's tables.
 *
 *   items[3].by_name["a b"].qty      three steps, the first two with a subscript
 *
 * Elsewhere: what stands at a path in a message (field_access.c). */
#ifndef GG_SRC_PROTO_PATH_H
#define GG_SRC_PROTO_PATH_H

#include "proto/message.h"

enum { GG_PATH_APPEND = GG_MESSAGE_ELEMENTS }; /* as an index: behind the last element, wherever that is */

/* A value apart from its message.  To the codecs it is a struct of one member (gg_slot_field). */
typedef struct gg_slot {
    union {
        gg_str text;
        uint64_t number;
        void *pointer; /* a message, the elements of a list */
    } value;
    size_t count; /* of a list or map */
    bool has;
} gg_slot;

/* The field as it stands in a slot: a list or map if it is one and `whole`, else one value.  name is what errors
 * call it. */
gg_field gg_slot_field(const gg_field *field, bool whole, gg_str name);

typedef struct gg_path_step {
    const gg_field *field;
    bool subscript; /* field is repeated or a map, and this is about one element or entry */
    size_t index;   /* of a repeated field */
    gg_slot key;    /* of a map */
    size_t offset;  /* of the subscript, else of the name, in the path */
} gg_path_step;

typedef struct gg_path {
    gg_str text;
    gg_path_step steps[GG_PATH_NAMES];
    size_t count; /* at least 1 */
    gg_arena *arena;
    gg_decode_error *error; /* may be NULL */
} gg_path;

/* Reads the path.  GG_OK, or an error as gg/message.h says. */
gg_rc gg_path_parse(gg_path *path, const gg_message_type *type, gg_str text, gg_arena *arena, gg_decode_error *error);

/* The field of the value that a step ends in: of a map's entry, its value. */
static inline const gg_field *gg_path_value(const gg_path_step *step)
{
    return step->subscript && step->field->rule == GG_FIELD_MAP ? &step->field->message->fields[1] : step->field;
}

/* Fills in the error, if there is one to be filled in: the path is right up to offset.  Returns rc. */
gg_rc gg_path_fail(const gg_path *path, gg_rc rc, size_t offset, gg_str expected);

#endif
