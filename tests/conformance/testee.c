/* testee.c -- the program that protobuf's conformance suite tests: messages in, the same messages out, by the
 * public API alone (gg/message.h).
 *
 *   testee ... SET     SET: descriptors of the suite's messages and of its own protocol (an old runner repeats the
 *                      program's name before it)
 *
 *   stdin    length(4, little-endian) ConformanceRequest ...
 *   stdout   length(4, little-endian) ConformanceResponse ...
 *
 * Every request is decoded into a struct and encoded again; nothing of the input is passed through.  Text format
 * and JSPB are answered with `skipped`.
 * Spec: conformance/conformance.proto of protobuf. */
#include <stdio.h>
#include <stdlib.h>

#include "gg/message.h"

enum { REQUEST_MAX = 64u << 20 }; /* bytes; the suite's are far below */

/* Field numbers of conformance.proto. */
enum { REQUEST_PROTOBUF = 1, REQUEST_JSON = 2, REQUEST_FORMAT = 3, REQUEST_TYPE = 4, REQUEST_CATEGORY = 5 };
enum {
    RESPONSE_PARSE_ERROR = 1,
    RESPONSE_RUNTIME_ERROR = 2,
    RESPONSE_PROTOBUF = 3,
    RESPONSE_JSON = 4,
    RESPONSE_SKIPPED = 5,
    RESPONSE_SERIALIZE_ERROR = 6
};
enum { FORMAT_PROTOBUF = 1, FORMAT_JSON = 2 };
enum { CATEGORY_JSON_IGNORE_UNKNOWN = 3 };

typedef struct testee {
    gg_schema *schema;
    const gg_message_type *request, *response;
    gg_arena *arena; /* of the request at hand */
} testee;

/* -- members of a struct by their numbers -- */
static void *member(const gg_message_type *type, void *message, uint32_t number)
{
    const gg_field *field = gg_field_by_number(type, number);
    return field != NULL ? (char *)message + field->offset : NULL;
}

/* The number of the oneof's member that is set; `number` is any of its members. */
static int32_t oneof_case(const gg_message_type *type, void *message, uint32_t number)
{
    const gg_field *field = gg_field_by_number(type, number);
    int32_t set = 0;
    if (field != NULL)
        memcpy(&set, (char *)message + field->presence, sizeof set);
    return set;
}

static gg_str text_member(const gg_message_type *type, void *message, uint32_t number)
{
    gg_str text = { NULL, 0 };
    void *place = member(type, message, number);
    if (place != NULL)
        memcpy(&text, place, sizeof text);
    return text;
}

static int32_t enum_member(const gg_message_type *type, void *message, uint32_t number)
{
    int32_t value = 0;
    void *place = member(type, message, number);
    if (place != NULL)
        memcpy(&value, place, sizeof value);
    return value;
}

/* -- one request -- */
typedef struct answer {
    int32_t number; /* of the response's member */
    gg_str text;
} answer;

static answer failure(const testee *t, int32_t number, const gg_decode_error *error)
{
    return (answer){ number, gg_decode_error_text(error, t->arena) };
}

static answer transcode(const testee *t, const gg_message_type *type, bool json_in, gg_str payload, int32_t format,
    const gg_codec_options *options)
{
    answer a = { format == FORMAT_JSON ? RESPONSE_JSON : RESPONSE_PROTOBUF, { NULL, 0 } };
    gg_decode_error error = { .offset = 0 };
    void *message = gg_message_new(type, t->arena);
    if (message == NULL)
        return (answer){ RESPONSE_RUNTIME_ERROR, GG_STR("out of memory") };
    gg_rc rc = json_in ? gg_message_from_json(type, message, payload, options, t->arena, &error)
                       : gg_message_from_wire(type, message, payload, options, t->arena, &error);
    if (rc != GG_OK)
        return failure(t, RESPONSE_PARSE_ERROR, &error);
    if (format == FORMAT_JSON)
        rc = gg_message_to_json(type, message, options, t->arena, &a.text, &error);
    else
        rc = gg_message_to_wire(type, message, t->arena, &a.text);
    return rc == GG_OK ? a : failure(t, RESPONSE_SERIALIZE_ERROR, &error);
}

