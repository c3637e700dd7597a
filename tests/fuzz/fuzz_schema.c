/* fuzz_schema.c -- a descriptor set in.  Laws: what loads serves, every name leads back to its table, and every message,
 * empty, has JSON that is read again; what does not load has a fault. */
#include "fuzz.h"

enum { ARENA_LIMIT = 16 << 20 };

static void count_fault(void *user, const gg_schema_fault *fault)
{
    LAW(fault->reason.len > 0, "a fault without a reason");
    ++*(size_t *)user;
}

static void check_message(const gg_schema *schema, const gg_message_type *type)
{
    LAW(gg_schema_message(schema, type->name) == type, "the name of a message leads elsewhere");
    for (size_t i = 0; i < type->field_count; i++) {
        const gg_field *field = &type->fields[i];
        LAW(gg_field_by_number(type, field->number) == field, "the number of a field leads elsewhere");
        LAW(gg_field_by_name(type, field->name) != NULL && gg_field_by_name(type, field->json_name) != NULL,
            "the name of a field leads nowhere");
    }
    gg_arena *arena = gg_arena_new(NULL, ARENA_LIMIT);
    gg_codec_options options;
    gg_codec_options_init(&options);
    options.schema = schema;
    gg_str json, wire;
    if (!type->map_entry) {
        LAW(gg_wire_to_json(type, (gg_str){ "", 0 }, &options, arena, &json, NULL) == GG_OK,
            "an empty message without JSON");
        LAW(gg_json_to_wire(type, json, &options, arena, &wire, NULL) == GG_OK,
            "an empty message that cannot be read: %.*s", (int)json.len, json.ptr);
    }
    gg_arena_unref(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t faults = 0;
    gg_schema *schema = gg_schema_load((gg_str){ (const char *)data, size }, count_fault, &faults);
    LAW((schema == NULL) == (faults > 0), "%zu faults, and %s", faults, schema != NULL ? "loaded" : "not loaded");
    for (size_t i = 0; schema != NULL && i < gg_schema_file_count(schema); i++) {
        const gg_file_type *file = gg_schema_file_at(schema, i);
        for (size_t m = 0; m < file->message_count; m++)
            check_message(schema, file->messages[m]);
        for (size_t e = 0; e < file->enum_count; e++)
            LAW(gg_schema_enum(schema, file->enums[e]->name) == file->enums[e], "the name of an enum leads elsewhere");
        for (size_t s = 0; s < file->service_count; s++)
            LAW(gg_schema_service(schema, file->services[s]->name) == file->services[s],
                "a service's name leads elsewhere");
    }
    gg_schema_free(schema);
    return 0;
}
