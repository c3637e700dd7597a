/* test_schema_limits.c -- how far types are looked for: scopes around a name, and public imports behind a file;
 * deep messages, and large sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "descriptor_text.h"
#include "gg/schema.h"
#include "proto/descriptor.h"
#include "proto/wire.h"

static void on_fault(void *user, const gg_schema_fault *fault)
{
    gg_buf *text = user;
    assert_int_equal(gg_buf_append(text, fault->file), GG_OK);
    assert_int_equal(gg_buf_append(text, GG_STR(": ")), GG_OK);
    assert_int_equal(gg_buf_append(text, fault->reason), GG_OK);
    assert_int_equal(gg_buf_append(text, GG_STR("\n")), GG_OK);
}

/* Loads the set, which is freed; the faults must be these. */
static gg_schema *load(gg_buf *set, const char *want)
{
    gg_buf faults = { 0 };
    gg_schema *schema = gg_schema_load(gg_buf_str(set), on_fault, &faults);
    assert_int_equal(gg_buf_append(&faults, gg_str_of("", 1)), GG_OK);
    assert_string_equal(faults.data + faults.start, want);
    gg_buf_deinit(&faults);
    gg_buf_deinit(set);
    return schema;
}

/* From the innermost place that there may be, a type of no package is found. */
static void test_scopes(void **state)
{
    (void)state;
    char text[8192];
    size_t len = (size_t)sprintf(text,
        "file{ name:'top.proto' message_type{ name:'Top' } } "
        "file{ name:'a.proto' dependency:'top.proto' package:'p");
    for (int i = 1; i < GG_DESC_PACKAGE_DEPTH; i++)
        len += (size_t)sprintf(text + len, ".p");
    len += (size_t)sprintf(text + len, "' message_type{ name:'M'");
    for (int i = 1; i < GG_DESC_DEPTH; i++)
        len += (size_t)sprintf(text + len, " nested_type{ name:'M'");
    len += (size_t)sprintf(text + len, " field{ name:'x' number:1 label:1 type:11 type_name:'Top' }");
    for (int i = 0; i < GG_DESC_DEPTH + 1; i++)
        len += (size_t)sprintf(text + len, " }");
    gg_buf set = { 0 };
    descriptor_from_text(text, "set", &set);
    gg_schema_free(load(&set, ""));
}

static void put_file(gg_buf *set, gg_buf *file)
{
    assert_int_equal(gg_wire_write_bytes(set, 1, gg_buf_str(file)), GG_OK);
    file->len = 0;
}

/* `leaves` files of one message each, all imported publicly by hub.proto, and `users` that import the hub alone
 * and name one of the messages: each has to look at every leaf. */
static void put_star(gg_buf *set, int leaves, int users)
{
    gg_buf file = { 0 };
    char text[160];
    for (int i = 0; i < leaves; i++) {
        sprintf(text, "name:'l%d' message_type{ name:'L%d' }", i, i);
        descriptor_from_text(text, "file", &file);
        put_file(set, &file);
    }
    descriptor_from_text("name:'hub.proto'", "file", &file);
    for (int i = 0; i < leaves; i++) {
        sprintf(text, "dependency:'l%d' public_dependency:%d", i, i);
        descriptor_from_text(text, "file", &file);
    }
    put_file(set, &file);
    for (int i = 0; i < users; i++) {
        sprintf(text,
            "name:'u%d' dependency:'hub.proto' message_type{ name:'U%d' "
            "field{ name:'x' number:1 label:1 type:11 type_name:'L%d' } }",
            i, i, leaves - 1);
        descriptor_from_text(text, "file", &file);
        put_file(set, &file);
    }
    gg_buf_deinit(&file);
}

static void test_public_imports(void **state)
{
    enum { LEAVES = 1 << 13 };
    (void)state;
    gg_buf set = { 0 };
    put_star(&set, LEAVES, 1000);
    gg_schema_free(load(&set, ""));

    /* One fault is told, though types may be looked for in vain from there on. */
    const int users = GG_DESC_PUBLIC_LOOKS / LEAVES;
    char want[96];
    sprintf(want, "u%d: too many public imports, of this file and those before it\n", users);
    put_star(&set, LEAVES, users + 10);
    assert_null(load(&set, want));
}

static void test_nesting(void **state)
{
    (void)state;
    for (size_t depth = 31; depth <= 200; depth += depth < 34 ? 1 : 166) {
        char text[16384];
        size_t len = (size_t)sprintf(text, "file{ name:'a.proto' message_type{ name:'M'");
        for (size_t i = 1; i < depth; i++)
            len += (size_t)sprintf(text + len, " nested_type{ name:'M'");
        for (size_t i = 0; i < depth + 1; i++)
            len += (size_t)sprintf(text + len, " }");
        gg_buf set = { 0 };
        descriptor_from_text(text, "set", &set);
        gg_schema_free(load(&set, depth <= 32 ? "" : "a.proto: messages are nested more than 32 deep\n"));
    }
}

/* A set of 20 MB, of small files, loads into tables of a few bytes for each of its own. */
static void test_big(void **state)
{
    enum { SET_LEN = 20 << 20, TABLES_PER_BYTE = 6, FIELDS = 100 };
    (void)state;
    gg_buf set = { 0 }, file = { 0 };
    char text[16384];
    size_t len = 0;
    for (int i = 1; i <= FIELDS; i++)
        len += (size_t)sprintf(text + len,
            "field{ name:'a_field_%d' number:%d label:1 type:11 type_name:'M' json_name:'aField%d' } ", i, i, i);
    gg_buf message = { 0 };
    descriptor_from_text(text, "message", &message);
    size_t files = 0;
    for (; set.len < SET_LEN; files++, file.len = 0) {
        char name[64];
        sprintf(name, "name:'%zu.proto' package:'p%zu' syntax:'proto3'", files, files);
        descriptor_from_text(name, "file", &file);
        gg_buf one = { 0 };
        assert_int_equal(gg_wire_write_bytes(&one, 1, GG_STR("M")), GG_OK);
        assert_int_equal(gg_buf_append(&one, gg_buf_str(&message)), GG_OK);
        assert_int_equal(gg_wire_write_bytes(&file, 4, gg_buf_str(&one)), GG_OK);
        assert_int_equal(gg_wire_write_bytes(&set, 1, gg_buf_str(&file)), GG_OK);
        gg_buf_deinit(&one);
    }
    gg_buf_deinit(&message);
    gg_buf_deinit(&file);
    size_t set_len = set.len;
    gg_schema *schema = load(&set, "");
    assert_int_equal(gg_schema_file_count(schema), files);
    print_message("%zu files, %zu bytes, %zu of tables\n", files, set_len, gg_schema_memory(schema));
    assert_true(gg_schema_memory(schema) <= TABLES_PER_BYTE * set_len);
    gg_schema_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_public_imports),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_big),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
