/* gg/schema.h -- what an API is made of: messages, enums, services, as flat constant tables.
 *
 * The tables come from two places and look the same from both: protoc-gen-gg writes them as constants
 * into generated files, and gg_schema_load builds them at run time from a FileDescriptorSet.  One
 * table-driven codec reads and writes every message by them.
 *
 * A message in memory is a plain struct (generated, or laid out at load):
 *
 *   proto                          struct member                          unset
 *   scalar, enum                   T name                                 zero
 *   string, bytes                  gg_str name (decoded: NUL after it)    len 0
 *   optional / proto2 scalar       T name; bool has_name                  has_name false
 *   message, group                 M *name                                NULL
 *   repeated                       T *name; size_t name_count             NULL, 0
 *   map<K, V>                      Entry *name; size_t name_count         NULL, 0   Entry { K key; V value; }
 *   oneof                          int32_t <oneof>_case; union { ... }    0, else the field's number
 *   fields that are not known      gg_str unknown_fields                  len 0; serialized, the last member
 *
 * Enums are int32_t in memory, so an unknown number survives.  An extension is a member like any other, if the
 * schema that was loaded holds it; generated structs keep extensions among the unknown fields.
 * All tables are immutable and may be read from any thread. */
#ifndef GG_SCHEMA_H
#define GG_SCHEMA_H

#include "gg/base.h"

GG_BEGIN_DECLS

/* FieldDescriptorProto.Type */
typedef enum gg_field_type {
    GG_TYPE_DOUBLE = 1,
    GG_TYPE_FLOAT = 2,
    GG_TYPE_INT64 = 3,
    GG_TYPE_UINT64 = 4,
    GG_TYPE_INT32 = 5,
    GG_TYPE_FIXED64 = 6,
    GG_TYPE_FIXED32 = 7,
    GG_TYPE_BOOL = 8,
    GG_TYPE_STRING = 9,
    GG_TYPE_GROUP = 10,
    GG_TYPE_MESSAGE = 11,
    GG_TYPE_BYTES = 12,
    GG_TYPE_UINT32 = 13,
    GG_TYPE_ENUM = 14,
    GG_TYPE_SFIXED32 = 15,
    GG_TYPE_SFIXED64 = 16,
    GG_TYPE_SINT32 = 17,
    GG_TYPE_SINT64 = 18
} gg_field_type;

/* How often a field occurs and how its presence is known. */
typedef enum gg_field_rule {
    GG_FIELD_IMPLICIT, /* set when not the default value */
    GG_FIELD_EXPLICIT, /* has_ flag; for messages the pointer itself */
    GG_FIELD_ONEOF,    /* the oneof's case holds the field's number */
    GG_FIELD_REPEATED,
    GG_FIELD_MAP /* repeated entry messages */
} gg_field_rule;

enum {                      /* gg_field.flags */
    GG_FIELD_PACKED = 1,    /* repeated: written packed (both forms are read) */
    GG_FIELD_UTF8 = 2,      /* string: must be valid UTF-8 on the wire */
    GG_FIELD_REQUIRED = 4,  /* proto2 required */
    GG_FIELD_CLOSED = 8,    /* enum: an unknown number is not a value */
    GG_FIELD_OPTIONAL = 16, /* proto3 optional: JSON leaves it out when unset, even if others are printed */
    GG_FIELD_EXTENSION = 32 /* name "pkg.field", JSON name "[pkg.field]" */
};

/* Messages that proto3 JSON writes in a form of their own. */
typedef enum gg_well_known {
    GG_WKT_NONE,
    GG_WKT_ANY,
    GG_WKT_DURATION,
    GG_WKT_TIMESTAMP,
    GG_WKT_FIELD_MASK,
    GG_WKT_STRUCT,
    GG_WKT_VALUE,
    GG_WKT_LIST_VALUE,
    GG_WKT_WRAPPER,
    GG_WKT_EMPTY
} gg_well_known;

typedef struct gg_message_type gg_message_type;
typedef struct gg_enum_type gg_enum_type;
typedef struct gg_file_type gg_file_type;

typedef struct gg_field {
    gg_str name, json_name;
    uint32_t number;
    uint8_t type; /* gg_field_type */
    uint8_t rule; /* gg_field_rule */
    uint8_t flags;
    uint32_t offset;                /* of the member in the struct */
    uint32_t presence;              /* offset of has_name, of the oneof's case, or of name_count; 0 if none */
    const gg_message_type *message; /* MESSAGE, GROUP, map entry; else NULL */
    const gg_enum_type *enum_type;  /* ENUM; else NULL */
    const void *default_value; /* EXPLICIT, ONEOF: what an unset scalar reads as, in its form in memory; NULL: zero */
} gg_field;

struct gg_message_type {
    gg_str name;               /* "bench.v1.Item" */
    const gg_field *fields;    /* in declaration order; then extensions, by number */
    const uint16_t *by_number; /* field_count indexes into fields, numbers ascending */
    const uint16_t *by_name;   /* name_count times index * 2 + (1 for the JSON name), sorted by
                                   length, then bytes; a JSON name equal to the name is left out */
    uint16_t field_count, name_count;
    uint32_t size;      /* of the struct, in bytes; alignment is that of a pointer */
    uint8_t well_known; /* gg_well_known */
    bool map_entry;     /* fields[0] is the key, fields[1] the value */
    bool message_set;   /* option message_set_wire_format */
    uint32_t unknown;   /* offset of unknown_fields; 0: the struct has none, and they are not kept */
};

