/* decode_error.h -- the parts of a gg_decode_error: the path to a field, put together step by step.
 *
 *   items [3] .qty        counts ["a key"] */
#ifndef GG_SRC_PROTO_DECODE_ERROR_H
#define GG_SRC_PROTO_DECODE_ERROR_H

#include "proto/message.h"

/* What was expected when memory is spent. */
#define GG_MEMORY_EXPECTED "a message that fits the memory of one call"

enum { GG_FOUND_LEN = 32 }; /* bytes of the peer's own text that are shown */

void gg_path_field(gg_json_writer *path, gg_str name);
void gg_path_index(gg_json_writer *path, size_t index);
void gg_path_key(gg_json_writer *path, gg_str key);
/* [key] of an entry of a map; a string in quotes. */
void gg_path_map_key(gg_json_writer *path, const gg_field *key, const void *entry);
/* What was built; empty if memory was out. */
gg_str gg_path_text(const gg_json_writer *path);

/* The peer's text in double quotes, cut to GG_FOUND_LEN bytes; empty if memory is out. */
gg_str gg_found_quoted(gg_str text, gg_arena *arena);
/* The same without quotes. */
gg_str gg_found_plain(gg_str text, gg_arena *arena);

#endif
