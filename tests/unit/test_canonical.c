/* test_canonical.c -- the canonical form of descriptors: rows of input and output, each cut and starved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "descriptor_text.h"
#include "failmalloc.h"
#include "proto/builtin.h"
#include "proto/canonical.h"

/* Options of every shape: extensions of MethodOptions in a file of their own. */
static const char options_file[] =
    "name:'o.proto' syntax:'proto3' dependency:'google/protobuf/descriptor.proto' "
    "message_type{ name:'M' field{ name:'a' number:1 label:1 type:5 } field{ name:'b' number:2 label:3 type:5 } "
    "  field{ name:'m' number:3 label:1 type:11 type_name:'.M' } field{ name:'s' number:4 label:3 type:9 } "
    "  field{ name:'e' number:5 label:3 type:11 type_name:'.M.EEntry' } "
    "  field{ name:'p' number:6 label:1 type:9 oneof_index:0 } field{ name:'q' number:7 label:1 type:5 oneof_index:0 } "
    "  field{ name:'f' number:8 label:3 type:7 } field{ name:'u' number:9 label:3 type:5 options{ packed:0 } } "
    "  nested_type{ name:'EEntry' field{ name:'key' number:1 label:1 type:9 } field{ name:'value' number:2 label:1 type:5 } "
    "    options{ map_entry:1 } } oneof_decl{ name:'o' } } "
    "extension{ name:'one' extendee:'.google.protobuf.MethodOptions' number:50001 label:1 type:11 type_name:'.M' } "
    "extension{ name:'many' extendee:'.google.protobuf.MethodOptions' number:50002 label:3 type:11 type_name:'.M' } ";

#define METHOD(options) \
    "name:'a.proto' dependency:'o.proto' dependency:'google/protobuf/empty.proto' service{ name:'S' method{ name:'F' " \
    "input_type:'.google.protobuf.Empty' output_type:'.google.protobuf.Empty' options{ " options " } } }"

/* clang-format off */
static const struct { const char *what, *in, *out; } rows[] = {
    { "nothing to do", "name:'a.proto' package:'a' syntax:'proto3'", "name:'a.proto' package:'a' syntax:'proto3'" },
    { "fields by number", "syntax:'proto3' package:'a' name:'a.proto'", "name:'a.proto' package:'a' syntax:'proto3'" },
    { "the last of a singular field", "name:'b.proto' name:'a.proto'", "name:'a.proto'" },
    { "proto2 goes without saying", "name:'a.proto' syntax:'proto2'", "name:'a.proto'" },
    { "no source info", "name:'a.proto' source_code_info{ 1{ 1:4 } }", "name:'a.proto'" },
    { "repeated in order", "message_type{ name:'B' } name:'a.proto' message_type{ name:'A' }",
      "name:'a.proto' message_type{ name:'B' } message_type{ name:'A' }" },
    { "json_name is made", "name:'a.proto' message_type{ name:'A' field{ name:'a_b1_c__d_' number:1 label:1 type:5 } }",
      "name:'a.proto' message_type{ name:'A' field{ name:'a_b1_c__d_' number:1 label:1 type:5 json_name:'aB1CD' } }" },
    { "json_name is kept", "name:'a.proto' message_type{ name:'A' field{ json_name:'x' name:'a_b' number:1 label:1 type:5 } }",
      "name:'a.proto' message_type{ name:'A' field{ name:'a_b' number:1 label:1 type:5 json_name:'x' } }" },
    { "but not of an extension",
      "name:'a.proto' message_type{ name:'A' extension_range{ start:1 end:2 } } extension{ name:'a_b' extendee:'A' number:1 label:1 type:5 json_name:'aB' }",
      "name:'a.proto' message_type{ name:'A' extension_range{ start:1 end:2 } } extension{ name:'a_b' extendee:'A' number:1 label:1 type:5 }" },
    { "unknown fields in their place", "name:'a.proto' 900:'x' 11:3 900:'a' 901{ 2:1 1:1 }",
      "name:'a.proto' 11:3 900:'x' 900:'a' 901{ 2:1 1:1 }" },
    { "options are merged", METHOD("50001{ 3{ 1:1 } 1:7 } 33:1 50001{ 3{ 3{ 1:2 } } 1:8 }"),
      METHOD("33:1 50001{ 1:8 3{ 1:1 3{ 1:2 } } }") },
    { "repeated options are not", METHOD("50002{ 1:7 } 50002{ 1:8 }"), METHOD("50002{ 1:7 } 50002{ 1:8 }") },
    { "zeros of proto3 fields go", METHOD("50001{ 1:0 4:'' 4:'x' }"), METHOD("50001{ 4:'' 4:'x' }") },
    { "packed becomes packed", METHOD("50001{ 2:1 2:300 2:'\\x05\\x06' 2:7 }"), METHOD("50001{ 2:'\\x01\\xac\\x02\\x05\\x06\\x07' }") },
    { "unpacked becomes unpacked", METHOD("50001{ 9:1 9:'\\x05\\x06' 9:7 }"), METHOD("50001{ 9:1 9:5 9:6 9:7 }") },
    { "fixed", METHOD("50001{ 8:'\\x01\\x00\\x00\\x00' 8:'\\x02\\x00\\x00\\x00' }"),
      METHOD("50001{ 8:'\\x01\\x00\\x00\\x00\\x02\\x00\\x00\\x00' }") },
    { "map by key, the last of a key", METHOD("50001{ 5{ 1:'b' 2:1 } 5{ 2:2 1:'a' } 5{ 1:'b' 2:3 } }"),
      METHOD("50001{ 5{ 1:'a' 2:2 } 5{ 1:'b' 2:3 } }") },
    { "the last member of a oneof", METHOD("50001{ 7:5 6:'x' }"), METHOD("50001{ 6:'x' }") },
    { "the last member of a oneof, in order", METHOD("50001{ 6:'x' 7:5 }"), METHOD("50001{ 7:5 }") },
    { "a wire type that the field has not", METHOD("50001{ 1:'x' 1:5 }"), METHOD("50001{ 1:5 1:'x' }") },
    { "overlong varints", "name:'a.proto' 8:'\\x50\\x81\\x80\\x00'", "name:'a.proto' 8:'\\x50\\x01'" },
    { "an http rule", "name:'a.proto' dependency:'google/api/annotations.proto' dependency:'google/protobuf/empty.proto' "
      "service{ name:'S' method{ output_type:'.google.protobuf.Empty' input_type:'.google.protobuf.Empty' name:'F' "
      "options{ 72295728{ 7:'*' 4:'/v1/a' } } } }",
      "name:'a.proto' dependency:'google/api/annotations.proto' dependency:'google/protobuf/empty.proto' "
      "service{ name:'S' method{ name:'F' input_type:'.google.protobuf.Empty' output_type:'.google.protobuf.Empty' "
      "options{ 72295728{ 4:'/v1/a' 7:'*' } } } }" },
};
/* clang-format on */

