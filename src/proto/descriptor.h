/* descriptor.h -- a set of .proto files as linked structs: every name resolved, every rule checked.
 *
 *   FileDescriptorProto bytes --read--> gg_desc_file, _message, _field ...   (descriptor_read.c)
 *                             --link--> imports                              (descriptor.c)
 *                                       symbols                              (descriptor_symbol.c)
 *                                       editions, features                   (descriptor_feature.c)
 *                                       types, rules                         (descriptor_field.c)
 *                                       default values                       (descriptor_default.c)
 *                                         |               |             |
 *                        schema tables (schema_load.c)  canonical.c  protoc-gen-gg
 *
 * It is what the tables of gg/schema.h are made from, and knows what those leave out: scopes, oneofs,
 * extensions, declaration order, the raw source info.  Names and bytes are views into the files given to
 * gg_desc_set_add, which must outlive the set; everything else is in the set's arena.
 * Options are kept as the bytes that they are; only those that change the encoding are read.
 * Spec: google/protobuf/descriptor.proto; protobuf.dev, "Language Guide (proto 2)", "(proto 3)". */
#ifndef GG_SRC_PROTO_DESCRIPTOR_H
#define GG_SRC_PROTO_DESCRIPTOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "gg/schema.h"

enum {
    GG_DESC_DEPTH = 32,             /* messages in messages; protoc's own limit */
    GG_DESC_FIELDS = 32767,         /* of one message: gg_message_type.by_name counts them twice */
    GG_DESC_VALUES = 65535,         /* of one enum */
    GG_DESC_PACKAGE_DEPTH = 100,    /* names in a package */
    GG_DESC_PUBLIC_LOOKS = 1 << 26, /* imports of imports that are looked at to see the public ones, in a set */
    GG_DESC_NUMBER_MAX = 536870911, /* the highest field number */
    GG_DESC_MEMORY = 1u << 30       /* bytes of a set's arena */
};

typedef struct gg_desc_file gg_desc_file;
typedef struct gg_desc_message gg_desc_message;
typedef struct gg_desc_enum gg_desc_enum;

/* FieldDescriptorProto.Label */
typedef enum gg_desc_label { GG_LABEL_OPTIONAL = 1, GG_LABEL_REQUIRED = 2, GG_LABEL_REPEATED = 3 } gg_desc_label;

/* FileDescriptorProto.edition; those before 2023 are told by the syntax */
enum { GG_EDITION_PROTO2 = 998, GG_EDITION_PROTO3 = 999, GG_EDITION_2023 = 1000, GG_EDITION_2024 = 1001 };

/* FeatureSet: each number in it is one more than here. */
enum {
    GG_FEATURE_PRESENCE,
    GG_FEATURE_ENUM,
    GG_FEATURE_REPEATED,
    GG_FEATURE_UTF8,
    GG_FEATURE_ENCODING,
    GG_FEATURE_JSON,
    GG_FEATURE_STYLE,
    GG_FEATURE_VISIBILITY,
    GG_FEATURE_COUNT
};
/* The values of each, in that order. */
enum { GG_PRESENCE_EXPLICIT = 1, GG_PRESENCE_IMPLICIT, GG_PRESENCE_REQUIRED };
enum { GG_ENUM_OPEN = 1, GG_ENUM_CLOSED };
enum { GG_REPEATED_PACKED = 1, GG_REPEATED_EXPANDED };
enum { GG_UTF8_VERIFY = 2, GG_UTF8_NONE };
enum { GG_ENCODING_LENGTH_PREFIXED = 1, GG_ENCODING_DELIMITED };
enum { GG_JSON_ALLOW = 1, GG_JSON_LEGACY };
enum { GG_STYLE_2024 = 1, GG_STYLE_LEGACY };
enum { GG_VISIBLE_ALL = 1, GG_VISIBLE_TOP_LEVEL, GG_VISIBLE_NONE, GG_VISIBLE_STRICT };
typedef struct gg_desc_features {
    uint8_t value[GG_FEATURE_COUNT]; /* 0: not said */
} gg_desc_features;

/* SymbolVisibility; 0: as the feature says */
enum { GG_VISIBILITY_LOCAL = 1, GG_VISIBILITY_EXPORT = 2 };

