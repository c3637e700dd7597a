/* comments.c -- the comments of the .proto files as titles, summaries and descriptions (document.h).
 *
 * The rules are those of grpc-gateway: a comment is trimmed, lines lose the space that follows the comment
 * mark, "(-- --)" is cut out; the first paragraph is the summary.  Of a title: unless it ends in a period. */
#include "openapi/document.h"

#include "base/text.h"
#include "openapi/options.h"
#include "proto/source_info.h"

/* clang-format off */
const gg_openapi_words gg_openapi_schema_words = {
    .summary = GG_KEY_SCHEMA_TITLE, .description = GG_KEY_SCHEMA_DESCRIPTION, .read_only = GG_KEY_SCHEMA_READ_ONLY,
    .title = true,
};
const gg_openapi_words gg_openapi_operation_words = {
    .summary = GG_KEY_OPERATION_SUMMARY, .description = GG_KEY_OPERATION_DESCRIPTION, .read_only = GG_KEY_NAMED,
};
const gg_openapi_words gg_openapi_tag_words = {
    .summary = GG_KEY_NAMED, .description = GG_KEY_TAG_DESCRIPTION, .read_only = GG_KEY_NAMED,
};
const gg_openapi_words gg_openapi_info_words = {
    .summary = GG_KEY_INFO_TITLE, .description = GG_KEY_INFO_DESCRIPTION, .read_only = GG_KEY_NAMED,
    .title = true, .anyway = true,
};
/* clang-format on */

/* -- text -- */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

gg_str gg_openapi_trim(gg_str text)
{
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    while (text.len > 0 && is_space(text.ptr[0]))
        text = gg_str_of(text.ptr + 1, text.len - 1);
    return text;
}

/* Where `what` begins in the text, or its end. */
static size_t find(gg_str text, gg_str what)
{
    for (size_t i = 0; i + what.len <= text.len; i++)
        if (memcmp(text.ptr + i, what.ptr, what.len) == 0)
            return i;
    return text.len;
}

static bool contains(gg_str text, gg_str what)
{
    return find(text, what) < text.len;
}

static gg_str behind(gg_str text, size_t at)
{
    return at < text.len ? gg_str_of(text.ptr + at, text.len - at) : gg_str_of("", 0);
}

/* The text with every `what` written as `instead`, which is not longer. */
static gg_str replace(gg_openapi_doc *d, gg_str text, gg_str what, gg_str instead)
{
    if (!contains(text, what))
        return text;
    char *p = gg_arena_bytes(d->make.arena, text.len);
    d->make.failed |= p == NULL;
    if (p == NULL)
        return text;
    size_t len = 0;
    for (size_t at; text.len > 0; text = behind(text, at)) {
        bool here = gg_str_starts(text, what);
        at = here ? what.len : 1;
        memcpy(p + len, here ? instead.ptr : text.ptr, here ? instead.len : 1);
        len += here ? instead.len : 1;
    }
    return gg_str_of(p, len);
}

/* Without "(-- ... --)", the blanks and the one line end in front of each. */
static gg_str without_internal(gg_openapi_doc *d, gg_str text)
{
    const gg_str open = GG_STR("(--"), close = GG_STR("--)");
    if (!contains(text, open))
        return text;
    gg_str kept = gg_str_of("", 0);
    while (text.len > 0) {
        size_t at = find(text, open);
        gg_str part = gg_str_of(text.ptr, at);
        while (at < text.len && part.len > 0 && (part.ptr[part.len - 1] == ' ' || part.ptr[part.len - 1] == '\t'))
            part.len--;
        if (at < text.len && part.len > 0 && part.ptr[part.len - 1] == '\n')
            part.len--;
        kept = gg_tree_printf(&d->make, "%.*s%.*s", GG_STR_ARG(kept), GG_STR_ARG(part));
        text = behind(text, at + open.len);
        text = behind(text, find(text, close) + close.len);
    }
    return kept;
}

/* -- comments -- */
/* The comments of a file, read when it is asked for the first time; NULL when out of memory. */
static const gg_map *comments_of(gg_openapi_doc *d, const gg_desc_file *file)
{
    const gg_map *there = gg_map_get(&d->comments, file->name);
    if (there != NULL || d->make.failed)
        return there;
    gg_map *comments = gg_arena_zalloc(d->make.arena, sizeof *comments);
    if (comments != NULL && gg_map_put(&d->comments, file->name, comments) == GG_OK &&
        gg_source_info_read(file->source_info, d->make.arena, comments) == GG_OK)
        return comments;
    d->make.failed = true;
    return NULL;
}

