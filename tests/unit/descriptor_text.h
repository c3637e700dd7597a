/* descriptor_text.h -- descriptors as text, so that a test's row can be read.
 *
 *   file{ name:'a.proto' syntax:'proto3' message_type{ name:'A' field{ name:'x' number:1 type:5 label:1 } } }
 *
 * Names are those of google/protobuf/descriptor.proto, written in the order given and as often as given.
 * Features are named after what has them, since each has them under another number: field_features{ presence:2 }.
 * A number in place of a name is that field, of an extension say: 72295728{ 2:'/v1/a' }.  Bytes beyond
 * text are \xHH.  `labels`: 1 optional, 2 required, 3 repeated; types as in gg/schema.h. */
#ifndef GG_TESTS_DESCRIPTOR_TEXT_H
#define GG_TESTS_DESCRIPTOR_TEXT_H

#include "base/buf.h"

/* Appends the serialized form of text to *out; what: "set" for a FileDescriptorSet, "file" for one file.
 * Ends the test if the text is wrong. */
void descriptor_from_text(const char *text, const char *what, gg_buf *out);

#endif