typedef struct gg_enum_value {
    gg_str name;
    int32_t number;
} gg_enum_value;

struct gg_enum_type {
    gg_str name;                 /* "bench.v1.Kind" */
    const gg_enum_value *values; /* in declaration order; of aliases the first is the one printed */
    const uint16_t *by_number;   /* value_count indexes, numbers ascending, aliases in order */
    const uint16_t *by_name;     /* value_count indexes, sorted by length, then bytes */
    uint16_t value_count;
    bool closed;
};

typedef struct gg_method_type {
    gg_str path; /* "/example.v1.PingService/Ping", the full method */
    const gg_message_type *input, *output;
    bool client_streaming, server_streaming;
    gg_str options; /* serialized google.protobuf.MethodOptions, extensions included */
} gg_method_type;

typedef struct gg_service_type {
    gg_str name; /* "example.v1.PingService" */
    const gg_method_type *methods;
    size_t method_count;
    const gg_file_type *file;
} gg_service_type;

struct gg_file_type {
    gg_str name;                        /* "example/v1/ping.proto" */
    gg_str descriptor;                  /* serialized FileDescriptorProto, canonical, without source info */
    const gg_file_type *const *imports; /* those that are not built into the library */
    size_t import_count;
    const gg_message_type *const *messages; /* all of them, nested ones behind their parents */
    const gg_enum_type *const *enums;       /* all of them */
    const gg_service_type *const *services;
    size_t message_count, enum_count, service_count;
};

/* -- look-ups in tables; all return NULL if there is none -- */
GG_API const gg_field *gg_field_by_number(const gg_message_type *type, uint32_t number);
/* By proto name or JSON name. */
GG_API const gg_field *gg_field_by_name(const gg_message_type *type, gg_str name);
GG_API const gg_enum_value *gg_enum_by_number(const gg_enum_type *type, int32_t number);
GG_API const gg_enum_value *gg_enum_by_name(const gg_enum_type *type, gg_str name);

/* An option of a method by the number of its field or extension in google.protobuf.MethodOptions: the index-th time
 * that it occurs, its bytes as they are serialized (of a message or string: without the length).  False if there are
 * not so many. */
GG_API bool gg_method_option(const gg_method_type *method, uint32_t number, size_t index, gg_str *value);

/* -- a schema built at run time -- */
typedef struct gg_schema gg_schema;

/* One fault in a descriptor set.  The slices live until the callback returns. */
typedef struct gg_schema_fault {
    gg_str file;   /* "a/b.proto"; empty if not known */
    gg_str symbol; /* "pkg.Message.field"; empty if the fault is the file's */
    gg_str reason; /* "type pkg.Missing is not defined in this set" */
} gg_schema_fault;

/* Builds tables from a serialized google.protobuf.FileDescriptorSet, its files in any order.  Files of
 * google/protobuf, google/api and google/rpc that the library has built in may be missing.
 *   set       borrowed until the function returns
 *   on_fault  called for every fault found; may be NULL
 * Returns the schema, to be freed with gg_schema_free after everything that uses its tables, or NULL if
 * there was a fault: nothing is half-loaded. */
GG_API gg_schema *gg_schema_load(gg_str set, void (*on_fault)(void *user, const gg_schema_fault *fault), void *user);
GG_API void gg_schema_free(gg_schema *schema);
/* The same look-ups over tables that exist already, of generated files and what they import.  The tables are
 * borrowed.  NULL when out of memory. */
GG_API gg_schema *gg_schema_of_files(const gg_file_type *const *files, size_t file_count);
/* Bytes of memory that the schema holds, tables and indexes. */
GG_API size_t gg_schema_memory(const gg_schema *schema);

/* Full names without a leading dot; NULL if there is none.  The messages of gg/wkt.h are found in any schema. */
GG_API const gg_message_type *gg_schema_message(const gg_schema *schema, gg_str name);
GG_API const gg_enum_type *gg_schema_enum(const gg_schema *schema, gg_str name);
GG_API const gg_service_type *gg_schema_service(const gg_schema *schema, gg_str name);
/* An extension by its full name, "pkg.field"; *extendee, if not NULL, gets the message that it is a field of. */
GG_API const gg_field *gg_schema_extension(const gg_schema *schema, gg_str name, const gg_message_type **extendee);
/* Services in the order of the set. */
GG_API size_t gg_schema_service_count(const gg_schema *schema);
GG_API const gg_service_type *gg_schema_service_at(const gg_schema *schema, size_t index);
/* Files in the order of the set, then the built-in ones that they import; a file leads to its messages and enums. */
GG_API size_t gg_schema_file_count(const gg_schema *schema);
GG_API const gg_file_type *gg_schema_file_at(const gg_schema *schema, size_t index);

GG_END_DECLS
#endif