/* Field numbers that extensions may have, or that none may have again; the end does not belong to it. */
typedef struct gg_desc_range {
    int32_t start, end;
} gg_desc_range;

typedef struct gg_desc_oneof {
    gg_str name, options;
    gg_desc_features features; /* said, then resolved; so it is with all but fields */
    size_t field_count;
    bool synthetic; /* made for a proto3 optional field: no oneof to the user */
    /* the layout that gg_schema_build gives it, in bytes */
    uint32_t offset, case_offset, size, align; /* size, align: of the union; offset 0: not placed yet */
} gg_desc_oneof;

typedef struct gg_desc_field gg_desc_field;
struct gg_desc_field {
    /* as read; of index and option, 0 is "absent" and the rest is the value plus one */
    gg_str name, json_name, type_name, extendee_name, default_value;
    gg_str options;
    int32_t number, label, type;
    int32_t oneof_index_plus1, packed_plus1;
    bool proto3_optional;
    gg_desc_features own_features;
    /* as linked */
    gg_desc_features features; /* own_features and what was inherited */
    gg_str full_name;
    gg_desc_file *file;
    gg_desc_message *parent;       /* the message it is declared in; NULL for a file's extension */
    gg_desc_message *extendee;     /* of an extension */
    gg_desc_field *next_extension; /* of the same extendee */
    gg_desc_message *message;      /* MESSAGE, GROUP */
    gg_desc_enum *enum_type;       /* ENUM */
    gg_desc_oneof *oneof;          /* NULL if none or synthetic */
    uint8_t rule, flags;           /* as in gg_field */
    const void *default_data;      /* the same: its default_value */
};

struct gg_desc_message {
    gg_str name, options;
    gg_desc_field *fields, *extensions;
    gg_desc_message *messages; /* nested */
    gg_desc_enum *enums;       /* nested */
    gg_desc_oneof *oneofs;
    size_t field_count, extension_count, message_count, enum_count, oneof_count;
    bool map_entry, message_set;
    uint8_t visibility;
    gg_desc_features features;
    gg_desc_range *extension_ranges, *reserved_ranges; /* sorted by the link */
    gg_str *reserved_names;
    size_t extension_range_count, reserved_range_count, reserved_name_count;
    gg_desc_field *extended_by; /* the extensions of this message, in any file */
    size_t extended_count;
    gg_str full_name;
    gg_desc_file *file;
    gg_desc_message *parent; /* NULL at the top */
    gg_desc_message *next;   /* all of the file, a message before those nested in it */
    uint16_t *by_number;     /* indexes into fields, numbers ascending */
    gg_message_type *table;  /* made by gg_schema_build */
};

typedef struct gg_desc_enum_value {
    gg_str name, options;
    int32_t number;
} gg_desc_enum_value;

struct gg_desc_enum {
    gg_str name, options;
    gg_desc_enum_value *values;
    size_t value_count;
    bool allow_alias;
    uint8_t visibility;
    gg_desc_features features;
    gg_desc_range *reserved_ranges; /* both ends belong to it */
    gg_str *reserved_names;
    size_t reserved_range_count, reserved_name_count;
    gg_str full_name;
    gg_desc_file *file;
    gg_desc_message *parent; /* NULL at the top */
    gg_desc_enum *next;      /* all of the file */
    gg_enum_type *table;     /* made by gg_schema_build */
};

typedef struct gg_desc_method {
    gg_str name, input_name, output_name, options;
    bool client_streaming, server_streaming;
    gg_str full_name;
    gg_desc_message *input, *output;
} gg_desc_method;

typedef struct gg_desc_service {
    gg_str name, options;
    gg_desc_method *methods;
    size_t method_count;
    gg_str full_name;
    gg_desc_file *file;
    gg_service_type *table; /* made by gg_schema_build */
} gg_desc_service;

typedef struct gg_desc_import {
    gg_str name; /* first: the reader puts it at offset 0 */
    gg_desc_file *file;
    bool is_public;
} gg_desc_import;

typedef enum gg_desc_mark { GG_DESC_NEW, GG_DESC_OPEN, GG_DESC_DONE } gg_desc_mark;

