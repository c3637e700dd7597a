/* openapi.h -- OpenAPI v2 documents from a linked set of descriptors.
 *
 *   gg_desc_set --+--> names        what each type is called in the document           names.c
 *   (the whole    |--> operations   google.api.http rules, parameters, responses       operation.c, parameter.c
 *    invocation)  |--> definitions  schemas of messages, enums and fields              schema.c, definition.c
 *                 +--> options      the protoc-gen-openapiv2 options, by tables        option_rows.c, options.c
 *                                      |
 *                                   gg_tree --> JSON text                              tree.c, tree_write.c
 *
 * The documents are those of grpc-gateway's protoc-gen-openapiv2: same names, members and order.  Leaves out, of
 * what that one can do: YAML in and out, merging several files into one document, Go templates in comments,
 * expansion of path patterns, x-go-type.
 * Spec: OpenAPI Specification 2.0; google/api/http.proto; protoc-gen-openapiv2/options. */
#ifndef GG_SRC_OPENAPI_OPENAPI_H
#define GG_SRC_OPENAPI_OPENAPI_H

#include "base/buf.h"
#include "proto/descriptor.h"

/* How a type's name in the document is made from its full name. */
typedef enum gg_openapi_naming {
    GG_OPENAPI_LEGACY, /* the shortest ending that is unique and one name more, run together: v1PingResponse */
    GG_OPENAPI_FQN,    /* all of it: example.v1.PingResponse */
    GG_OPENAPI_SIMPLE, /* the shortest ending that is unique: PingResponse */
    GG_OPENAPI_PACKAGE /* the same, but a nested type never without what it is nested in: Outer.Inner */
} gg_openapi_naming;

/* Each is the plugin's parameter of that name; all zero but for the three that are noted. */
typedef struct gg_openapi_options {
    gg_openapi_naming naming;
    gg_str repeated_path_param_separator; /* "csv" by default */
    gg_str *visibility;                   /* the restrictions of google.api.visibility that are shown */
    size_t visibility_count;
    bool json_names_for_fields; /* true by default */
    bool allow_patch_feature;   /* true by default */
    bool allow_delete_body, generate_unbound_methods, preserve_rpc_order;
    bool simple_operation_ids, include_package_in_tags, disable_service_tags;
    bool ignore_comments, remove_internal_comments;
    bool disable_default_errors, disable_default_responses;
    bool enums_as_ints, omit_enum_default_value, proto3_optional_nullable, use_proto3_field_semantics;
    bool use_allof_for_refs, omit_array_item_type_when_ref_sibling;
    bool enable_rpc_deprecation, enable_field_deprecation;
} gg_openapi_options;
void gg_openapi_options_init(gg_openapi_options *options);

/* What the names depend on: every file that is known, and those documents are made of. */
typedef struct gg_openapi_input {
    const gg_desc_set *set; /* linked, with what gg_openapi_add_files adds */
    const gg_desc_file *const *files;
    size_t file_count;
    const gg_openapi_options *options;
} gg_openapi_input;

/* Adds the file of google.rpc.Status, of which every document speaks, to a set that is not linked yet. */
gg_rc gg_openapi_add_files(gg_desc_set *set);

/* Appends the document of one of the input's files, as JSON text.  GG_OK; GG_EINVAL: *error says what is wrong
 * and where (in the arena); GG_ETOOBIG (GG_TREE_DEPTH); GG_ENOMEM. */
gg_rc gg_openapi_v2(const gg_openapi_input *input, const gg_desc_file *file, gg_arena *arena, gg_buf *out,
    gg_str *error);

#endif
