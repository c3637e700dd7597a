/* reflection.h -- what a server can tell about itself, from the descriptors of what is registered.
 *
 *   reflection.c         the service: requests to answers (wire format of grpc.reflection.v1)
 *   reflection_search.c  which file declares a symbol or an extension
 *   reflection_proto.c   the service's own tables */
#ifndef GG_SRC_GRPC_REFLECTION_H
#define GG_SRC_GRPC_REFLECTION_H

#include "grpc/server.h"

extern const gg_service_type gg_reflection_v1, gg_reflection_v1alpha;

/* Every file that can be asked for, each name once. */
typedef struct gg_reflection_files {
    const gg_file_type **items;
    size_t count, cap;
} gg_reflection_files;

/* The files of all registered services, what they import, and the built-in ones.  GG_OK, GG_ENOMEM. */
gg_rc gg_reflection_collect(const gg_server *server, gg_arena *arena, gg_reflection_files *out);
const gg_file_type *gg_reflection_file(const gg_reflection_files *files, gg_str name);
/* `file` and everything it imports, itself first; out's memory is the arena's.  GG_OK, GG_ENOMEM. */
gg_rc gg_reflection_closure(const gg_reflection_files *files, const gg_file_type *file, gg_arena *arena,
    gg_reflection_files *out);

/* The file that declares a full name (no leading dot): service, method, message, field, oneof, enum, enum
 * value, extension.  NULL if there is none. */
const gg_file_type *gg_reflection_symbol(const gg_reflection_files *files, gg_str symbol);
/* The file that declares the extension `number` of a message.  NULL if there is none. */
const gg_file_type *gg_reflection_extension(const gg_reflection_files *files, gg_str message, int32_t number);

/* Goes through the extensions of one file, those declared inside messages too. */
enum { GG_REFLECTION_NESTING = 33 /* a file, and messages in messages: protoc allows 32 */ };
typedef struct gg_extension_walk {
    gg_str rest[GG_REFLECTION_NESTING];
    size_t depth;
} gg_extension_walk;
void gg_extension_walk_init(gg_extension_walk *walk, const gg_file_type *file);
/* False when there are no more. */
bool gg_extension_next(gg_extension_walk *walk, gg_str *extendee, int32_t *number);

/* Answers one serialized ServerReflectionRequest; *response is in the arena.  GG_OK, GG_EPROTO (malformed),
 * GG_EINVAL (asks for nothing), GG_ENOMEM. */
gg_rc gg_reflection_answer(const gg_server *server, gg_str request, gg_arena *arena, gg_str *response);

#endif
