/* schema_build.h -- the tables of gg/schema.h from a linked set of descriptors. */
#ifndef GG_SRC_PROTO_SCHEMA_BUILD_H
#define GG_SRC_PROTO_SCHEMA_BUILD_H

#include "proto/descriptor.h"

/* Whether extensions are members of their extendee's table: generated structs cannot have them. */
typedef enum { GG_WITHOUT_EXTENSIONS, GG_WITH_EXTENSIONS } gg_extension_use;

/* Makes the table of every file, message, enum and service of the set and hangs it on the descriptor
 * (its `table`).  Tables and everything they point to are in the arena: the set may go away.
 * GG_OK, GG_EINVAL (faults were reported: options that are malformed, too many extensions), GG_ENOMEM. */
gg_rc gg_schema_build(gg_desc_set *set, gg_extension_use use, gg_arena *arena);

#endif
