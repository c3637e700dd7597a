/* openapi.c -- one document, from its first member to its text (openapi.h). */
#include "openapi/openapi.h"

#include "openapi/document.h"
#include "openapi/options.h"
#include "proto/builtin.h"
#include "proto/source_info.h"

void gg_openapi_options_init(gg_openapi_options *options)
{
    *options = (gg_openapi_options){
        .repeated_path_param_separator = GG_STR("csv"),
        .json_names_for_fields = true,
        .allow_patch_feature = true,
    };
}

gg_rc gg_openapi_add_files(gg_desc_set *set)
{
    const gg_str status = GG_STR("google/rpc/status.proto");
    return gg_desc_file_by_name(set, status) == NULL ? gg_desc_set_add(set, gg_builtin_file(status)->descriptor)
                                                     : GG_OK;
}

/* -- errors -- */
void gg_openapi_at(gg_openapi_doc *d, const gg_desc_file *file, gg_str symbol)
{
    d->at_file = file;
    d->at = symbol;
}

void gg_openapi_fail(gg_openapi_doc *d, const char *format, ...)
{
    if (d->error.len > 0 || d->make.failed)
        return;
    va_list args;
    va_start(args, format);
    gg_str reason = gg_arena_vprintf(d->make.arena, format, args);
    va_end(args);
    d->make.failed = reason.ptr == NULL;
    d->error = gg_tree_printf(&d->make, "%.*s: %.*s%s%.*s", GG_STR_ARG(d->at_file->name), GG_STR_ARG(d->at),
        d->at.len > 0 ? ": " : "", GG_STR_ARG(reason));
}

/* -- tags -- */
gg_str gg_openapi_tag_name(const gg_openapi_doc *d, const gg_desc_service *service)
{
    return d->options->include_package_in_tags ? service->full_name : service->name;
}

static gg_tree *tag_named(const gg_tree *tags, gg_str name)
{
    gg_tree *tag = tags != NULL ? tags->first : NULL;
    while (tag != NULL && !gg_str_eq(gg_tree_get_text(tag, GG_KEY_TAG_NAME), name))
        tag = tag->next;
    return tag;
}

/* What the later tag of a name says that the first one does not. */
static void merge_tag(gg_tree *tag, gg_tree *more)
{
    if (gg_tree_get(tag, GG_KEY_TAG_DESCRIPTION) == NULL)
        gg_tree_put(tag, GG_KEY_TAG_DESCRIPTION, gg_tree_take(more, GG_KEY_TAG_DESCRIPTION));
    gg_tree *docs = gg_tree_get(tag, GG_KEY_TAG_EXTERNAL_DOCS),
            *more_docs = gg_tree_take(more, GG_KEY_TAG_EXTERNAL_DOCS);
    if (docs == NULL)
        gg_tree_put(tag, GG_KEY_TAG_EXTERNAL_DOCS, more_docs);
    static const gg_openapi_key keys[] = { GG_KEY_DOCS_DESCRIPTION, GG_KEY_DOCS_URL };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && docs != NULL; i++)
        if (gg_tree_get(docs, keys[i]) == NULL)
            gg_tree_put(docs, keys[i], gg_tree_take(more_docs, keys[i]));
}

static void add_tag(gg_openapi_doc *d, const gg_desc_service *service)
{
    gg_tree *tag = gg_tree_new(&d->make, GG_TREE_OBJECT);
    size_t index = (size_t)(service - d->file->services);
    gg_str path = gg_child_path(d->make.arena, gg_str_of("", 0), GG_PATH_SERVICE, index);
    gg_openapi_at(d, d->file, service->full_name);
    gg_tree_put_text(&d->make, tag, GG_KEY_TAG_NAME, gg_openapi_tag_name(d, service));
    gg_openapi_apply(d, tag, &gg_tag_option, gg_openapi_option_message(d, service->options, GG_OPENAPIV2));
    gg_openapi_describe(d, tag, &gg_openapi_tag_words, gg_openapi_comment(d, d->file, path));
    gg_tree *tags = gg_tree_make(&d->make, d->root, GG_KEY_DOC_TAGS, GG_TREE_ARRAY);
    gg_tree *there = tag_named(tags, gg_tree_get_text(tag, GG_KEY_TAG_NAME));
    if (there != NULL)
        merge_tag(there, tag);
    else
        gg_tree_add(tags, tag);
}

