/* gg/message.h -- messages by their tables: wire, JSON and structs, and single fields by path.
 *
 *                  gg_message_from_wire           gg_message_to_json
 *        wire  ----------------------->  struct  ---------------------->  JSON
 *              <-----------------------          <----------------------
 *                  gg_message_to_wire             gg_message_from_json, gg_json_decoder
 *
 *        wire  ------------------------ gg_wire_to_json --------------->  JSON
 *              <----------------------- gg_json_to_wire ----------------
 *
 * The struct is the one that protoc-gen-gg wrote, or that the schema laid out (gg/schema.h); no generated
 * code is needed.  Everything decoded or encoded lies in the arena: the input may go away afterwards.
 * Nothing recurses deeper than the depth limit, and time grows linearly with the input.
 *
 * Errors of all functions: GG_EPROTO, the input is wrong; GG_ETOOBIG, a limit below was exceeded; GG_EINVAL,
 * the struct holds what the output cannot express; GG_ENOMEM, the arena is spent.  *error, where there is
 * one, is set unless GG_OK, and may be NULL.
 * Thread: tables may be shared between threads; structs and arenas belong to one at a time.
 * Spec: protobuf.dev, "Encoding", "ProtoJSON Format". */
#ifndef GG_MESSAGE_H
#define GG_MESSAGE_H

#include "gg/arena.h"
#include "gg/schema.h"

GG_BEGIN_DECLS

enum {                               /* the limits, by default */
    GG_MESSAGE_DEPTH = 100,          /* messages in messages; JSON arrays and objects: twice as many */
    GG_MESSAGE_ELEMENTS = 16u << 20, /* elements of one repeated field, entries of one map */
    GG_MESSAGE_LEN = 0x7fffffff      /* bytes of a serialized message (protobuf.dev, "Proto Limits") */
};

/* How messages are read and written; NULL stands for the defaults.  Zero is the default of every member. */
typedef struct gg_codec_options {
    size_t size; /* sizeof(gg_codec_options), set by gg_codec_options_init */

    /* JSON out */
    bool omit_unset;       /* leave out fields without a value; by default they are printed as grpc-gateway does:
                              zero, "", [], {}, an enum's zero, null where there is presence; never members of a
                              oneof, optional fields of proto3, extensions */
    bool proto_names;      /* field names as in the .proto, not lowerCamelCase */
    bool enums_as_numbers; /* not by name */
    bool int64_as_numbers; /* 64-bit integers bare, not as strings; a reader in JavaScript rounds them */
    bool pretty;           /* a line for every member and element, indented by two spaces */

    /* JSON in */
    bool reject_unknown_fields; /* a name that is no field is an error; by default it is passed over */
    bool reject_unknown_enums;  /* a name that is no value of the enum is an error; by default the field, element or
                                   entry is left out */

    /* both */
    uint32_t depth_limit;    /* 0: GG_MESSAGE_DEPTH; at most 500 */
    uint32_t element_limit;  /* 0: GG_MESSAGE_ELEMENTS; at most that */
    const gg_schema *schema; /* where the types inside google.protobuf.Any are looked up, beside those of gg/wkt.h;
                                borrowed; NULL: only those */
} gg_codec_options;
GG_API void gg_codec_options_init(gg_codec_options *options);

/* What was wrong, for a person and for a program.  Slices live as long as the arena, or are static. */
typedef struct gg_decode_error {
    gg_str path;         /* "items[3].qty"; empty at the top */
    gg_str expected;     /* "an integer between -2147483648 and 2147483647" */
    gg_str found;        /* "\"abc\"", cut to 32 bytes or so; empty if there is nothing to show */
    size_t offset;       /* bytes from the start of the input */
    size_t line, column; /* JSON in only, both from 1, columns in bytes; else 0 */
} gg_decode_error;
/* "line 1, column 9: qty: expected ..., found ..." in the arena; empty when it is spent. */
GG_API gg_str gg_decode_error_text(const gg_decode_error *error, gg_arena *arena);

/* -- structs -- */
/* A zeroed struct of the type; NULL when the arena is spent. */
GG_API void *gg_message_new(const gg_message_type *type, gg_arena *arena);

/* Merges serialized bytes into *message (a struct of the type, zeroed or decoded before) as every protobuf
 * parser does: the last value of a field wins, sub-messages merge, lists grow.  Unknown fields are kept where
 * the type has a place for them (gg_message_type.unknown). */
GG_API gg_rc gg_message_from_wire(const gg_message_type *type, void *message, gg_str wire,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error);
/* Serialized bytes: fields in order of number, then the unknown ones as they came.  GG_EINVAL: a string that
 * must be UTF-8 is not. */
GG_API gg_rc gg_message_to_wire(const gg_message_type *type, const void *message, gg_arena *arena, gg_str *wire);

/* One JSON document into *message, a zeroed struct. */
GG_API gg_rc gg_message_from_json(const gg_message_type *type, void *message, gg_str json,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error);
/* GG_EINVAL: a value that JSON cannot express (a timestamp out of range, an Any that does not hold what it says). */
GG_API gg_rc gg_message_to_json(const gg_message_type *type, const void *message, const gg_codec_options *options,
    gg_arena *arena, gg_str *json, gg_decode_error *error);

/* The same piece by piece: any cut of the document gives the same message, or the same error.
 *   field  NULL: the document is the message; else it is the value of that one field of it */
