/* parameters.c -- the names, and what each takes (parameters.h).
 *
 * The names and values are those of grpc-gateway's plugin.  One that it has and this one cannot do is refused, unless
 * its value asks for what is done anyway. */
#include "parameters.h"

typedef enum parameter_kind {
    FLAG,      /* true or false; true if it stands alone */
    WORD,      /* one of the words; its index */
    SEPARATOR, /* one of the words; itself */
    LIST,      /* may be given several times */
    ONLY       /* one of the words, and nothing else is supported */
} parameter_kind;

typedef struct parameter {
    const char *name;
    parameter_kind kind;
    size_t offset; /* in gg_openapi_options; of LIST none */
    const char *const *words;
} parameter;

/* clang-format off */
static const char *const naming_words[] = { "legacy", "fqn", "simple", "package", NULL }; /* as gg_openapi_naming */
static const char *const separator_words[] = { "csv", "pipes", "ssv", "tsv", NULL };
static const char *const no_words[] = { "false", NULL };
static const char *const any_words[] = { "true", "false", NULL };
static const char *const json_words[] = { "json", NULL };
static const char *const nothing[] = { NULL };

#define OPTION(name) offsetof(gg_openapi_options, name)
static const parameter parameters[] = {
    { "allow_delete_body",                     FLAG, OPTION(allow_delete_body), NULL },
    { "allow_patch_feature",                   FLAG, OPTION(allow_patch_feature), NULL },
    { "disable_default_errors",                FLAG, OPTION(disable_default_errors), NULL },
    { "disable_default_responses",             FLAG, OPTION(disable_default_responses), NULL },
    { "disable_service_tags",                  FLAG, OPTION(disable_service_tags), NULL },
    { "enable_field_deprecation",              FLAG, OPTION(enable_field_deprecation), NULL },
    { "enable_rpc_deprecation",                FLAG, OPTION(enable_rpc_deprecation), NULL },
    { "enums_as_ints",                         FLAG, OPTION(enums_as_ints), NULL },
    { "generate_unbound_methods",              FLAG, OPTION(generate_unbound_methods), NULL },
    { "ignore_comments",                       FLAG, OPTION(ignore_comments), NULL },
    { "include_package_in_tags",               FLAG, OPTION(include_package_in_tags), NULL },
    { "json_names_for_fields",                 FLAG, OPTION(json_names_for_fields), NULL },
    { "omit_array_item_type_when_ref_sibling", FLAG, OPTION(omit_array_item_type_when_ref_sibling), NULL },
    { "omit_enum_default_value",               FLAG, OPTION(omit_enum_default_value), NULL },
    { "preserve_rpc_order",                    FLAG, OPTION(preserve_rpc_order), NULL },
    { "proto3_optional_nullable",              FLAG, OPTION(proto3_optional_nullable), NULL },
    { "remove_internal_comments",              FLAG, OPTION(remove_internal_comments), NULL },
    { "simple_operation_ids",                  FLAG, OPTION(simple_operation_ids), NULL },
    { "use_allof_for_refs",                    FLAG, OPTION(use_allof_for_refs), NULL },
    { "use_proto3_field_semantics",            FLAG, OPTION(use_proto3_field_semantics), NULL },
    { "openapi_naming_strategy",               WORD, OPTION(naming), naming_words },
    { "repeated_path_param_separator",         SEPARATOR, OPTION(repeated_path_param_separator), separator_words },
    { "visibility_restriction_selectors",      LIST, 0, NULL },
    { "allow_repeated_fields_in_body",         ONLY, 0, any_words }, /* they are allowed, there as here */
    { "ignore_go_package_option",              ONLY, 0, any_words }, /* no Go package is looked at */
    { "logtostderr",                           ONLY, 0, any_words }, /* it goes nowhere else */
    { "allow_merge",                           ONLY, 0, no_words },
    { "expand_slashed_path_patterns",          ONLY, 0, no_words },
    { "fqn_for_openapi_name",                  ONLY, 0, no_words },  /* openapi_naming_strategy=fqn */
    { "generate_x_go_type",                    ONLY, 0, no_words },
    { "use_go_templates",                      ONLY, 0, no_words },
    { "output_format",                         ONLY, 0, json_words },
    { "file",                                  ONLY, 0, nothing },
    { "go_template_args",                      ONLY, 0, nothing },
    { "grpc_api_configuration",                ONLY, 0, nothing },
    { "import_prefix",                         ONLY, 0, nothing },
    { "merge_file_name",                       ONLY, 0, nothing },
    { "openapi_configuration",                 ONLY, 0, nothing },
    { "recursive-depth",                       ONLY, 0, nothing },
};
/* clang-format on */

