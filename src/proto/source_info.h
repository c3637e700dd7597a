/* source_info.h -- the comments of a .proto file, found by what they stand at.
 *
 * A path is that of a google.protobuf.SourceCodeInfo.Location, as text: "4,0,2,1" is the second field (2)
 * of the first message (4).
 * Leaves out: detached comments, and where things stand in the text. */
#ifndef GG_SRC_PROTO_SOURCE_INFO_H
#define GG_SRC_PROTO_SOURCE_INFO_H

#include "proto/descriptor.h"

typedef struct gg_source_comment { /* as the compiler hands it on: without the comment marks */
    gg_str leading, trailing;
} gg_source_comment;

enum { /* numbers in paths: the fields of google/protobuf/descriptor.proto */
    GG_PATH_PACKAGE = 2,
    GG_PATH_MESSAGE = 4,
    GG_PATH_ENUM = 5,
    GG_PATH_SERVICE = 6,
    GG_PATH_FIELD = 2,          /* in a message */
    GG_PATH_NESTED_MESSAGE = 3, /* the same */
    GG_PATH_NESTED_ENUM = 4,    /* the same */
    GG_PATH_VALUE = 2,          /* in an enum */
    GG_PATH_METHOD = 2          /* in a service */
};

/* Enters a gg_source_comment for every path that has a comment; of a path that stands there twice, the first
 * one.  source_info: a serialized SourceCodeInfo, which the comments are views into.  GG_OK, GG_ENOMEM. */
gg_rc gg_source_info_read(gg_str source_info, gg_arena *arena, gg_map *comments);

/* Paths, in the arena; ptr NULL when out of memory.  An empty parent is the file. */
gg_str gg_child_path(gg_arena *arena, gg_str parent, int number, size_t index);
gg_str gg_message_path(gg_arena *arena, const gg_desc_message *message);
gg_str gg_enum_path(gg_arena *arena, const gg_desc_enum *e);

#endif
