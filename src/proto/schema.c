/* schema.c -- a schema built at run time from a FileDescriptorSet, and its look-ups (gg/schema.h).
 *
 *   bytes -> gg_desc_set (descriptor.h) -> tables (schema_build.h); the descriptors are dropped then.
 *
 * The tables and the schema itself stand in one arena; the maps beside it are malloc's. */
#include "base/map.h"
#include "proto/schema_build.h"

struct gg_schema {
    gg_arena *arena; /* this struct is in it */
    gg_map messages, enums, services;
    const gg_service_type **service_list;
    size_t service_count;
    const gg_file_type **file_list;
    size_t file_count;
};

static gg_rc index_file(gg_schema *schema, const gg_desc_file *file)
{
    gg_rc rc = GG_OK;
    for (const gg_desc_message *m = file->all_messages; m != NULL && rc == GG_OK; m = m->next)
        rc = gg_map_put(&schema->messages, m->table->name, m->table);
    for (const gg_desc_enum *e = file->all_enums; e != NULL && rc == GG_OK; e = e->next)
        rc = gg_map_put(&schema->enums, e->table->name, e->table);
    for (size_t i = 0; i < file->service_count && rc == GG_OK; i++) {
        const gg_service_type *service = file->services[i].table;
        rc = gg_map_put(&schema->services, service->name, service);
        schema->service_list[schema->service_count++] = service;
    }
    return rc;
}

static gg_rc index_tables(gg_schema *schema, const gg_desc_set *set)
{
    size_t services = 0;
    for (size_t i = 0; i < set->file_count; i++)
        services += set->files[i]->service_count;
    schema->service_list = gg_arena_alloc(schema->arena, services * sizeof *schema->service_list + 1);
    schema->file_list = gg_arena_alloc(schema->arena, set->file_count * sizeof *schema->file_list + 1);
    gg_rc rc = schema->service_list != NULL && schema->file_list != NULL ? GG_OK : GG_ENOMEM;
    for (size_t i = 0; i < set->file_count && rc == GG_OK; i++) {
        schema->file_list[schema->file_count++] = set->files[i]->table;
        rc = index_file(schema, set->files[i]);
    }
    return rc;
}

static gg_schema *new_schema(void)
{
    gg_arena *arena = gg_arena_new(NULL, GG_DESC_MEMORY);
    if (arena == NULL)
        return NULL;
    gg_schema *schema = gg_arena_zalloc(arena, sizeof *schema);
    if (schema == NULL)
        gg_arena_unref(arena);
    else
        schema->arena = arena;
    return schema;
}

gg_schema *gg_schema_load(gg_str set, void (*on_fault)(void *user, const gg_schema_fault *fault), void *user)
{
    gg_desc_set descriptors;
    gg_schema *schema = new_schema();
    gg_rc rc = gg_desc_set_init(&descriptors, on_fault, user);
    if (schema == NULL)
        rc = GG_ENOMEM;
    if (rc == GG_OK)
        rc = gg_desc_set_add_all(&descriptors, set, 1);
    if (rc == GG_OK)
        rc = gg_desc_set_link(&descriptors);
    if (rc == GG_OK)
        rc = gg_schema_build(&descriptors, schema->arena);
    if (rc == GG_OK)
        rc = index_tables(schema, &descriptors);
    gg_desc_set_deinit(&descriptors);
    if (rc == GG_OK)
        return schema;
    if (rc == GG_ENOMEM && on_fault != NULL)
        on_fault(user, &(gg_schema_fault){ .reason = GG_STR("out of memory") });
    gg_schema_free(schema);
    return NULL;
}

void gg_schema_free(gg_schema *schema)
{
    if (schema == NULL)
        return;
    gg_map_deinit(&schema->messages);
    gg_map_deinit(&schema->enums);
    gg_map_deinit(&schema->services);
    gg_arena_unref(schema->arena);
}

/* -- look-ups -- */
const gg_message_type *gg_schema_message(const gg_schema *schema, gg_str name)
{
    return gg_map_get(&schema->messages, name);
}

const gg_enum_type *gg_schema_enum(const gg_schema *schema, gg_str name)
{
    return gg_map_get(&schema->enums, name);
}

const gg_service_type *gg_schema_service(const gg_schema *schema, gg_str name)
{
    return gg_map_get(&schema->services, name);
}

size_t gg_schema_service_count(const gg_schema *schema)
{
    return schema->service_count;
}

const gg_service_type *gg_schema_service_at(const gg_schema *schema, size_t index)
{
    return index < schema->service_count ? schema->service_list[index] : NULL;
}

size_t gg_schema_file_count(const gg_schema *schema)
{
    return schema->file_count;
}

const gg_file_type *gg_schema_file_at(const gg_schema *schema, size_t index)
{
    return index < schema->file_count ? schema->file_list[index] : NULL;
}
