/* canonical.h -- one byte string for one FileDescriptorProto, whoever made it.
 *
 * Fields in order of number, minimal varints, no source info, json_name filled in, options with their
 * extensions in order too, whatever order protoc or buf wrote them in. */
#ifndef GG_SRC_PROTO_CANONICAL_H
#define GG_SRC_PROTO_CANONICAL_H

#include "base/buf.h"

/* file: a serialized FileDescriptorProto.  set: every file that its options' extensions may come from,
 * each a serialized FileDescriptorProto (the file itself and the built-in ones need not be there).
 * Appends to *out.  GG_OK, GG_EPROTO, GG_ENOMEM. */
gg_rc gg_descriptor_canonical(gg_str file, const gg_str *set, size_t set_count, gg_buf *out);

#endif
