/* document.h -- what the parts of the generator share while they make one document.
 *
 * Everything is in the document's arena.  The first error is kept and the parts go on, so that only the end
 * need ask (failed). */
#ifndef GG_SRC_OPENAPI_DOCUMENT_H
#define GG_SRC_OPENAPI_DOCUMENT_H

#include "base/map.h"
#include "openapi/openapi.h"
#include "openapi/tree.h"

/* A type that the document speaks of: a message or an enum. */
typedef struct gg_openapi_type gg_openapi_type;
struct gg_openapi_type {
    const gg_desc_message *message;
    const gg_desc_enum *enum_type;
    bool define; /* it needs a definition; else only the types of its fields do */
    bool done;   /* it has it */
    gg_openapi_type *next;
};

typedef struct gg_openapi_types {
    gg_map by_name;
    gg_openapi_type *first, *last;
    gg_openapi_type *followed; /* up to here the types of their fields are in too */
} gg_openapi_types;

typedef struct gg_openapi_doc {
    gg_tree_maker make; /* first, as nearly everything needs it */
    const gg_openapi_input *input;
    const gg_openapi_options *options;
    const gg_desc_set *set;
    const gg_desc_file *file;
    gg_tree *root, *paths, *definitions;
    gg_map names;           /* full name to the gg_str in the document */
    gg_map comments;        /* file name to the gg_map of its comments (source_info.h) */
    gg_openapi_types types; /* those of the definitions */
    gg_str error;
    const gg_desc_file *at_file; /* what an error is about */
    gg_str at;
} gg_openapi_doc;

/* Says what the following errors are about: a method, a message, ... */
void gg_openapi_at(gg_openapi_doc *d, const gg_desc_file *file, gg_str symbol);
void gg_openapi_fail(gg_openapi_doc *d, const char *format, ...) GG_PRINTF(2, 3);
static inline bool gg_openapi_failed(const gg_openapi_doc *d)
{
    return d->make.failed || d->error.len > 0;
}

/* What a service's operations are grouped by if no option says it. */
gg_str gg_openapi_tag_name(const gg_openapi_doc *d, const gg_desc_service *service);

/* -- types (types.c) -- */
void gg_openapi_add_message(gg_openapi_doc *d, gg_openapi_types *types, const gg_desc_message *message, bool define);
void gg_openapi_add_enum(gg_openapi_doc *d, gg_openapi_types *types, const gg_desc_enum *e);
/* Adds the message or enum that has the name, ".pkg.Type"; whether there is one. */
bool gg_openapi_add_named(gg_openapi_doc *d, gg_openapi_types *types, gg_str name);
/* Adds the types of every visible field, to be defined, until no more come. */
void gg_openapi_follow(gg_openapi_doc *d, gg_openapi_types *types);

/* -- names (names.c) -- */
/* Fills d->names. */
void gg_openapi_name_all(gg_openapi_doc *d);
/* "#/definitions/v1PingResponse" of a full name; empty if it has no name. */
gg_str gg_openapi_ref(gg_openapi_doc *d, gg_str full_name);
gg_str gg_openapi_name(const gg_openapi_doc *d, gg_str full_name);

/* -- comments (comments.c) -- */
/* What stands at a message, field, ...: leading and trailing comment, two lines apart. */
gg_str gg_openapi_comment(gg_openapi_doc *d, const gg_desc_file *file, gg_str path);
gg_str gg_openapi_field_comment(gg_openapi_doc *d, const gg_desc_field *field);
/* "- NAME: comment" for each value of an enum that has one. */
gg_str gg_openapi_value_comments(gg_openapi_doc *d, const gg_desc_enum *e);

/* Where a comment goes in an object, by key; GG_KEY_NAMED: it has no such member. */
typedef struct gg_openapi_words {
    gg_openapi_key summary; /* the first paragraph */
    gg_openapi_key description;
    gg_openapi_key read_only;
    bool title;  /* summary is a title: a paragraph that ends in a period is none */
    bool anyway; /* in place of what is there */
} gg_openapi_words;
extern const gg_openapi_words gg_openapi_schema_words, gg_openapi_operation_words, gg_openapi_tag_words,
    gg_openapi_info_words;
void gg_openapi_describe(gg_openapi_doc *d, gg_tree *object, const gg_openapi_words *words, gg_str comment);
/* A schema's title and description in one, for a parameter. */
gg_str gg_openapi_title_and_description(gg_openapi_doc *d, const gg_tree *schema);
gg_str gg_openapi_trim(gg_str text);