gg_str gg_openapi_comment(gg_openapi_doc *d, const gg_desc_file *file, gg_str path)
{
    const gg_map *comments = comments_of(d, file);
    const gg_source_comment *found = comments != NULL && path.ptr != NULL ? gg_map_get(comments, path) : NULL;
    d->make.failed |= path.ptr == NULL;
    if (found == NULL)
        return gg_str_of("", 0);
    gg_str leading = gg_openapi_trim(replace(d, found->leading, GG_STR("\r\n"), GG_STR("\n")));
    leading = without_internal(d, replace(d, leading, GG_STR("\n "), GG_STR("\n")));
    gg_str trailing = gg_openapi_trim(replace(d, found->trailing, GG_STR("\r\n"), GG_STR("\n")));
    if (leading.len == 0 || trailing.len == 0)
        return leading.len > 0 ? leading : trailing;
    return gg_tree_printf(&d->make, "%.*s\n\n%.*s", GG_STR_ARG(leading), GG_STR_ARG(trailing));
}

gg_str gg_openapi_field_comment(gg_openapi_doc *d, const gg_desc_field *field)
{
    gg_str path = gg_message_path(d->make.arena, field->parent);
    if (path.ptr != NULL)
        path = gg_child_path(d->make.arena, path, GG_PATH_FIELD, (size_t)(field - field->parent->fields));
    return gg_openapi_comment(d, field->file, path);
}

gg_str gg_openapi_value_comments(gg_openapi_doc *d, const gg_desc_enum *e)
{
    gg_str all = gg_str_of("", 0), path = gg_enum_path(d->make.arena, e);
    for (size_t i = 0; i < e->value_count && path.ptr != NULL; i++) {
        const gg_desc_enum_value *value = &e->values[i];
        if (!gg_openapi_is_listed(d, value))
            continue;
        gg_str comment = gg_openapi_comment(d, e->file, gg_child_path(d->make.arena, path, GG_PATH_VALUE, i));
        const char *mark = all.len > 0 ? "\n - " : "- ";
        if (comment.len > 0 && d->options->enums_as_ints)
            all = gg_tree_printf(&d->make, "%.*s%s%d: %.*s", GG_STR_ARG(all), mark, (int)value->number,
                GG_STR_ARG(comment));
        else if (comment.len > 0)
            all = gg_tree_printf(&d->make, "%.*s%s%.*s: %.*s", GG_STR_ARG(all), mark, GG_STR_ARG(value->name),
                GG_STR_ARG(comment));
    }
    d->make.failed |= path.ptr == NULL;
    return all;
}

/* -- into objects -- */
static void put_words(gg_openapi_doc *d, gg_tree *object, gg_openapi_key key, bool anyway, gg_str text)
{
    if (anyway || gg_tree_get_text(object, key).len == 0)
        gg_tree_put_text(&d->make, object, key, text);
}

void gg_openapi_describe(gg_openapi_doc *d, gg_tree *object, const gg_openapi_words *words, gg_str comment)
{
    if (comment.len == 0 || d->options->ignore_comments)
        return;
    if (d->options->remove_internal_comments)
        comment = without_internal(d, comment);
    if (words->read_only != GG_KEY_NAMED && contains(comment, GG_STR("Output only.")))
        gg_tree_put_flag(&d->make, object, words->read_only, true);
    size_t end = find(comment, GG_STR("\n\n"));
    gg_str summary = gg_openapi_trim(gg_str_of(comment.ptr, end));
    gg_str description = gg_openapi_trim(behind(comment, end));
    bool sentence = summary.len == 0 || summary.ptr[summary.len - 1] == '.';
    if (words->summary == GG_KEY_NAMED || (words->title && sentence)) {
        put_words(d, object, words->description, words->anyway, comment);
        return;
    }
    put_words(d, object, words->summary, words->anyway, summary);
    put_words(d, object, words->description, words->anyway, description);
}

gg_str gg_openapi_title_and_description(gg_openapi_doc *d, const gg_tree *schema)
{
    gg_str title = gg_tree_get_text(schema, GG_KEY_SCHEMA_TITLE);
    gg_str description = gg_tree_get_text(schema, GG_KEY_SCHEMA_DESCRIPTION);
    if (title.len == 0)
        return description;
    return gg_openapi_trim(gg_tree_printf(&d->make, "%.*s\n\n%.*s", GG_STR_ARG(title), GG_STR_ARG(description)));
}
