/* schema.c -- a schema, from a FileDescriptorSet or of tables that exist, and its look-ups (gg/schema.h).
 *
 *   bytes -> gg_desc_set (descriptor.h) -> tables (schema_build.h); the descriptors are dropped then.
 *   generated files -> their tables as they are
 *
 * The tables and the schema itself stand in one arena; the maps beside it are malloc's. */
#include "base/map.h"
#include "proto/schema_build.h"
#include "proto/well_known.h"

struct gg_schema {
    gg_arena *arena; /* this struct is in it */
    gg_map messages, enums, services, extensions;
    const gg_service_type **service_list;
    const gg_file_type **file_list;
    size_t service_count, file_count, file_cap;
};

typedef struct extension {
    const gg_field *field;
    const gg_message_type *extendee;
} extension;

/* -- the index -- */
/* A name that is there already keeps its first table. */
static gg_rc put(gg_map *map, gg_str name, const void *table)
{
    gg_rc rc = gg_map_put(map, name, table);
    return rc == GG_EINVAL ? GG_OK : rc;
}

static gg_rc index_extensions(gg_schema *schema, const gg_message_type *type)
{
    gg_rc rc = GG_OK;
    for (size_t i = type->field_count; i-- > 0 && (type->fields[i].flags & GG_FIELD_EXTENSION) && rc == GG_OK;) {
        extension *e = gg_arena_alloc(schema->arena, sizeof *e);
        if (e == NULL)
            return GG_ENOMEM;
        *e = (extension){ &type->fields[i], type };
        rc = put(&schema->extensions, e->field->name, e);
    }
    return rc;
}

static gg_rc index_file(gg_schema *schema, const gg_file_type *file)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < file->message_count && rc == GG_OK; i++) {
        rc = put(&schema->messages, file->messages[i]->name, file->messages[i]);
        if (rc == GG_OK)
            rc = index_extensions(schema, file->messages[i]);
    }
    for (size_t i = 0; i < file->enum_count && rc == GG_OK; i++)
        rc = put(&schema->enums, file->enums[i]->name, file->enums[i]);
    for (size_t i = 0; i < file->service_count && rc == GG_OK; i++) {
        rc = put(&schema->services, file->services[i]->name, file->services[i]);
        schema->service_list[schema->service_count++] = file->services[i];
    }
    return rc;
}

/* Indexes what the files in the list define. */
static gg_rc index_files(gg_schema *schema)
{
    size_t services = 0;
    for (size_t i = 0; i < schema->file_count; i++)
        services += schema->file_list[i]->service_count;
    schema->service_list = gg_arena_alloc(schema->arena, services * sizeof *schema->service_list + 1);
    gg_rc rc = schema->service_list != NULL ? GG_OK : GG_ENOMEM;
    for (size_t i = 0; i < schema->file_count && rc == GG_OK; i++)
        rc = index_file(schema, schema->file_list[i]);
    return rc;
}

static gg_rc list_file(gg_schema *schema, const gg_file_type *file)
{
    if (schema->file_count == schema->file_cap) {
        size_t cap = schema->file_cap > 0 ? 2 * schema->file_cap : 8;
        const gg_file_type **list =
            gg_arena_grow(schema->arena, schema->file_list, schema->file_cap * sizeof *list, cap * sizeof *list);
        if (list == NULL)
            return GG_ENOMEM;
        schema->file_list = list;
        schema->file_cap = cap;
    }
    schema->file_list[schema->file_count++] = file;
    return GG_OK;
}

/* Whether a file of the set imports it; descriptor.proto is there even if none does. */
static bool is_imported(const gg_desc_set *set, const gg_desc_file *file)
{
    for (size_t i = 0; i < set->file_count; i++)
        for (size_t k = 0; k < set->files[i]->import_count; k++)
            if (set->files[i]->imports[k].file == file)
                return true;
    return false;
}

static gg_rc list_set(gg_schema *schema, const gg_desc_set *set)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < set->file_count && rc == GG_OK; i++)
        if (i < set->added_count || is_imported(set, set->files[i]))
            rc = list_file(schema, set->files[i]->table);
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
    if (rc == GG_OK || rc == GG_EINVAL) /* with faults too, to find all of them */
        rc = gg_desc_set_link(&descriptors);
    if (rc == GG_OK)
        rc = gg_schema_build(&descriptors, GG_WITH_EXTENSIONS, schema->arena);
    if (rc == GG_OK)
        rc = list_set(schema, &descriptors);
    if (rc == GG_OK)
        rc = index_files(schema);
    gg_desc_set_deinit(&descriptors);
    if (rc == GG_OK)
        return schema;
    if (rc == GG_ENOMEM && on_fault != NULL)
        on_fault(user, &(gg_schema_fault){ .reason = GG_STR("out of memory") });
    gg_schema_free(schema);
    return NULL;
}

/* The files and, behind them, what they import, each once. */
static gg_rc list_reachable(gg_schema *schema, const gg_file_type *const *files, size_t file_count, gg_map *seen)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < file_count && rc == GG_OK; i++) {
        rc = gg_map_put(seen, files[i]->name, files[i]);
        if (rc == GG_OK)
            rc = list_file(schema, files[i]);
        else if (rc == GG_EINVAL)
            rc = GG_OK;
    }
    return rc;
}

gg_schema *gg_schema_of_files(const gg_file_type *const *files, size_t file_count)
{
    gg_schema *schema = new_schema();
    if (schema == NULL)
        return NULL;
    gg_map seen = { 0 };
    gg_rc rc = list_reachable(schema, files, file_count, &seen);
    for (size_t i = 0; i < schema->file_count && rc == GG_OK; i++) /* grows by files that were not seen */
        rc = list_reachable(schema, schema->file_list[i]->imports, schema->file_list[i]->import_count, &seen);
    gg_map_deinit(&seen);
    if (rc == GG_OK)
        rc = index_files(schema);
    if (rc == GG_OK)
        return schema;
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
    gg_map_deinit(&schema->extensions);
    gg_arena_unref(schema->arena);
}

/* -- look-ups -- */
const gg_message_type *gg_schema_message(const gg_schema *schema, gg_str name)
{
    const gg_message_type *type = gg_map_get(&schema->messages, name);
    return type != NULL ? type : gg_wkt_message(name);
}

const gg_enum_type *gg_schema_enum(const gg_schema *schema, gg_str name)
{
    return gg_map_get(&schema->enums, name);
}

const gg_service_type *gg_schema_service(const gg_schema *schema, gg_str name)
{
    return gg_map_get(&schema->services, name);
}

const gg_field *gg_schema_extension(const gg_schema *schema, gg_str name, const gg_message_type **extendee)
{
    const extension *e = gg_map_get(&schema->extensions, name);
    if (extendee != NULL)
        *extendee = e != NULL ? e->extendee : NULL;
    return e != NULL ? e->field : NULL;
}

size_t gg_schema_memory(const gg_schema *schema)
{
    size_t entries = schema->messages.cap + schema->enums.cap + schema->services.cap + schema->extensions.cap;
    return gg_arena_taken(schema->arena) + entries * sizeof(gg_map_entry);
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