static bool same_bytes(const gg_buf *a, const gg_buf *b)
{
    return a->len == b->len && memcmp(a->data + a->start, b->data + b->start, a->len) == 0;
}

static gg_rc canonical(gg_str in, gg_str options, gg_buf *out)
{
    return gg_descriptor_canonical(in, &options, 1, out);
}

static void test_rows(void **state)
{
    (void)state;
    gg_buf options = { 0 };
    descriptor_from_text(options_file, "file", &options);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf in = { 0 }, want = { 0 }, got = { 0 }, again = { 0 };
        descriptor_from_text(rows[i].in, "file", &in);
        descriptor_from_text(rows[i].out, "file", &want);
        if (canonical(gg_buf_str(&in), gg_buf_str(&options), &got) != GG_OK || !same_bytes(&want, &got))
            fail_msg("%s", rows[i].what);
        assert_int_equal(canonical(gg_buf_str(&got), gg_buf_str(&options), &again), GG_OK);
        assert_true(same_bytes(&got, &again));
        gg_buf_deinit(&in);
        gg_buf_deinit(&want);
        gg_buf_deinit(&got);
        gg_buf_deinit(&again);
    }
    gg_buf_deinit(&options);
}

static void test_cut_and_starved(void **state)
{
    (void)state;
    gg_buf options = { 0 };
    descriptor_from_text(options_file, "file", &options);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf in = { 0 };
        descriptor_from_text(rows[i].in, "file", &in);
        for (size_t cut = 0; cut < in.len; cut++) {
            gg_buf got = { 0 };
            gg_rc rc = canonical(gg_str_of(gg_buf_str(&in).ptr, cut), gg_buf_str(&options), &got);
            assert_true(rc == GG_OK || rc == GG_EPROTO); /* a shorter file may be a file */
            gg_buf_deinit(&got);
        }
        for (size_t n = 0;; n++) {
            gg_buf got = { 0 };
            gg_fail_after(n);
            gg_rc rc = canonical(gg_buf_str(&in), gg_buf_str(&options), &got);
            bool starved = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            gg_buf_deinit(&got);
            if (rc != (starved ? GG_ENOMEM : GG_OK))
                fail_msg("%s, allocation %zu: %d", rows[i].what, n, rc);
            if (!starved)
                break;
        }
        gg_buf_deinit(&in);
    }
    gg_buf_deinit(&options);
}

/* The built-in files are their own canonical form, and stand after what they import. */
static void test_builtin(void **state)
{
    (void)state;
    assert_null(gg_builtin_file(GG_STR("google/api/none.proto")));
    for (size_t i = 0; i < gg_builtin_file_count; i++) {
        const gg_file_type *file = gg_builtin_files[i];
        gg_buf got = { 0 };
        assert_ptr_equal(gg_builtin_file(file->name), file);
        assert_int_equal(gg_descriptor_canonical(file->descriptor, NULL, 0, &got), GG_OK);
        assert_int_equal(got.len, file->descriptor.len);
        assert_memory_equal(got.data + got.start, file->descriptor.ptr, got.len);
        gg_buf_deinit(&got);
        gg_desc_set set;
        assert_int_equal(gg_desc_set_init(&set, NULL, NULL), GG_OK);
        for (size_t k = 0; k <= i; k++)
            assert_int_equal(gg_desc_set_add(&set, gg_builtin_files[k]->descriptor), GG_OK);
        assert_int_equal(gg_desc_set_link(&set), GG_OK);
        assert_int_equal(set.file_count, i + 1); /* none had to be added */
        gg_desc_set_deinit(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut_and_starved),
        cmocka_unit_test(test_builtin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