/* -- schemas (schema.c) -- */
/* The fields that a path names, from the message inwards. */
typedef struct gg_openapi_path {
    const gg_desc_field **fields;
    size_t count;
} gg_openapi_path;
typedef struct gg_openapi_paths {
    gg_openapi_path *items;
    size_t count;
} gg_openapi_paths;
/* Those that go through the field, without it. */
gg_openapi_paths gg_openapi_paths_below(gg_openapi_doc *d, const gg_openapi_paths *paths, const gg_desc_field *field);

/* The name in JSON, or that of the .proto (json_names_for_fields). */
gg_str gg_openapi_field_name(const gg_openapi_doc *d, const gg_desc_field *field);
/* JSON's type and OpenAPI's format of a scalar. */
typedef struct gg_openapi_scalar {
    const char *type, *format; /* NULL: none */
} gg_openapi_scalar;
gg_openapi_scalar gg_openapi_scalar_of(int32_t field_type);
/* The schema of a message as it stands in a field or body: inline if well known, else a reference. */
gg_tree *gg_openapi_message_schema(gg_openapi_doc *d, const gg_desc_message *message);
bool gg_openapi_is_inline(const gg_desc_message *message);
/* The schema of a field by its type alone. */
gg_tree *gg_openapi_plain_field_schema(gg_openapi_doc *d, const gg_desc_field *field);
/* The same with its options. */
gg_tree *gg_openapi_field_schema(gg_openapi_doc *d, const gg_desc_field *field);
/* What google.api.field_behavior adds to a schema. */
void gg_openapi_put_behavior(gg_openapi_doc *d, gg_tree *schema, const gg_desc_field *field);
/* Type, values and default of an enum, the keys being those of a schema or a parameter. */
typedef struct gg_openapi_enum_keys {
    gg_openapi_key type, format, values, by_default; /* GG_KEY_NAMED: not wanted */
} gg_openapi_enum_keys;
void gg_openapi_put_enum(gg_openapi_doc *d, gg_tree *object, const gg_openapi_enum_keys *keys, const gg_desc_enum *e);
/* Whether the document lists the value. */
bool gg_openapi_is_listed(gg_openapi_doc *d, const gg_desc_enum_value *value);

/* -- definitions (definition.c) -- */
/* A message's schema in full, without the fields that the paths name. */
gg_tree *gg_openapi_message_definition(gg_openapi_doc *d, const gg_desc_message *message,
    const gg_openapi_paths *without);
/* A field's, if paths go through it. */
gg_tree *gg_openapi_field_definition(gg_openapi_doc *d, const gg_desc_field *field, const gg_openapi_paths *without);
/* Every type of d->types, into d->definitions. */
void gg_openapi_define_all(gg_openapi_doc *d);
void gg_openapi_define(gg_openapi_doc *d, gg_str name, gg_tree *schema);

/* -- bindings (binding.c) -- */
/* One way by which HTTP reaches a method: a rule, or one of its additional_bindings. */
typedef struct gg_openapi_binding {
    const gg_desc_service *service;
    const gg_desc_method *method;
    size_t index;                        /* among the bindings of the method */
    gg_str http_method;                  /* "GET" */
    gg_str path;                         /* the template, as written */
    gg_openapi_paths variables;          /* its variables, in order */
    bool has_body;                       /* else every field is in path or query */
    gg_openapi_path body, response_body; /* count 0: the whole message */
} gg_openapi_binding;

/* Whether HTTP reaches the method: by a rule, or by generate_unbound_methods. */
bool gg_openapi_is_bound(const gg_openapi_doc *d, const gg_desc_method *method);
/* The method's bindings, in the arena; *count 0 if there are none or one is wrong. */
gg_openapi_binding *gg_openapi_bindings(gg_openapi_doc *d, const gg_desc_service *service, const gg_desc_method *method,
    size_t *count);

/* -- operations (operation.c) -- */
void gg_openapi_add_operation(gg_openapi_doc *d, const gg_openapi_binding *binding);

/* -- parameters (parameter.c, query.c) -- */
/* Those of path, body and query; *path gets the template with the parameters' names. */
gg_tree *gg_openapi_parameters(gg_openapi_doc *d, const gg_openapi_binding *binding, gg_str *path);
void gg_openapi_add_query(gg_openapi_doc *d, const gg_openapi_binding *binding, gg_tree *parameters);
/* A parameter with what every one has. */
gg_tree *gg_openapi_parameter(gg_openapi_doc *d, gg_str name, gg_str in, gg_str description, bool required);
/* Moves what a field's schema says of values to its parameter: default, example, extensions. */
void gg_openapi_move_value(gg_openapi_doc *d, gg_tree *schema, gg_tree *parameter);
bool gg_openapi_is_deprecated(gg_openapi_doc *d, const gg_desc_field *field);

#endif
