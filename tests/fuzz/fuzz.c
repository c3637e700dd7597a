/* fuzz.c -- what the fuzz targets share (fuzz.h). */
#include "fuzz.h"

enum { ARENA_LIMIT = 64 << 20, SET_LIMIT = 1 << 20 };

static const char *const types[] = { "Scalars", "Optionals", "PackedLists", "UnpackedLists", "Choice", "Maps",
    "WellKnown", "Names", "Tree", "Defaults", "Needed", "Closed", "Groups", "Extended", "OldLists", "Old" };

static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "%.*s: %.*s\n", (int)fault->symbol.len, fault->symbol.ptr, (int)fault->reason.len,
        fault->reason.ptr);
}

static const gg_schema *load(void)
{
    static gg_schema *schema;
    if (schema != NULL)
        return schema;
    char *set = malloc(SET_LIMIT);
    FILE *file = fopen(GG_FUZZ_SET, "rb");
    LAW(set != NULL && file != NULL, "cannot open " GG_FUZZ_SET);
    size_t len = fread(set, 1, SET_LIMIT, file);
    fclose(file);
    schema = gg_schema_load((gg_str){ set, len }, print_fault, NULL);
    free(set);
    LAW(schema != NULL, "the schema of the tests has faults");
    return schema;
}

bool fuzz_begin(fuzz_input *input, const uint8_t *data, size_t size)
{
    if (size < 2)
        return false;
    const gg_schema *schema = load();
    char name[64];
    int len = snprintf(name, sizeof name, "every.v1.%s", types[data[0] % (sizeof types / sizeof types[0])]);
    *input = (fuzz_input){ .type = gg_schema_message(schema, (gg_str){ name, (size_t)len }),
        .arena = gg_arena_new(NULL, ARENA_LIMIT),
        .bytes = { (const char *)data + 2, size - 2 } };
    LAW(input->type != NULL && input->arena != NULL, "%s is missing", name);
    gg_codec_options_init(&input->options);
    input->options.omit_unset = data[1] & 1;
    input->options.proto_names = data[1] & 2;
    input->options.enums_as_numbers = data[1] & 4;
    input->options.reject_unknown_fields = data[1] & 8;
    input->options.reject_unknown_enums = data[1] & 16;
    input->options.int64_as_numbers = data[1] & 32;
    input->options.pretty = data[1] & 64;
    input->options.schema = schema;
    return true;
}

void fuzz_end(fuzz_input *input)
{
    gg_arena_unref(input->arena);
}

bool fuzz_same(gg_str a, gg_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