struct gg_desc_file {
    gg_str name, package, syntax, options;
    gg_desc_import *imports, *option_imports;
    int32_t *public_imports; /* indexes into imports */
    gg_desc_message *messages;
    gg_desc_enum *enums;
    gg_desc_service *services;
    gg_desc_field *extensions;
    size_t import_count, option_import_count, public_import_count, message_count, enum_count, service_count,
        extension_count;
    gg_str source_info; /* serialized google.protobuf.SourceCodeInfo */
    gg_str bytes;       /* the whole FileDescriptorProto */
    int32_t edition;
    gg_desc_features features;
    bool built_in;                 /* named like a file of the library's own (builtin.h) */
    gg_desc_message *all_messages; /* the lists that run through next */
    gg_desc_enum *all_enums;
    bool broken;                 /* a fault was found when it was added: known by its name alone */
    bool lacks, lacks_public;    /* a file that it sees is missing, and so for those who import this one */
    gg_desc_mark mark;           /* scratch of the link, while it orders the files */
    size_t next_import;          /* the same: the import to follow next */
    const gg_desc_file *seen_by; /* the same: the file whose visible files were marked last */
    gg_file_type *table;         /* made by gg_schema_build */
};

typedef void (*gg_desc_on_fault)(void *user, const gg_schema_fault *fault);

typedef struct gg_desc_set {
    gg_arena *arena;
    gg_desc_file **files; /* as added; then the built-in ones that they import */
    size_t file_count, file_cap, added_count;
    gg_desc_file **in_order; /* imports before importers; set by the link */
    gg_desc_file **stack;    /* scratch of the link, file_count long */
    gg_map by_name;          /* file name to gg_desc_file, broken ones too */
    gg_buf scratch;          /* of look-ups */
    gg_map symbols;          /* full name to gg_desc_symbol */
    gg_map extensions;       /* "extendee:number" to gg_desc_field */
    gg_desc_on_fault on_fault;
    void *user;
    size_t fault_count;
    const gg_desc_file *seeing; /* scratch of the link: the file whose imports are marked (seen_by) */
    bool seen_public;           /* and the public ones of those too */
    bool blind;                 /* GG_DESC_PUBLIC_LOOKS are spent: who sees whom is not known */
    size_t public_looks;
    bool cut_short; /* there were to be more files */
    bool out_of_memory;
} gg_desc_set;

/* GG_OK, GG_ENOMEM.  Deinit is due in either case.  on_fault may be NULL. */
gg_rc gg_desc_set_init(gg_desc_set *set, gg_desc_on_fault on_fault, void *user);
void gg_desc_set_deinit(gg_desc_set *set);

/* Adds one serialized FileDescriptorProto.  The same file with the same bytes may come twice.
 * GG_OK, GG_EINVAL (a fault was reported), GG_ENOMEM. */
gg_rc gg_desc_set_add(gg_desc_set *set, gg_str file);
/* Adds every file of a message's repeated field: 1 of FileDescriptorSet, 15 of CodeGeneratorRequest. */
gg_rc gg_desc_set_add_all(gg_desc_set *set, gg_str message, uint32_t number);
/* Adds missing built-in imports, puts the files in order, resolves and checks everything.  Errors as above;
 * every fault found is reported, not only the first: to find all, link even what was added with faults.  What
 * follows from one that was reported is not: of a file whose import is missing, the types that are not found. */
gg_rc gg_desc_set_link(gg_desc_set *set);

/* What a full name without a leading dot stands for. */
typedef enum gg_desc_kind {
    GG_DESC_PACKAGE,
    GG_DESC_MESSAGE,
    GG_DESC_ENUM,
    GG_DESC_ENUM_VALUE,
    GG_DESC_FIELD,
    GG_DESC_ONEOF,
    GG_DESC_SERVICE,
    GG_DESC_METHOD
} gg_desc_kind;

typedef struct gg_desc_symbol {
    gg_desc_kind kind;
    gg_desc_file *file; /* the first one of a package */
    void *what;         /* the gg_desc_ struct of the kind; NULL for a package */
} gg_desc_symbol;

const gg_desc_file *gg_desc_file_by_name(const gg_desc_set *set, gg_str name);
const gg_desc_message *gg_desc_message_by_name(const gg_desc_set *set, gg_str full_name);
/* The message's own field, or the extension of it that has the number; NULL if there is none. */
const gg_desc_field *gg_desc_field_by_number(const gg_desc_set *set, const gg_desc_message *message, uint32_t number);