/* -- services -- */
static void add_method(gg_openapi_doc *d, const gg_desc_service *service, const gg_desc_method *method)
{
    if (!gg_openapi_is_bound(d, method) || !gg_openapi_is_visible(d, method->options))
        return;
    size_t count;
    gg_openapi_at(d, d->file, method->full_name);
    const gg_openapi_binding *bindings = gg_openapi_bindings(d, service, method, &count);
    for (size_t i = 0; i < count && !gg_openapi_failed(d); i++)
        gg_openapi_add_operation(d, &bindings[i]);
    gg_openapi_add_message(d, &d->types, method->input, false);
    gg_openapi_add_message(d, &d->types, method->output, true);
}

static void add_service(gg_openapi_doc *d, const gg_desc_service *service)
{
    if (service->method_count == 0 || !gg_openapi_is_visible(d, service->options))
        return;
    for (size_t i = 0; i < service->method_count && !gg_openapi_failed(d); i++)
        add_method(d, service, &service->methods[i]);
    if (!d->options->disable_service_tags)
        add_tag(d, service);
}

/* -- the document -- */
static void add_media_type(gg_openapi_doc *d, gg_openapi_key key)
{
    gg_tree_add(gg_tree_make(&d->make, d->root, key, GG_TREE_ARRAY),
        gg_tree_text(&d->make, GG_STR("application/json")));
}

/* What stands in every document, then the package's comment, then the file's option over it. */
static void add_head(gg_openapi_doc *d)
{
    d->root = gg_tree_new(&d->make, GG_TREE_OBJECT);
    d->paths = gg_tree_make(&d->make, d->root, GG_KEY_DOC_PATHS, GG_TREE_OBJECT);
    d->definitions = gg_tree_make(&d->make, d->root, GG_KEY_DOC_DEFINITIONS, GG_TREE_OBJECT);
    gg_tree *info = gg_tree_make(&d->make, d->root, GG_KEY_DOC_INFO, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, d->root, GG_KEY_DOC_SWAGGER, GG_STR("2.0"));
    gg_tree_put_text(&d->make, info, GG_KEY_INFO_TITLE, d->file->name);
    gg_tree_put_text(&d->make, info, GG_KEY_INFO_VERSION, GG_STR("version not set"));
    add_media_type(d, GG_KEY_DOC_CONSUMES);
    add_media_type(d, GG_KEY_DOC_PRODUCES);
    gg_str path = gg_tree_printf(&d->make, "%d", GG_PATH_PACKAGE);
    gg_openapi_describe(d, info, &gg_openapi_info_words, gg_openapi_comment(d, d->file, path));
    gg_openapi_at(d, d->file, d->file->package);
    gg_openapi_apply(d, d->root, &gg_swagger_option, gg_openapi_option_message(d, d->file->options, GG_OPENAPIV2));
}

static void make_document(gg_openapi_doc *d)
{
    gg_openapi_name_all(d);
    add_head(d);
    if (!d->options->disable_default_errors)
        gg_openapi_add_named(d, &d->types, GG_STR(".google.rpc.Status"));
    for (size_t i = 0; i < d->file->service_count && !gg_openapi_failed(d); i++)
        add_service(d, &d->file->services[i]);
    gg_openapi_define_all(d);
}

static void free_comments(gg_map *comments)
{
    for (size_t i = 0; i < comments->cap; i++)
        if (comments->entries[i].key.ptr != NULL)
            gg_map_deinit((gg_map *)comments->entries[i].value);
    gg_map_deinit(comments);
}

gg_rc gg_openapi_v2(const gg_openapi_input *input, const gg_desc_file *file, gg_arena *arena, gg_buf *out,
    gg_str *error)
{
    gg_openapi_doc d = {
        .make = { .arena = arena },
        .input = input,
        .options = input->options,
        .set = input->set,
        .file = file,
    };
    gg_openapi_at(&d, file, gg_str_of("", 0));
    make_document(&d);
    gg_map_deinit(&d.names);
    gg_map_deinit(&d.types.by_name);
    free_comments(&d.comments);
    if (d.make.failed)
        return GG_ENOMEM;
    *error = d.error;
    return d.error.len > 0 ? GG_EINVAL : gg_tree_write(d.root, out);
}
