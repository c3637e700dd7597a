/* definition.c -- messages and enums in full, for "definitions" and for bodies (document.h). */
#include "openapi/document.h"

#include "openapi/options.h"
#include "proto/source_info.h"

/* -- field paths -- */
gg_openapi_paths gg_openapi_paths_below(gg_openapi_doc *d, const gg_openapi_paths *paths, const gg_desc_field *field)
{
    gg_openapi_paths below = { NULL, 0 };
    for (size_t i = 0; i < paths->count; i++) {
        const gg_openapi_path *path = &paths->items[i];
        if (path->count < 2 || path->fields[0] != field)
            continue;
        if (below.items == NULL)
            below.items = gg_arena_alloc(d->make.arena, paths->count * sizeof *below.items);
        d->make.failed |= below.items == NULL;
        if (below.items == NULL)
            return (gg_openapi_paths){ NULL, 0 };
        below.items[below.count++] = (gg_openapi_path){ path->fields + 1, path->count - 1 };
    }
    return below;
}

static bool is_named(const gg_openapi_paths *paths, const gg_desc_field *field)
{
    for (size_t i = 0; i < paths->count; i++)
        if (paths->items[i].count == 1 && paths->items[i].fields[0] == field)
            return true;
    return false;
}

/* -- messages -- */
/* What the message's own option says, over what its comment said. */
static void apply_message_option(gg_openapi_doc *d, gg_tree *schema, const gg_desc_message *message)
{
    gg_str option = gg_openapi_option_message(d, message->options, GG_OPENAPIV2);
    if (option.ptr == NULL)
        return;
    gg_openapi_at(d, message->file, message->full_name);
    gg_tree *said = gg_openapi_schema_of_option(d, option);
    bool other = gg_tree_get(said, GG_KEY_SCHEMA_TYPE) != NULL || gg_tree_get(said, GG_KEY_SCHEMA_REF) != NULL;
    if (other)
        gg_tree_take(schema, GG_KEY_SCHEMA_TYPE);
    gg_tree_take(schema, GG_KEY_SCHEMA_READ_ONLY);
    for (gg_tree *member = said != NULL ? said->first : NULL, *next; member != NULL; member = next) {
        next = member->next;
        bool of_type = member->key == GG_KEY_SCHEMA_FORMAT || member->key == GG_KEY_SCHEMA_ENUM;
        if (member->key == GG_KEY_NAMED)
            gg_tree_put_named(schema, member->name, member, true);
        else if (other || !of_type)
            gg_tree_put(schema, member->key, member);
    }
}

/* "required" as the option has it, but for the fields that stand elsewhere, with the names of JSON. */
static gg_tree *required_names(gg_openapi_doc *d, const gg_tree *schema, const gg_desc_message *message,
    const gg_openapi_paths *without)
{
    const gg_tree *said = gg_tree_get(schema, GG_KEY_SCHEMA_REQUIRED);
    gg_tree *required = gg_tree_new(&d->make, GG_TREE_ARRAY);
    for (const gg_tree *name = said != NULL ? said->first : NULL; name != NULL; name = name->next) {
        const gg_desc_field *field = NULL;
        for (size_t i = 0; i < message->field_count && field == NULL; i++)
            if (gg_str_eq(message->fields[i].name, name->text))
                field = &message->fields[i];
        if (field == NULL || !is_named(without, field))
            gg_tree_add(required, gg_tree_text(&d->make, field != NULL ? gg_openapi_field_name(d, field) : name->text));
    }
    return required;
}

/* Moves the names in a field's "required" to the message's. */
static void hoist_required(gg_openapi_doc *d, gg_tree *required, gg_tree *property)
{
    const gg_tree *names = gg_tree_take(property, GG_KEY_SCHEMA_REQUIRED);
    for (const gg_tree *name = names != NULL ? names->first : NULL; name != NULL; name = name->next) {
        gg_tree_take_text(required, name->text);
        gg_tree_add(required, gg_tree_text(&d->make, name->text));
    }
}

/* The same where paths go through the field: only its own name, as the others are of the fields in it. */
static void hoist_own_name(gg_openapi_doc *d, gg_tree *required, gg_tree *property, gg_str own)
{
    gg_tree *names = gg_tree_get(property, GG_KEY_SCHEMA_REQUIRED);
    if (!gg_tree_has_text(names, own))
        return;
    gg_tree_take_text(names, own);
    if (names->first == NULL)
        gg_tree_take(property, GG_KEY_SCHEMA_REQUIRED);
    if (!gg_tree_has_text(required, own))
        gg_tree_add(required, gg_tree_text(&d->make, own));
}