/* What is sorted by number, with its place in the order of declaration; qsort's compare function for it: equal
 * numbers keep that order. */
typedef struct gg_numbered {
    int32_t number;
    uint16_t index;
} gg_numbered;
int gg_numbered_compare(const void *a, const void *b);

/* The JSON name that a field has if none is given, "foo_bar" to "fooBar": an underscore goes, and the letter
 * behind it becomes a capital.  out holds name.len bytes; returns how many there are. */
size_t gg_desc_json_name(char *out, gg_str name);

/* Reports a fault; the text is printf's.  Returns GG_EINVAL, or GG_ENOMEM. */
gg_rc gg_desc_fault(gg_desc_set *set, const gg_desc_file *file, gg_str symbol, const char *format, ...) GG_PRINTF(4, 5);

/* -- between the files of this part -- */
/* Fills *file from its bytes (descriptor_read.c).  GG_OK, GG_EPROTO, GG_ETOOBIG (GG_DESC_DEPTH), GG_ENOMEM. */
gg_rc gg_desc_read(gg_arena *arena, gg_str bytes, gg_desc_file *file);
/* Zeroed memory for count items; NULL, with out_of_memory set, when there is none. */
void *gg_desc_alloc(gg_desc_set *set, size_t count, size_t item_len);
/* scope and name joined by a dot; ptr NULL when out of memory. */
gg_str gg_desc_join(gg_desc_set *set, gg_str scope, gg_str name);
/* Gives every message, enum, service and member of the file its full name and its place, and enters it
 * among the symbols (descriptor_symbol.c).  Faults do not end it.  GG_OK, GG_ENOMEM. */
gg_rc gg_desc_enter(gg_desc_set *set, gg_desc_file *file);
/* Makes `file` the one that gg_desc_resolve looks from. */
void gg_desc_mark_imports(gg_desc_set *set, gg_desc_file *file);
/* Finds what `name` means to `user` (a full name, in whose scopes it is looked for; after a leading dot it
 * is a full name itself) and whether `file`, marked before, may see it.  Reports a fault and returns NULL if there is
 * nothing, or if it is none of the kinds (bits 1 << gg_desc_kind). */
const gg_desc_symbol *gg_desc_resolve(gg_desc_set *set, const gg_desc_file *file, gg_str user, gg_str name,
    unsigned kinds);
/* Tells the file's edition (descriptor_feature.c).  GG_OK, GG_EINVAL, GG_ENOMEM. */
gg_rc gg_desc_check_edition(gg_desc_set *set, gg_desc_file *file);
/* Gives everything in an entered file the features that hold for it. */
void gg_desc_resolve_features(gg_desc_set *set, gg_desc_file *file);
/* Rule, flags and encoding of a field whose type was found.  GG_OK, GG_EINVAL, GG_ENOMEM. */
gg_rc gg_desc_apply_features(gg_desc_set *set, gg_desc_field *field);
/* Its default value (descriptor_default.c).  As above. */
gg_rc gg_desc_parse_default(gg_desc_set *set, gg_desc_field *field);
bool gg_desc_enum_is_closed(const gg_desc_enum *e);
/* Whether only its own file may use a message or an enum. */
bool gg_desc_is_local(uint8_t visibility, bool nested, const gg_desc_file *file);
/* Numbers and names that are reserved, or left to extensions (descriptor_range.c).  GG_OK, GG_EINVAL, GG_ENOMEM. */
void gg_desc_sort_ranges(gg_desc_set *set, gg_desc_message *message); /* before the checks of any message */
gg_rc gg_desc_check_ranges(gg_desc_set *set, const gg_desc_message *message);
gg_rc gg_desc_check_enum_ranges(gg_desc_set *set, gg_desc_enum *e);
gg_rc gg_desc_check_extension_number(gg_desc_set *set, const gg_desc_field *extension);
/* Resolves and checks the fields, extensions and enums of one file (descriptor_field.c).  As gg_desc_enter. */
gg_rc gg_desc_link_fields(gg_desc_set *set, gg_desc_file *file);

#endif