typedef struct gg_json_decoder gg_json_decoder;
GG_API gg_json_decoder *gg_json_decoder_new(const gg_message_type *type, void *message, const gg_field *field,
    const gg_codec_options *options, gg_arena *arena);
/* GG_NEED_MORE until last, then GG_OK.  The bytes may go away afterwards. */
GG_API gg_rc gg_json_decoder_feed(gg_json_decoder *decoder, gg_str bytes, bool last, gg_decode_error *error);

/* -- from bytes to bytes -- */
GG_API gg_rc gg_json_to_wire(const gg_message_type *type, gg_str json, const gg_codec_options *options, gg_arena *arena,
    gg_str *wire, gg_decode_error *error);
GG_API gg_rc gg_wire_to_json(const gg_message_type *type, gg_str wire, const gg_codec_options *options, gg_arena *arena,
    gg_str *json, gg_decode_error *error);
/* Checks serialized bytes against the type and writes them anew: one value a field, fields in order of number,
 * unknown fields kept. */
GG_API gg_rc gg_wire_to_wire(const gg_message_type *type, gg_str wire, const gg_codec_options *options, gg_arena *arena,
    gg_str *out, gg_decode_error *error);

/* -- single fields by path --
 *
 *   book.author.name    through singular messages, by the names in the .proto or in JSON
 *   items[3].qty        an element of a repeated field, from 0
 *   counts["a key"]     an entry of a map; a string key as JSON writes it, others bare: by_id[-5], by_flag[true]
 *   [pkg.field].note    an extension
 *
 * Errors besides those above: GG_ENOTFOUND, there is no such field, element or entry; GG_EINVAL, the path is
 * malformed or goes on behind a field that is no message; GG_ETOOBIG, it has too many names.  error->path is the
 * part of the path that is right, error->found what comes next, error->offset where.
 * path is borrowed until the function returns.  The arena takes what is made; what is only read takes nothing,
 * but for keys with escapes and the words of an error. */
enum { GG_PATH_NAMES = 32 }; /* names in one path */

/* The fields that a path without brackets leads through, as a path variable or a field mask has it: all but the
 * last are singular messages.
 *   fields, cap  where they go
 *   count        how many were found, also when the next name was wrong */
GG_API gg_rc gg_path_resolve(const gg_message_type *type, gg_str path, const gg_field **fields, size_t cap,
    size_t *count, gg_arena *arena, gg_decode_error *error);

typedef enum gg_value_kind {
    GG_VALUE_BOOL,
    GG_VALUE_INT,    /* of 32 or 64 bits */
    GG_VALUE_UINT,   /* of 32 or 64 bits */
    GG_VALUE_DOUBLE, /* float, too */
    GG_VALUE_STRING,
    GG_VALUE_BYTES,
    GG_VALUE_ENUM,
    GG_VALUE_MESSAGE,
    GG_VALUE_LIST,
    GG_VALUE_MAP
} gg_value_kind;

/* What stands at a path.  Nothing is copied: text and messages are the struct's own. */
typedef struct gg_value {
    gg_value_kind kind;
    bool is_set;           /* false: the value is the field's default, the message NULL */
    const gg_field *field; /* what the path ends in; of an entry, the value's field */
    union {
        bool as_bool;
        int64_t as_int; /* INT, ENUM */
        uint64_t as_uint;
        double as_double;
        gg_str as_str; /* STRING, BYTES */
        const void *as_message;
        size_t as_count; /* LIST, MAP: elements, entries */
    };
} gg_value;

/* Whether there is a value: a field that is set, by the field's own rule of presence; an element, an entry.
 * False for a wrong path. */
GG_API bool gg_message_has(const gg_message_type *type, const void *message, gg_str path, gg_arena *arena);
/* Fields of messages that are not set read as unset ones. */
GG_API gg_rc gg_message_get(const gg_message_type *type, const void *message, gg_str path, gg_value *value,
    gg_arena *arena, gg_decode_error *error);
/* The value as it would stand in JSON, null for a message that is not set. */
GG_API gg_rc gg_message_get_json(const gg_message_type *type, const void *message, gg_str path,
    const gg_codec_options *options, gg_arena *arena, gg_str *json, gg_decode_error *error);

/* The functions that write take a message that is zeroed or was decoded.  Messages on the way are made, a map's
 * entry too, and an index one behind the last element adds one.  A member of a oneof takes the place of another.
 * The value that was there is replaced, not merged; it stays when there is an error. */
/* From JSON.  null clears a field, but is no element or entry. */
GG_API gg_rc gg_message_set_json(const gg_message_type *type, void *message, gg_str path, gg_str json,
    const gg_codec_options *options, gg_arena *arena, gg_decode_error *error);
/* From the text of a path variable or query parameter, unescaped (google/api/http.proto): scalars, enums by name
 * or number, bytes in base64, Timestamp, Duration, FieldMask, wrappers.  A repeated field gets one more element. */
GG_API gg_rc gg_message_set_text(const gg_message_type *type, void *message, gg_str path, gg_str text, gg_arena *arena,
    gg_decode_error *error);
/* Unsets a field; takes an element out of its list, an entry out of its map.  What is not there is cleared. */
GG_API gg_rc gg_message_clear(const gg_message_type *type, void *message, gg_str path, gg_arena *arena,
    gg_decode_error *error);

GG_END_DECLS
#endif