typedef struct parser {
    gg_openapi_options *options;
    gg_arena *arena;
    gg_str *error;
} parser;

static gg_rc refuse(parser *p, gg_str name, const char *why)
{
    *p->error = gg_arena_printf(p->arena, "parameter %.*s: %s", GG_STR_ARG(name), why);
    return p->error->ptr != NULL ? GG_EINVAL : GG_ENOMEM;
}

/* The word's index; -1 if it is none of them. */
static int word_index(const char *const *words, gg_str word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (gg_str_eq(gg_str_from(words[i]), word))
            return i;
    return -1;
}

static gg_rc refuse_value(parser *p, const parameter *known, gg_str value)
{
    gg_str allowed = gg_str_of("", 0);
    for (size_t i = 0; known->words[i] != NULL && allowed.ptr != NULL; i++)
        allowed = gg_arena_printf(p->arena, "%.*s%s%s", GG_STR_ARG(allowed), i > 0 ? ", " : "", known->words[i]);
    if (allowed.ptr == NULL)
        return GG_ENOMEM;
    gg_str why = gg_arena_printf(p->arena,
        known->kind == ONLY ? "%.*s is not supported%s%.*s" : "%.*s is none of%s%.*s", GG_STR_ARG(value),
        known->kind != ONLY   ? " "
            : allowed.len > 0 ? ", only "
                              : "",
        GG_STR_ARG(allowed));
    return why.ptr != NULL ? refuse(p, gg_str_from(known->name), why.ptr) : GG_ENOMEM;
}

static gg_rc add_selector(parser *p, gg_str value)
{
    gg_openapi_options *o = p->options;
    size_t len = o->visibility_count * sizeof *o->visibility;
    gg_str *list = gg_arena_grow(p->arena, o->visibility, len, len + sizeof *list);
    if (list == NULL)
        return GG_ENOMEM;
    o->visibility = list;
    list[o->visibility_count++] = value;
    return GG_OK;
}

static gg_rc set(parser *p, const parameter *known, gg_str value, bool alone)
{
    char *place = (char *)p->options + known->offset;
    int index;
    switch (known->kind) {
    case FLAG:
        index = alone ? 0 : word_index(any_words, value);
        if (index < 0)
            return refuse(p, gg_str_from(known->name), "is true or false");
        *(bool *)(void *)place = index == 0;
        return GG_OK;
    case WORD:
        index = word_index(known->words, value);
        if (index < 0)
            return refuse_value(p, known, value);
        memcpy(place, &(gg_openapi_naming){ (gg_openapi_naming)index }, sizeof(gg_openapi_naming));
        return GG_OK;
    case SEPARATOR:
        if (word_index(known->words, value) < 0)
            return refuse_value(p, known, value);
        memcpy(place, &value, sizeof value);
        return GG_OK;
    case LIST:
        return add_selector(p, value);
    case ONLY:
        return word_index(known->words, alone ? GG_STR("true") : value) < 0
            ? refuse_value(p, known, alone ? GG_STR("true") : value)
            : GG_OK;
    }
    return GG_OK;
}

static gg_rc parse_one(parser *p, gg_str text)
{
    const char *equals = text.len > 0 ? memchr(text.ptr, '=', text.len) : NULL;
    size_t len = equals != NULL ? (size_t)(equals - text.ptr) : text.len;
    gg_str name = gg_str_of(text.ptr, len);
    gg_str value = equals != NULL ? gg_str_of(equals + 1, text.len - len - 1) : gg_str_of("", 0);
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
        if (gg_str_eq(gg_str_from(parameters[i].name), name))
            return set(p, &parameters[i], value, equals == NULL);
    if (name.len > 1 && name.ptr[0] == 'M')
        return refuse(p, name, "Go packages have no place in a document");
    return refuse(p, name, "is not known");
}

gg_rc parse_parameters(gg_str text, gg_openapi_options *options, gg_arena *arena, gg_str *error)
{
    parser p = { options, arena, error };
    gg_rc rc = GG_OK;
    gg_openapi_options_init(options);
    for (size_t i = 0, start = 0; i <= text.len && rc == GG_OK; i++) {
        if (i < text.len && text.ptr[i] != ',')
            continue;
        if (i > start)
            rc = parse_one(&p, gg_str_of(text.ptr + start, i - start));
        start = i + 1;
    }
    return rc;
}
