/* filter.c -- answers requests for transcoding, so that a test in another language can put many to one process.
 *
 *   filter DESCRIPTOR_SET < requests > answers
 *
 *   request   uint32 length of what follows | direction | options | uint8 length of the type's name | name | bytes
 *   answer    uint32 length of what follows | 0 accepted, 1 refused | bytes, or the error's text
 *
 *   direction   'j' wire to JSON, 'w' JSON to wire, 'i' wire to wire
 *   options     bits: 1 omit_unset, 2 proto_names, 4 enums_as_numbers, 8 reject_unknown_fields,
 *               16 reject_unknown_enums, 32 int64_as_numbers, 64 pretty
 *
 * Numbers are little-endian.  Public API only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gg/message.h"

enum { REQUEST_LIMIT = 16 << 20, ARENA_LIMIT = 256 << 20, POOL_KEEP = 1 << 20 };

static void die(const char *why)
{
    fprintf(stderr, "filter: %s\n", why);
    exit(2);
}

static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "%.*s: %.*s: %.*s\n", (int)fault->file.len, fault->file.ptr, (int)fault->symbol.len,
        fault->symbol.ptr, (int)fault->reason.len, fault->reason.ptr);
}

static gg_schema *load_schema(const char *path)
{
    static char set[1 << 20];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die("cannot open the descriptor set");
    size_t len = fread(set, 1, sizeof set, file);
    fclose(file);
    gg_schema *schema = gg_schema_load((gg_str){ set, len }, print_fault, NULL);
    if (schema == NULL)
        die("the descriptor set has faults");
    return schema;
}

static gg_rc transcode(const gg_schema *schema, const char *request, size_t len, gg_arena *arena, gg_str *out)
{
    unsigned bits = (unsigned char)request[1];
    size_t name_len = (unsigned char)request[2];
    if (3 + name_len > len)
        die("a request is cut short");
    const gg_message_type *type = gg_schema_message(schema, (gg_str){ request + 3, name_len });
    if (type == NULL)
        die("a request names an unknown type");
    gg_str in = { request + 3 + name_len, len - 3 - name_len };
    gg_codec_options options;
    gg_codec_options_init(&options);
    options.omit_unset = bits & 1;
    options.proto_names = bits & 2;
    options.enums_as_numbers = bits & 4;
    options.reject_unknown_fields = bits & 8;
    options.reject_unknown_enums = bits & 16;
    options.int64_as_numbers = bits & 32;
    options.pretty = bits & 64;
    options.schema = schema;

    gg_decode_error error = { 0 };
    gg_rc rc = request[0] == 'j' ? gg_wire_to_json(type, in, &options, arena, out, &error)
        : request[0] == 'w'      ? gg_json_to_wire(type, in, &options, arena, out, &error)
                                 : gg_wire_to_wire(type, in, &options, arena, out, &error);
    if (rc != GG_OK)
        *out = gg_decode_error_text(&error, arena);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage: filter DESCRIPTOR_SET");
    gg_schema *schema = load_schema(argv[1]);
    gg_chunk_pool *pool = gg_chunk_pool_new(POOL_KEEP);
    unsigned char head[4];
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        char *request = len >= 3 && len <= REQUEST_LIMIT ? malloc(len) : NULL; /* exactly: a read too far is seen */
        gg_arena *arena = gg_arena_new(pool, ARENA_LIMIT);
        if (request == NULL || arena == NULL || fread(request, 1, len, stdin) != len)
            die("a request is too long or cut short");
        gg_str out;
        gg_rc rc = transcode(schema, request, len, arena, &out);
        size_t answer = 1 + out.len;
        for (size_t i = 0; i < sizeof head; i++)
            head[i] = (unsigned char)(answer >> 8 * i);
        fwrite(head, 1, sizeof head, stdout);
        fputc(rc == GG_OK ? 0 : 1, stdout);
        if (out.len > 0)
            fwrite(out.ptr, 1, out.len, stdout);
        fflush(stdout);
        gg_arena_unref(arena);
        free(request);
    }
    gg_chunk_pool_free(pool);
    gg_schema_free(schema);
    return 0;
}
