/* builtin.h -- the files that every API may import, built into the library.
 *
 * The google/protobuf, google/api (http, annotations, httpbody, field_behavior), google/rpc (status, code) and
 * protoc-gen-openapiv2/options files as canonical FileDescriptorProtos, imports before importers. */
#ifndef GG_SRC_PROTO_BUILTIN_H
#define GG_SRC_PROTO_BUILTIN_H

#include "gg/schema.h"

extern const gg_file_type *const gg_builtin_files[];
extern const size_t gg_builtin_file_count;
const gg_file_type *gg_builtin_file(gg_str name); /* NULL if there is none */

#endif
