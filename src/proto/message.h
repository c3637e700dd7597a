/* message.h -- what the library's own layers use of gg/message.h beyond what is public: JSON into a writer that
 * is shared, the value of a single field, and fields from the text of a path or query. */
#ifndef GG_SRC_PROTO_MESSAGE_H
#define GG_SRC_PROTO_MESSAGE_H

#include "gg/message.h"
#include "json/json.h"

/* Options as an expression: GG_CODEC_OPTIONS(.omit_unset = true). */
#define GG_CODEC_OPTIONS(...) ((gg_codec_options){ .size = sizeof(gg_codec_options), __VA_ARGS__ })

enum { GG_MESSAGE_DEPTH_MAX = 500 }; /* the highest depth limit that may be set: a level costs stack */

/* The options given, limits filled in; NULL: the defaults.  A caller's struct may be an older, shorter one. */
gg_codec_options gg_codec_options_of(const gg_codec_options *options);

/* JSON of the struct, appended to w.  Errors as gg_message_to_json. */
gg_rc gg_message_print(const gg_message_type *type, const void *message, const gg_codec_options *options,
    gg_json_writer *w, gg_decode_error *error);
/* JSON of one field of the struct (response_body), as it would stand after its name. */
gg_rc gg_field_print(const gg_field *field, const void *message, const gg_codec_options *options, gg_json_writer *w,
    gg_decode_error *error);
/* A whole document; field as in gg_json_decoder_new. */
gg_rc gg_field_from_json(const gg_message_type *type, void *message, const gg_field *field, gg_str json,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error);

/* Sets one field, found by path below message (sub-messages on the way are made), from the text of a
 * path variable or a query parameter.  Spec: google/api/http.proto; ProtoJSON for the scalar forms.
 *   fields, count  the field path, at least one; all but the last are singular messages
 *   text           unescaped
 * A repeated last field gets one more element.  Timestamp, Duration, FieldMask and the wrappers are
 * scalars here.  GG_OK; GG_EPROTO: *expected says what the text should have been (static);
 * GG_EINVAL: the oneof holds another member already; GG_ENOMEM. */
gg_rc gg_field_set_text(const gg_field *const *fields, size_t count, void *message, gg_str text, gg_arena *arena,
    const char **expected);
/* One entry of a map field from its key and value text; errors as above. */
gg_rc gg_map_set_text(const gg_field *const *fields, size_t count, void *message, gg_str key, gg_str text,
    gg_arena *arena, const char **expected);

/* Makes a field unset, or empty if it is repeated. */
void gg_field_clear(const gg_field *field, void *message);

#endif
