/* canonical.h -- one byte string for one FileDescriptorProto, whoever made it.
 *
 * Fields in order of number, minimal varints, no source info, json_name filled in (and left out of
 * extensions, which have none), options with their extensions in order too, whatever order protoc or buf
 * wrote them in. */
#ifndef GG_SRC_PROTO_CANONICAL_H
#define GG_SRC_PROTO_CANONICAL_H

#include "base/buf.h"
#include "proto/descriptor.h"

/* file: a serialized FileDescriptorProto.  set: every file that its options' extensions may come from,
 * each a serialized FileDescriptorProto (the file itself and the built-in ones need not be there).
 * Appends to *out.  GG_OK, GG_EPROTO, GG_ENOMEM. */
gg_rc gg_descriptor_canonical(gg_str file, const gg_str *set, size_t set_count, gg_buf *out);

/* The same for any message of a linked set, its options or a whole file: of `type` (from the same set),
 * appended to *out.  Errors as above. */
gg_rc gg_desc_canonical(const gg_desc_set *set, const gg_desc_message *type, gg_str bytes, gg_buf *out);

#endif
