/* options.h -- the options of a .proto that speak of its document, read by tables into the document's tree.
 *
 *   option_rows.c   tables: which field of an option message becomes which member of which object
 *   options.c       one reader for all of them
 *
 * What grpc-gateway's plugin takes no notice of is not read here either: Operation.schemes, Schema.discriminator and
 * .read_only, JSONSchema.array, EnumSchema.required; the extensions of a service's Tag; headers and extensions of the
 * responses in Swagger.
 * Spec: protoc-gen-openapiv2/options/{annotations,openapiv2}.proto; google/api/{visibility,field_behavior}.proto. */
#ifndef GG_SRC_OPENAPI_OPTIONS_H
#define GG_SRC_OPENAPI_OPTIONS_H

#include "openapi/document.h"

typedef enum gg_option_kind {
    GG_OPTION_TEXT,       /* string; left out if empty */
    GG_OPTION_TEXTS,      /* repeated string */
    GG_OPTION_FLAG,       /* bool; left out if false */
    GG_OPTION_UINT,       /* uint64; left out if 0 */
    GG_OPTION_DOUBLE,     /* the same */
    GG_OPTION_ENUM,       /* its name by `names`; left out if 0; of a repeated one, the first */
    GG_OPTION_ENUMS,      /* repeated: their names */
    GG_OPTION_JSON,       /* string that holds JSON */
    GG_OPTION_OBJECT,     /* message: into the object that is there, or a new one */
    GG_OPTION_OBJECTS,    /* repeated message */
    GG_OPTION_FILLED,     /* the same; one that says nothing is left out, the array is not */
    GG_OPTION_MAP,        /* map<string, message>: members by name, merged like OBJECT */
    GG_OPTION_HEADERS,    /* map<string, Header>: the names written as HTTP/1.1 writes them */
    GG_OPTION_SCOPES,     /* map<string, SecurityRequirementValue> */
    GG_OPTION_MAP_TEXTS,  /* map<string, string> */
    GG_OPTION_EXAMPLES,   /* the same; that of application/json is JSON */
    GG_OPTION_SCHEMA,     /* Schema, in place of what is there */
    GG_OPTION_EXTENSIONS, /* map<string, google.protobuf.Value>: members that begin with "x-" */
    GG_OPTION_PARAMETER   /* repeated HeaderParameter: behind the parameters that are there */
} gg_option_kind;

typedef struct gg_option_names {
    const char *const *by_number; /* NULL: nothing is written */
    size_t count;
} gg_option_names;

typedef struct gg_option_rows gg_option_rows;
typedef struct gg_option {
    uint32_t number;
    gg_option_kind kind;
    gg_openapi_key key;           /* GG_KEY_NAMED: into the object itself */
    const gg_option_rows *inner;  /* of a message */
    const gg_option_names *names; /* of an enum */
} gg_option;

struct gg_option_rows {
    const gg_option *rows;
    size_t count;
};

extern const gg_option_rows gg_swagger_option, gg_operation_option, gg_tag_option, gg_response_option,
    gg_common_response_option;
/* Schema beside its JSONSchema; EnumSchema beside ref and default. */
extern const gg_option_rows gg_schema_option, gg_enum_schema_option;
/* JSONSchema: what is said of a value, of an array's items that is, and what of the whole. */
extern const gg_option_rows gg_json_schema_values, gg_json_schema_whole;

/* Puts what the serialized message says into the object. */
void gg_openapi_apply(gg_openapi_doc *d, gg_tree *object, const gg_option_rows *rows, gg_str message);

/* The message in a field, or in an extension of options; one that is written in parts is put together.  ptr NULL
 * if it is not set. */
gg_str gg_openapi_option_message(gg_openapi_doc *d, gg_str message, uint32_t number);
/* A singular string; empty if it is not set. */
gg_str gg_option_text(gg_str message, uint32_t number);
bool gg_option_flag(gg_str message, uint32_t number);

enum {                   /* field numbers: extensions of google.protobuf.*Options, fields of option messages */
    GG_OPENAPIV2 = 1042, /* annotations.proto: every extension has that number */
    GG_FIELD_BEHAVIOR = 1052,
    GG_VISIBILITY = 72295727,
    GG_DEPRECATED_FILE = 23,
    GG_DEPRECATED_METHOD = 33,
    GG_DEPRECATED_FIELD = 3,
    GG_SWAGGER_RESPONSES = 10,
    GG_OPERATION_RESPONSES = 9,
    GG_TAG_NAME = 1,
    GG_SCHEMA_JSON_SCHEMA = 1,
    GG_ENUM_SCHEMA_DEFAULT = 2,
    GG_ENUM_SCHEMA_REF = 8,
    GG_JSON_SCHEMA_REF = 3,
    GG_JSON_SCHEMA_FIELD_CONFIGURATION = 1001,
    GG_FIELD_CONFIGURATION_NAME = 47,
    GG_FIELD_CONFIGURATION_DEPRECATED = 49
};

/* Whether google.api.visibility lets the element be seen. */
bool gg_openapi_is_visible(gg_openapi_doc *d, gg_str options);
/* A JSONSchema into a schema. */
void gg_openapi_apply_json_schema(gg_openapi_doc *d, gg_tree *schema, gg_str json_schema);
/* The schema that a Schema message makes by itself. */
gg_tree *gg_openapi_schema_of_option(gg_openapi_doc *d, gg_str schema_option);
/* Puts "$ref" for JSONSchema.ref, ".pkg.Type" or a JSON reference, and has the type defined. */
void gg_openapi_put_ref(gg_openapi_doc *d, gg_tree *schema, gg_str ref);
/* Enters the types that the file's options refer to so. */
void gg_openapi_add_refs(gg_openapi_doc *d, gg_openapi_types *types);

#endif
