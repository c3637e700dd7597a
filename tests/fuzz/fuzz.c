/* fuzz.c -- what the fuzz targets share (fuzz.h). */
#include "fuzz.h"

enum { ARENA_LIMIT = 64 << 20, SET_LIMIT = 1 << 20 };

static const char *const types[] = { "Scalars", "Optionals", "PackedLists", "UnpackedLists", "Choice", "Maps", "WellKnown",
    "Names", "Tree", "Defaults", "Needed", "Closed", "Groups", "Extended", "OldLists", "Old" };

typedef struct fuzz_state {
    char set[SET_LIMIT];
    size_t set_len;
    gg_schema *schema;
} fuzz_state;

static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "%.*s: %.*s\n", (int)fault->symbol.len, fault->symbol.ptr, (int)fault->reason.len, fault->reason.ptr);
}

static fuzz_state *load(void)
{
    static fuzz_state state;
    if (state.schema != NULL)
        return &state;
    FILE *file = fopen(GG_FUZZ_SET, "rb");
    LAW(file != NULL, "cannot open " GG_FUZZ_SET);
    state.set_len = fread(state.set, 1, sizeof state.set, file);
    fclose(file);
    state.schema = gg_schema_load((gg_str){ state.set, state.set_len }, print_fault, NULL);
    LAW(state.schema != NULL, "the schema of the tests has faults");
    return &state;
}

gg_str fuzz_schema_set(void)
{
    const fuzz_state *state = load();
    return (gg_str){ state->set, state->set_len };
}

bool fuzz_begin(fuzz_input *input, const uint8_t *data, size_t size)
{
    if (size < 2)
        return false;
    const fuzz_state *state = load();
    char name[64];
    int len = snprintf(name, sizeof name, "every.v1.%s", types[data[0] % (sizeof types / sizeof types[0])]);
    *input = (fuzz_input){ .type = gg_schema_message(state->schema, (gg_str){ name, (size_t)len }),
        .arena = gg_arena_new(NULL, ARENA_LIMIT), .bytes = { (const char *)data + 2, size - 2 } };
    LAW(input->type != NULL && input->arena != NULL, "%s is missing", name);
    gg_codec_options_init(&input->options);
    input->options.omit_unset = data[1] & 1;
    input->options.proto_names = data[1] & 2;
    input->options.enums_as_numbers = data[1] & 4;
    input->options.reject_unknown_fields = data[1] & 8;
    input->options.reject_unknown_enums = data[1] & 16;
    input->options.int64_as_numbers = data[1] & 32;
    input->options.pretty = data[1] & 64;
    input->options.schema = state->schema;
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
