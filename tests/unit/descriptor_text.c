/* descriptor_text.c -- descriptors as text (descriptor_text.h). */
#include "descriptor_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/wire.h"

/* clang-format off */
static const struct { const char *in, *name; uint32_t number; const char *is; } fields[] = {
    { "set", "file", 1, "file" },
    { "file", "name", 1, NULL },           { "file", "package", 2, NULL },
    { "file", "dependency", 3, NULL },     { "file", "message_type", 4, "message" },
    { "file", "enum_type", 5, "enum" },    { "file", "service", 6, "service" },
    { "file", "extension", 7, "field" },   { "file", "options", 8, "options" },
    { "file", "source_code_info", 9, "raw" }, { "file", "public_dependency", 10, NULL },
    { "file", "syntax", 12, NULL },        { "file", "edition", 14, NULL },
    { "file", "option_dependency", 15, NULL },
    { "message", "name", 1, NULL },        { "message", "field", 2, "field" },
    { "message", "nested_type", 3, "message" }, { "message", "enum_type", 4, "enum" },
    { "message", "extension", 6, "field" }, { "message", "options", 7, "options" },
    { "message", "oneof_decl", 8, "oneof" }, { "message", "extension_range", 5, "range" },
    { "message", "reserved_range", 9, "range" }, { "message", "reserved_name", 10, NULL },
    { "message", "visibility", 11, NULL },
    { "range", "start", 1, NULL },         { "range", "end", 2, NULL },
    { "field", "name", 1, NULL },          { "field", "extendee", 2, NULL },
    { "field", "number", 3, NULL },        { "field", "label", 4, NULL },
    { "field", "type", 5, NULL },          { "field", "type_name", 6, NULL },
    { "field", "default_value", 7, NULL }, { "field", "options", 8, "options" },
    { "field", "oneof_index", 9, NULL },   { "field", "json_name", 10, NULL },
    { "field", "proto3_optional", 17, NULL },
    { "oneof", "name", 1, NULL },          { "oneof", "options", 2, "options" },
    { "enum", "name", 1, NULL },           { "enum", "value", 2, "value" },
    { "enum", "options", 3, "options" },   { "enum", "reserved_range", 4, "range" },
    { "enum", "reserved_name", 5, NULL },  { "enum", "visibility", 6, NULL },
    { "value", "name", 1, NULL },          { "value", "number", 2, NULL },
    { "service", "name", 1, NULL },        { "service", "method", 2, "method" },
    { "method", "name", 1, NULL },         { "method", "input_type", 2, NULL },
    { "method", "output_type", 3, NULL },  { "method", "options", 4, "options" },
    { "method", "client_streaming", 5, NULL }, { "method", "server_streaming", 6, NULL },
    { "options", "packed", 2, NULL },      { "options", "allow_alias", 2, NULL },
    { "options", "map_entry", 7, NULL },   { "options", "message_set", 1, NULL },
    { "options", "file_features", 50, "features" },    { "options", "message_features", 12, "features" },
    { "options", "field_features", 21, "features" },   { "options", "oneof_features", 1, "features" },
    { "options", "enum_features", 7, "features" },
    { "features", "presence", 1, NULL },               { "features", "enum", 2, NULL },
    { "features", "repeated", 3, NULL },               { "features", "utf8", 4, NULL },
    { "features", "encoding", 5, NULL },               { "features", "json", 6, NULL },
    { "features", "visibility", 8, NULL },
};
/* clang-format on */

typedef struct reader {
    const char *at, *text;
    gg_buf *out;
} reader;

static void skip_space(reader *r)
{
    while (*r->at == ' ' || *r->at == '\n')
        r->at++;
}

static gg_str take_word(reader *r)
{
    skip_space(r);
    const char *start = r->at;
    while ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= '0' && *r->at <= '9') || *r->at == '_' || *r->at == '-')
        r->at++;
    if (r->at == start)
        fail_msg("descriptor text, at: %s", start);
    return gg_str_of(start, (size_t)(r->at - start));
}

/* A number: itself; a name: looked up.  *is gets what stands inside. */
static uint32_t field_number(gg_str word, const char *in, const char **is)
{
    *is = "raw";
    if (word.ptr[0] >= '0' && word.ptr[0] <= '9')
        return (uint32_t)strtoul(word.ptr, NULL, 10);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].in, in) == 0 && gg_str_eq(gg_str_from(fields[i].name), word)) {
            *is = fields[i].is;
            return fields[i].number;
        }
    fail_msg("descriptor text: no field %.*s in %s", GG_STR_ARG(word), in);
    return 0;
}

/* 'text' with \xHH, to the closing quote. */
static void put_text(reader *r, uint32_t number)
{
    char bytes[4096];
    size_t len = 0;
    for (r->at++; *r->at != '\''; r->at++) {
        char c = *r->at;
        if (c == '\\') {
            const char hex[3] = { r->at[2], r->at[3], 0 };
            c = (char)strtoul(hex, NULL, 16);
            r->at += 3;
        }
        assert_true(len < sizeof bytes && *r->at != 0);
        bytes[len++] = c;
    }
    r->at++;
    assert_int_equal(gg_wire_write_bytes(r->out, number, gg_str_of(bytes, len)), GG_OK);
}

/* Fields up to the closing brace, or the end.  Recursion: as deep as the test's text. */
static void put_fields(reader *r, const char *in)
{
    for (skip_space(r); *r->at != '}' && *r->at != 0; skip_space(r)) {
        const char *is;
        uint32_t number = field_number(take_word(r), in, &is);
        gg_buf inner = { 0 };
        skip_space(r);
        if (*r->at == ':') {
            r->at++;
            skip_space(r);
            if (*r->at == '\'')
                put_text(r, number);
            else
                assert_int_equal(gg_wire_write_varint(r->out, number, (uint64_t)strtoll(take_word(r).ptr, NULL, 10)),
                    GG_OK);
            continue;
        }
        assert_int_equal(*r->at, '{');
        assert_non_null(is);
        reader sub = { r->at + 1, r->text, &inner };
        put_fields(&sub, is);
        assert_int_equal(*sub.at, '}');
        r->at = sub.at + 1;
        assert_int_equal(gg_wire_write_bytes(r->out, number, gg_buf_str(&inner)), GG_OK);
        gg_buf_deinit(&inner);
    }
}

void descriptor_from_text(const char *text, const char *what, gg_buf *out)
{
    reader r = { text, text, out };
    put_fields(&r, what);
    if (*r.at != 0)
        fail_msg("descriptor text, at: %s", r.at);
}