/* A reference in allOf, so that what is said beside it counts (use_allof_for_refs). */
static gg_tree *refer_by_all_of(gg_openapi_doc *d, gg_tree *schema)
{
    static const gg_openapi_key kept[] = { GG_KEY_SCHEMA_X_NULLABLE, GG_KEY_SCHEMA_EXAMPLE, GG_KEY_SCHEMA_DESCRIPTION,
        GG_KEY_SCHEMA_TITLE, GG_KEY_SCHEMA_READ_ONLY };
    gg_str ref = gg_tree_get_text(schema, GG_KEY_SCHEMA_REF);
    if (!d->options->use_allof_for_refs || ref.len == 0)
        return schema;
    gg_tree *outer = gg_tree_new(&d->make, GG_TREE_OBJECT), *inner = gg_tree_new(&d->make, GG_TREE_OBJECT);
    for (gg_tree *member = schema->first, *next; member != NULL; member = next) {
        next = member->next;
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
            if (member->key == kept[i])
                gg_tree_put(outer, kept[i], member);
        if (member->key == GG_KEY_NAMED)
            gg_tree_put_named(outer, member->name, member, true);
    }
    bool alone = outer != NULL && outer->first == NULL;
    gg_tree_put_text(&d->make, alone ? outer : inner, GG_KEY_SCHEMA_REF, ref);
    if (!alone)
        gg_tree_add(gg_tree_make(&d->make, outer, GG_KEY_SCHEMA_ALL_OF, GG_TREE_ARRAY), inner);
    return outer;
}

static bool is_empty_object(const gg_tree *schema)
{
    const gg_tree *properties = gg_tree_get(schema, GG_KEY_SCHEMA_PROPERTIES);
    return gg_str_eq(gg_tree_get_text(schema, GG_KEY_SCHEMA_TYPE), GG_STR("object")) &&
        (properties == NULL || properties->first == NULL) &&
        gg_tree_get(schema, GG_KEY_SCHEMA_ADDITIONAL_PROPERTIES) == NULL;
}

static void add_property(gg_openapi_doc *d, gg_tree *schema, gg_tree *required, const gg_desc_field *field,
    const gg_openapi_paths *without)
{
    gg_openapi_paths below = gg_openapi_paths_below(d, without, field);
    gg_tree *property =
        below.count > 0 ? gg_openapi_field_definition(d, field, &below) : gg_openapi_field_schema(d, field);
    gg_openapi_describe(d, property, &gg_openapi_schema_words, gg_openapi_field_comment(d, field));
    gg_str name = gg_openapi_field_name(d, field);
    if (below.count > 0 && is_empty_object(property)) { /* all of it stands in the path */
        gg_tree_take_text(required, name);
        return;
    }
    if (below.count > 0)
        hoist_own_name(d, required, property, name);
    else
        hoist_required(d, required, property);
    gg_tree_put_named(gg_tree_make(&d->make, schema, GG_KEY_SCHEMA_PROPERTIES, GG_TREE_OBJECT), name,
        refer_by_all_of(d, property), false);
}

/* Any in JSON has "@type" and the members of what it holds. */
static void open_any(gg_openapi_doc *d, gg_tree *schema)
{
    gg_tree *properties = gg_tree_get(schema, GG_KEY_SCHEMA_PROPERTIES);
    gg_tree *type =
        gg_tree_find(properties, d->options->json_names_for_fields ? GG_STR("typeUrl") : GG_STR("type_url"));
    if (type == NULL)
        return;
    properties->first = NULL;
    type->next = NULL;
    gg_tree_put_named(properties, GG_STR("@type"), type, false);
    gg_tree_put_flag(&d->make, schema, GG_KEY_SCHEMA_ADDITIONAL_PROPERTIES, true);
}

/* Recursion: by the fields of a path that is not empty, through gg_openapi_field_definition. */
gg_tree *gg_openapi_message_definition(gg_openapi_doc *d, const gg_desc_message *message,
    const gg_openapi_paths *without)
{
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_TYPE, GG_STR("object"));
    gg_openapi_describe(d, schema, &gg_openapi_schema_words,
        gg_openapi_comment(d, message->file, gg_message_path(d->make.arena, message)));
    apply_message_option(d, schema, message);
    gg_tree *required = required_names(d, schema, message, without);
    for (size_t i = 0; i < message->field_count && !gg_openapi_failed(d); i++)
        if (gg_openapi_is_visible(d, message->fields[i].options) && !is_named(without, &message->fields[i]))
            add_property(d, schema, required, &message->fields[i], without);
    if (required != NULL && required->first != NULL)
        gg_tree_put(schema, GG_KEY_SCHEMA_REQUIRED, required);
    else
        gg_tree_take(schema, GG_KEY_SCHEMA_REQUIRED);
    if (gg_str_eq(message->full_name, GG_STR("google.protobuf.Any")))
        open_any(d, schema);
    return schema;
}

