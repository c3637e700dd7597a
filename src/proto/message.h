/* message.h -- whole messages by their tables: wire <-> struct and JSON <-> struct.
 *
 *            gg_message_from_wire            gg_message_to_json
 *   wire  ------------------------>  struct  ----------------------->  JSON
 *         <------------------------          <-----------------------
 *            gg_message_to_wire              gg_json_decoder (resumable)
 *
 * Nothing recurses on the C stack beyond GG_MESSAGE_DEPTH levels.  All memory is the arena's; decoded
 * strings are copies followed by a NUL, so the input may go away.
 * Spec: protobuf.dev "Encoding" and "ProtoJSON Format". */
#ifndef GG_SRC_PROTO_MESSAGE_H
#define GG_SRC_PROTO_MESSAGE_H

#include "gg/schema.h"
#include "json/json.h"

enum {
    GG_MESSAGE_DEPTH = 100,         /* nested messages, and JSON arrays and objects */
    GG_MESSAGE_ELEMENTS = 16u << 20 /* elements of one repeated field */
};

/* What was wrong, for a person and for a program.  Slices live in the arena or are static. */
typedef struct gg_decode_error {
    gg_str path;         /* "items[3].qty"; empty at the top */
    gg_str expected;     /* "an integer between -2147483648 and 2147483647" */
    gg_str found;        /* "\"abc\"", cut to 32 bytes or so */
    size_t offset;       /* bytes from the start of the input */
    size_t line, column; /* JSON only, both from 1; 0 for wire */
} gg_decode_error;
/* "line 1, column 9: qty: expected ..., found ..." in the arena. */
gg_str gg_decode_error_text(const gg_decode_error *error, gg_arena *arena);

/* A zeroed struct of the type; NULL when memory is out. */
void *gg_message_new(const gg_message_type *type, gg_arena *arena);

/* Merges the wire bytes into *message (a struct of type, zeroed or decoded before).
 * GG_OK, GG_EPROTO, GG_ETOOBIG (depth, elements), GG_ENOMEM; *error is set unless GG_OK (may be NULL). */
gg_rc gg_message_from_wire(const gg_message_type *type, void *message, gg_str wire, gg_arena *arena,
    gg_decode_error *error);
/* Serialized bytes in the arena, fields in order of number.  GG_ETOOBIG above 2 GiB or too deep,
 * GG_EINVAL for a string that is not UTF-8, GG_ENOMEM. */
gg_rc gg_message_to_wire(const gg_message_type *type, const void *message, gg_arena *arena, gg_str *wire);

typedef struct gg_json_options {
    bool omit_unset;  /* out: leave out fields without a value (default: printed, as grpc-gateway) */
    bool proto_names; /* out: field names as in the .proto */
    bool enums_as_numbers;
    bool int64_as_numbers;
    bool reject_unknown; /* in: an unknown name is an error (default: ignored) */
} gg_json_options;

/* JSON of the struct, appended to w.  GG_OK; GG_EINVAL for a value that has no JSON (a timestamp out
 * of range, say); GG_ETOOBIG too deep; GG_ENOMEM. */
gg_rc gg_message_to_json(const gg_message_type *type, const void *message, const gg_json_options *options,
    gg_json_writer *w);
/* JSON of one field of the struct (response_body), as it would stand after its name. */
gg_rc gg_field_to_json(const gg_field *field, const void *message, const gg_json_options *options, gg_json_writer *w);

/* JSON into a struct, resumable at any byte: feed as often as there are bytes.  field NULL: the document
 * is the message; else it is the value of that one field (a body rule that names a field). */
typedef struct gg_json_decoder gg_json_decoder;
gg_json_decoder *gg_json_decoder_new(const gg_message_type *type, void *message, const gg_field *field,
    const gg_json_options *options, gg_arena *arena);
/* GG_NEED_MORE until last, then GG_OK; errors as gg_message_from_wire.  The bytes may go away afterwards. */
gg_rc gg_json_decoder_feed(gg_json_decoder *decoder, gg_str bytes, bool last, gg_decode_error *error);
/* The whole document at once. */
gg_rc gg_message_from_json(const gg_message_type *type, void *message, const gg_field *field, gg_str json,
    const gg_json_options *options, gg_arena *arena, gg_decode_error *error);

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

#endif