static answer answer_request(const testee *t, void *request)
{
    gg_str type_name = text_member(t->request, request, REQUEST_TYPE);
    int32_t payload_case = oneof_case(t->request, request, REQUEST_PROTOBUF);
    int32_t format = enum_member(t->request, request, REQUEST_FORMAT);
    bool json_in = payload_case == REQUEST_JSON;
    gg_codec_options options;
    gg_codec_options_init(&options);
    options.omit_unset = true;
    options.schema = t->schema;
    options.reject_unknown_fields = options.reject_unknown_enums =
        enum_member(t->request, request, REQUEST_CATEGORY) != CATEGORY_JSON_IGNORE_UNKNOWN;
    if (gg_str_eq(type_name, GG_STR("conformance.FailureSet"))) /* which failures to expect: none */
        return (answer){ RESPONSE_PROTOBUF, { NULL, 0 } };
    if ((payload_case != REQUEST_PROTOBUF && !json_in) || (format != FORMAT_PROTOBUF && format != FORMAT_JSON))
        return (answer){ RESPONSE_SKIPPED, GG_STR("neither protobuf nor JSON") };
    const gg_message_type *type = gg_schema_message(t->schema, type_name);
    if (type == NULL)
        return (answer){ RESPONSE_RUNTIME_ERROR, GG_STR("the type is not in the set") };
    gg_str payload = text_member(t->request, request, json_in ? REQUEST_JSON : REQUEST_PROTOBUF);
    return transcode(t, type, json_in, payload, format, &options);
}

/* The response's bytes; the result is a oneof of strings and bytes. */
static gg_rc write_response(const testee *t, answer a, gg_str *bytes)
{
    void *response = gg_message_new(t->response, t->arena);
    const gg_field *field = gg_field_by_number(t->response, (uint32_t)a.number);
    if (response == NULL || field == NULL)
        return GG_ENOMEM;
    memcpy((char *)response + field->offset, &a.text, sizeof a.text);
    memcpy((char *)response + field->presence, &a.number, sizeof a.number);
    return gg_message_to_wire(t->response, response, t->arena, bytes);
}

static bool serve_one(testee *t, gg_str bytes)
{
    gg_decode_error error;
    gg_str out;
    void *request = gg_message_new(t->request, t->arena);
    if (request == NULL || gg_message_from_wire(t->request, request, bytes, NULL, t->arena, &error) != GG_OK ||
        write_response(t, answer_request(t, request), &out) != GG_OK) {
        fprintf(stderr, "testee: a request that cannot be read, or no memory\n");
        return false;
    }
    unsigned char len[4] = { (unsigned char)out.len, (unsigned char)(out.len >> 8), (unsigned char)(out.len >> 16),
        (unsigned char)(out.len >> 24) };
    return fwrite(len, 1, sizeof len, stdout) == sizeof len && fwrite(out.ptr, 1, out.len, stdout) == out.len &&
        fflush(stdout) == 0;
}

/* -- the program -- */
static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "testee: %.*s: %.*s: %.*s\n", GG_STR_ARG(fault->file), GG_STR_ARG(fault->symbol),
        GG_STR_ARG(fault->reason));
}

static gg_schema *load(const char *path)
{
    FILE *f = fopen(path, "rb");
    long len = f != NULL && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    char *bytes = len > 0 ? malloc((size_t)len) : NULL;
    gg_schema *schema = NULL;
    if (bytes != NULL && fseek(f, 0, SEEK_SET) == 0 && fread(bytes, 1, (size_t)len, f) == (size_t)len)
        schema = gg_schema_load(gg_str_of(bytes, (size_t)len), print_fault, NULL);
    free(bytes);
    if (f != NULL)
        fclose(f);
    return schema;
}

static bool read_exactly(void *out, size_t len)
{
    return fread(out, 1, len, stdin) == len;
}

int main(int argc, char **argv)
{
    testee t = { .schema = argc >= 2 ? load(argv[argc - 1]) : NULL };
    unsigned char head[4];
    bool ok = t.schema != NULL;
    if (ok) {
        t.request = gg_schema_message(t.schema, GG_STR("conformance.ConformanceRequest"));
        t.response = gg_schema_message(t.schema, GG_STR("conformance.ConformanceResponse"));
        ok = t.request != NULL && t.response != NULL;
    }
    if (!ok)
        fprintf(stderr, "usage: testee SET, where SET has conformance.proto\n");
    while (ok && read_exactly(head, sizeof head)) {
        size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        char *bytes = len <= REQUEST_MAX ? malloc(len + 1) : NULL;
        t.arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        ok = bytes != NULL && t.arena != NULL && read_exactly(bytes, len) && serve_one(&t, gg_str_of(bytes, len));
        gg_arena_unref(t.arena);
        free(bytes);
    }
    gg_schema_free(t.schema);
    return ok ? 0 : 1;
}