gg_tree *gg_openapi_field_definition(gg_openapi_doc *d, const gg_desc_field *field, const gg_openapi_paths *without)
{
    gg_tree *schema = gg_openapi_message_definition(d, field->message, without);
    gg_str comment = gg_openapi_field_comment(d, field);
    if (comment.len > 0) { /* in place of the message's */
        gg_openapi_words words = gg_openapi_schema_words;
        size_t end = 0;
        while (end < comment.len && comment.ptr[end] != '\n')
            end++;
        bool one_line = end == comment.len || (end + 1 < comment.len && comment.ptr[end + 1] == '\n');
        gg_str rest = gg_openapi_trim(gg_str_of(comment.ptr + end, comment.len - end));
        gg_tree_take(schema, words.description);
        if (one_line)
            gg_tree_take(schema, words.summary);
        gg_tree_put_text(&d->make, schema, words.summary, one_line ? gg_str_of(comment.ptr, end) : gg_str_of("", 0));
        gg_tree_put_text(&d->make, schema, words.description, one_line ? rest : comment);
    }
    gg_openapi_put_behavior(d, schema, field);
    return schema;
}

/* -- enums -- */
static gg_tree *enum_definition(gg_openapi_doc *d, const gg_desc_enum *e)
{
    static const gg_openapi_enum_keys keys = { GG_KEY_SCHEMA_TYPE, GG_KEY_SCHEMA_FORMAT, GG_KEY_SCHEMA_ENUM,
        GG_KEY_SCHEMA_DEFAULT };
    gg_tree *schema = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_str option = gg_openapi_option_message(d, e->options, GG_OPENAPIV2);
    gg_str ref = gg_option_text(option, GG_ENUM_SCHEMA_REF);
    gg_openapi_at(d, e->file, e->full_name);
    if (ref.len > 0) {
        gg_openapi_put_ref(d, schema, ref);
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_DEFAULT, gg_option_text(option, GG_ENUM_SCHEMA_DEFAULT));
    } else {
        gg_openapi_put_enum(d, schema, &keys, e);
    }
    gg_openapi_apply(d, schema, &gg_enum_schema_option, option);

    gg_str comment = gg_openapi_comment(d, e->file, gg_enum_path(d->make.arena, e));
    gg_str values = gg_openapi_value_comments(d, e);
    if (values.len > 0 && comment.len > 0)
        comment = gg_tree_printf(&d->make, "%.*s\n\n %.*s", GG_STR_ARG(comment), GG_STR_ARG(values));
    else if (values.len > 0)
        comment = gg_tree_printf(&d->make, " %.*s", GG_STR_ARG(values));
    gg_openapi_describe(d, schema, &gg_openapi_schema_words, comment);
    if (comment.len > 0 && gg_tree_get(schema, GG_KEY_SCHEMA_DESCRIPTION) == NULL) { /* the comment is no title here */
        gg_tree_put_text(&d->make, schema, GG_KEY_SCHEMA_DESCRIPTION, gg_tree_get_text(schema, GG_KEY_SCHEMA_TITLE));
        gg_tree_take(schema, GG_KEY_SCHEMA_TITLE);
    }
    return schema;
}

/* -- all of them -- */
void gg_openapi_define(gg_openapi_doc *d, gg_str name, gg_tree *schema)
{
    gg_tree_put_named(d->definitions, name, schema, true);
}

static void define_type(gg_openapi_doc *d, gg_openapi_type *type)
{
    static const gg_openapi_paths nothing = { NULL, 0 };
    bool message = type->message != NULL;
    gg_str full_name = message ? type->message->full_name : type->enum_type->full_name;
    gg_str name = gg_openapi_name(d, full_name);
    gg_openapi_at(d, message ? type->message->file : type->enum_type->file, full_name);
    if (gg_tree_find(d->definitions, name) != NULL)
        gg_openapi_fail(d, "another definition is called %.*s too", GG_STR_ARG(name));
    type->done = true;
    gg_openapi_define(d, name,
        message ? gg_openapi_message_definition(d, type->message, &nothing) : enum_definition(d, type->enum_type));
}

/* Ends: a type is defined once. */
void gg_openapi_define_all(gg_openapi_doc *d)
{
    for (bool more = true; more && !gg_openapi_failed(d);) {
        more = false;
        gg_openapi_follow(d, &d->types);
        for (gg_openapi_type *type = d->types.first; type != NULL && !gg_openapi_failed(d); type = type->next)
            if (type->define && !type->done) {
                define_type(d, type);
                more = true;
            }
    }
}
