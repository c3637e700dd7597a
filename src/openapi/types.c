/* types.c -- the messages and enums that a document speaks of, and those that they lead to (document.h). */
#include "openapi/document.h"
#include "openapi/options.h"

/* The type of that name; made if it is new.  NULL when out of memory. */
static gg_openapi_type *enter(gg_openapi_doc *d, gg_openapi_types *types, gg_str full_name)
{
    gg_openapi_type *type = (gg_openapi_type *)gg_map_get(&types->by_name, full_name);
    if (type != NULL || d->make.failed)
        return type;
    type = gg_arena_zalloc(d->make.arena, sizeof *type);
    if (type == NULL || gg_map_put(&types->by_name, full_name, type) != GG_OK) {
        d->make.failed = true;
        return NULL;
    }
    if (types->last != NULL)
        types->last->next = type;
    else
        types->first = type;
    types->last = type;
    return type;
}

void gg_openapi_add_message(gg_openapi_doc *d, gg_openapi_types *types, const gg_desc_message *message, bool define)
{
    gg_openapi_type *type = enter(d, types, message->full_name);
    if (type == NULL)
        return;
    type->message = message;
    type->define |= define && !message->map_entry && !gg_openapi_is_inline(message);
}

void gg_openapi_add_enum(gg_openapi_doc *d, gg_openapi_types *types, const gg_desc_enum *e)
{
    gg_openapi_type *type = enter(d, types, e->full_name);
    if (type == NULL)
        return;
    type->enum_type = e;
    type->define = true;
}

bool gg_openapi_add_named(gg_openapi_doc *d, gg_openapi_types *types, gg_str name)
{
    if (name.len < 2 || name.ptr[0] != '.')
        return false;
    const gg_desc_symbol *symbol = gg_map_get(&d->set->symbols, gg_str_of(name.ptr + 1, name.len - 1));
    if (symbol != NULL && symbol->kind == GG_DESC_MESSAGE)
        gg_openapi_add_message(d, types, symbol->what, true);
    else if (symbol != NULL && symbol->kind == GG_DESC_ENUM)
        gg_openapi_add_enum(d, types, symbol->what);
    else
        return false;
    return true;
}

static void follow_fields(gg_openapi_doc *d, gg_openapi_types *types, const gg_desc_message *message)
{
    for (size_t i = 0; i < message->field_count; i++) {
        const gg_desc_field *field = &message->fields[i];
        if (!gg_openapi_is_visible(d, field->options))
            continue;
        if (field->message != NULL)
            gg_openapi_add_message(d, types, field->message, true);
        else if (field->enum_type != NULL)
            gg_openapi_add_enum(d, types, field->enum_type);
    }
}

/* Ends: a type is entered once. */
void gg_openapi_follow(gg_openapi_doc *d, gg_openapi_types *types)
{
    gg_openapi_type *type = types->followed != NULL ? types->followed->next : types->first;
    for (; type != NULL; type = type->next) {
        if (type->message != NULL)
            follow_fields(d, types, type->message);
        types->followed = type;
    }
}
