/* ours.c -- JSON -> wire and wire -> JSON by gg/message.h, for bench/transcode.
 *
 *   transcode-ours generated|loaded FILE...            a round for each body: a line "ns-in ns-out"
 *   transcode-ours generated|loaded in|out N FILE      N messages one way, for callgrind and the malloc counter
 *
 * Tables of generated code, or of a schema that is loaded from descriptors.  An arena a message, their memory kept
 * in a pool; fields without a value are left out, as the others do. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/v1/echo.gg.h"
#include "gg/message.h"

enum { ROUND_NS = 200 * 1000 * 1000, POOL_KEEP = 8 << 20, FILE_MAX = 1 << 20, CLOCK_EVERY_LEN = 16384 };

typedef struct bench {
    const gg_message_type *type;
    gg_codec_options options;
    gg_chunk_pool *pool;
    gg_str json, wire; /* one message in both forms */
    size_t sum;        /* of the lengths of all results, so that each is used */
} bench;

static void check(gg_rc rc, const gg_decode_error *error, gg_arena *arena)
{
    if (rc == GG_OK)
        return;
    gg_str text = gg_decode_error_text(error, arena);
    fprintf(stderr, "transcode-ours: %.*s\n", GG_STR_ARG(text));
    exit(1);
}

static void convert(bench *b, bool in)
{
    gg_decode_error error;
    gg_str out = { NULL, 0 };
    gg_arena *arena = gg_arena_new(b->pool, GG_ARENA_LIMIT);
    if (in)
        check(gg_json_to_wire(b->type, b->json, &b->options, arena, &out, &error), &error, arena);
    else
        check(gg_wire_to_json(b->type, b->wire, &b->options, arena, &out, &error), &error, arena);
    b->sum += out.len;
    gg_arena_unref(arena);
}

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds of CPU for one message. */
static double round_ns(bench *b, bool in)
{
    size_t count = 0, batch = 1 + CLOCK_EVERY_LEN / b->json.len;
    double start = now_ns(), spent;
    do {
        for (size_t i = 0; i < batch; i++)
            convert(b, in);
        count += batch;
        spent = now_ns() - start;
    } while (spent < ROUND_NS);
    return spent / (double)count;
}

/* The message in both forms, and the proof that they are one. */
static void load_body(bench *b, const char *path, gg_arena *arena)
{
    gg_decode_error error;
    gg_str back;
    FILE *f = fopen(path, "rb");
    char *bytes = gg_arena_alloc(arena, FILE_MAX);
    if (f == NULL || bytes == NULL) {
        perror(path);
        exit(1);
    }
    b->json = gg_str_of(bytes, fread(bytes, 1, FILE_MAX, f));
    fclose(f);
    check(gg_json_to_wire(b->type, b->json, &b->options, arena, &b->wire, &error), &error, arena);
    check(gg_wire_to_json(b->type, b->wire, &b->options, arena, &back, &error), &error, arena);
    if (!gg_str_eq(back, b->json)) {
        fprintf(stderr, "transcode-ours: %s does not come back as it was\n", path);
        exit(1);
    }
}

/* A schema from the descriptor that the generated code holds: a FileDescriptorSet of one file. */
static gg_schema *load_schema(void)
{
    gg_str file = bench_v1_echo_proto_file.descriptor;
    unsigned char set[8192];
    size_t len = 0;
    set[len++] = 1 << 3 | 2;
    for (size_t rest = file.len; rest > 0 || len == 1; rest >>= 7)
        set[len++] = (unsigned char)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (file.len > sizeof set - len)
        return NULL;
    memcpy(set + len, file.ptr, file.len);
    return gg_schema_load(gg_str_of((const char *)set, len + file.len), NULL, NULL);
}

int main(int argc, char **argv)
{
    bench b = { .type = &bench_v1_EchoMessage_type, .pool = gg_chunk_pool_new(POOL_KEEP) };
    gg_schema *schema = argc > 2 && strcmp(argv[1], "loaded") == 0 ? load_schema() : NULL;
    if (argc < 3 || (schema == NULL && strcmp(argv[1], "generated") != 0) || b.pool == NULL)
        return fprintf(stderr, "usage: transcode-ours generated|loaded FILE... | in|out N FILE\n"), 2;
    if (schema != NULL)
        b.type = gg_schema_message(schema, GG_STR("bench.v1.EchoMessage"));
    gg_codec_options_init(&b.options);
    b.options.omit_unset = true;
    bool counted = argc == 5 && (strcmp(argv[2], "in") == 0 || strcmp(argv[2], "out") == 0);
    for (int i = counted ? 4 : 2; i < argc; i++) {
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        load_body(&b, argv[i], arena);
        for (long n = counted ? atol(argv[3]) : 0; n > 0; n--)
            convert(&b, strcmp(argv[2], "in") == 0);
        if (!counted) {
            double in = round_ns(&b, true), out = round_ns(&b, false);
            printf("%.1f %.1f\n", in, out);
        }
        gg_arena_unref(arena);
    }
    fprintf(stderr, "%zu bytes written in all\n", b.sum);
    gg_chunk_pool_free(b.pool);
    gg_schema_free(schema);
    return 0;
}
