/* test_schema_tables.c -- the tables of a loaded schema against those of generated code, and finding them by name. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "gg/wkt.h"
#include "proto/builtin.h"
#include "proto/member.h"
#include "proto/wire.h"
#include "test/v1/defaults.gg.h"
#include "test/v1/legacy.gg.h"
#include "test/v1/library.gg.h"
#include "test/v1/names.gg.h"
#include "test/v1/slow.gg.h"
#include "test/v1/types.gg.h"

/* -- loaded tables against generated ones -- */
static const gg_message_type *const messages[] = {
    &test_v1_AllTypes_type,
    &test_v1_AllTypes_Point_type,
    &test_v1_AllTypes_ByStringEntry_type,
    &test_v1_AllTypes_ByInt32Entry_type,
    &test_v1_AllTypes_ByInt64Entry_type,
    &test_v1_AllTypes_ByUint32Entry_type,
    &test_v1_AllTypes_ByUint64Entry_type,
    &test_v1_AllTypes_ByFixed32Entry_type,
    &test_v1_AllTypes_ByBoolEntry_type,
    &test_v1_Book_type,
    &test_v1_BookRequest_type,
    &test_v1_BookReply_type,
    &test_v1_Defaults_type,
    &test_v1_Legacy_type,
    &test_v1_Legacy_Extra_type,
    &test_v1_Legacy_Part_type,
    &test_v1_Legacy_ByNameEntry_type,
    &test_v1_Names_type,
    &test_v1_Empty_type,
    &test_v1_WaitRequest_type,
    &gg_google_protobuf_Timestamp_type,
    &gg_google_protobuf_Duration_type,
    &gg_google_protobuf_Empty_type,
    &gg_google_protobuf_FieldMask_type,
    &gg_google_protobuf_Any_type,
    &gg_google_protobuf_DoubleValue_type,
    &gg_google_protobuf_FloatValue_type,
    &gg_google_protobuf_Int64Value_type,
    &gg_google_protobuf_UInt64Value_type,
    &gg_google_protobuf_Int32Value_type,
    &gg_google_protobuf_UInt32Value_type,
    &gg_google_protobuf_BoolValue_type,
    &gg_google_protobuf_StringValue_type,
    &gg_google_protobuf_BytesValue_type,
    &gg_google_protobuf_Struct_type,
    &gg_google_protobuf_Struct_FieldsEntry_type,
    &gg_google_protobuf_Value_type,
    &gg_google_protobuf_ListValue_type,
    &gg_google_rpc_Status_type,
};

static const gg_enum_type *const enums[] = {
    &test_v1_Color_type,
    &test_v1_AllTypes_Size_type,
    &test_v1_Level_type,
    &test_v1_Mood_type,
    &test_v1_Names_Inner_Kind_type,
    &gg_google_protobuf_NullValue_type,
};

static const gg_file_type *const files[] = {
    &test_v1_names_proto_file, /* before what it imports */
    &test_v1_types_proto_file,
    &test_v1_library_proto_file,
    &test_v1_legacy_proto_file,
    &test_v1_slow_proto_file,
    &test_v1_defaults_proto_file,
};

static void fail_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fail_msg("%.*s: %.*s", GG_STR_ARG(fault->symbol), GG_STR_ARG(fault->reason));
}

static gg_schema *load_generated(void)
{
    gg_buf set = { 0 };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_int_equal(gg_wire_write_bytes(&set, 1, files[i]->descriptor), GG_OK);
    const gg_file_type *status = gg_builtin_file(GG_STR("google/rpc/status.proto"));
    assert_int_equal(gg_wire_write_bytes(&set, 1, status->descriptor), GG_OK);
    gg_schema *schema = gg_schema_load(gg_buf_str(&set), fail_fault, NULL);
    gg_buf_deinit(&set);
    return schema;
}

static bool same_default(const gg_field *a, const gg_field *b)
{
    if (a->default_value == NULL || b->default_value == NULL)
        return a->default_value == b->default_value;
    if (a->type == GG_TYPE_STRING || a->type == GG_TYPE_BYTES)
        return gg_str_eq(gg_load_str(a->default_value), gg_load_str(b->default_value));
    return memcmp(a->default_value, b->default_value, gg_scalar_size[a->type]) == 0;
}

static void same_field(const gg_field *a, const gg_field *b, gg_str message)
{
    bool same = gg_str_eq(a->name, b->name) && gg_str_eq(a->json_name, b->json_name) && a->number == b->number &&
        a->type == b->type && a->rule == b->rule && a->flags == b->flags && a->offset == b->offset &&
        a->presence == b->presence && (a->message == NULL) == (b->message == NULL) &&
        (a->message == NULL || gg_str_eq(a->message->name, b->message->name)) &&
        (a->enum_type == NULL) == (b->enum_type == NULL) &&
        (a->enum_type == NULL || gg_str_eq(a->enum_type->name, b->enum_type->name));
    if (same && !same_default(a, b))
        fail_msg("%.*s.%.*s: the default values differ", GG_STR_ARG(message), GG_STR_ARG(b->name));
    if (!same)
        fail_msg("%.*s.%.*s: offset %u, %u, presence %u, %u, rule %u, %u, flags %u, %u", GG_STR_ARG(message),
            GG_STR_ARG(b->name), a->offset, b->offset, a->presence, b->presence, a->rule, b->rule, a->flags, b->flags);
}

static void test_generated_messages(void **state)
{
    (void)state;
    gg_schema *schema = load_generated();
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const gg_message_type *b = messages[i], *a = gg_schema_message(schema, b->name);
        assert_non_null(a);
        for (size_t k = 0; k < b->field_count; k++)
            same_field(&a->fields[k], &b->fields[k], b->name);
        bool extended = a->field_count > b->field_count; /* generated structs have no extensions */
        for (size_t k = b->field_count; k < a->field_count; k++)
            assert_true(a->fields[k].flags & GG_FIELD_EXTENSION);
        for (size_t k = 0; k < b->field_count && !extended; k++)
            assert_int_equal(a->by_number[k], b->by_number[k]);
        for (size_t k = 0; k < b->name_count && !extended; k++)
            assert_int_equal(a->by_name[k], b->by_name[k]);
        if (!extended) {
            assert_int_equal(a->name_count, b->name_count);
            if ((a->unknown == 0) == (b->unknown == 0)) /* the structs of gg/wkt.h keep no unknown fields */
                assert_int_equal(a->size, b->size);
        }
        assert_int_equal(a->message_set, b->message_set);
        assert_int_equal(a->well_known, b->well_known);
        assert_int_equal(a->map_entry, b->map_entry);
    }
    gg_schema_free(schema);
}

static void test_generated_enums(void **state)
{
    (void)state;
    gg_schema *schema = load_generated();
    for (size_t i = 0; i < sizeof enums / sizeof enums[0]; i++) {
        const gg_enum_type *b = enums[i], *a = gg_schema_enum(schema, b->name);
        assert_non_null(a);
        assert_int_equal(a->value_count, b->value_count);
        assert_int_equal(a->closed, b->closed);
        for (size_t k = 0; k < a->value_count; k++) {
            assert_true(gg_str_eq(a->values[k].name, b->values[k].name));
            assert_int_equal(a->values[k].number, b->values[k].number);
            assert_int_equal(a->by_number[k], b->by_number[k]);
            assert_int_equal(a->by_name[k], b->by_name[k]);
        }
    }
    gg_schema_free(schema);
}

static void test_generated_services(void **state)
{
    (void)state;
    static const gg_service_type *const want[] = {
        /* in the order of the set */
        &test_v1_Nothing_type,
        &test_v1_Streams_type,
        &test_v1_Keywords_type,
        &test_v1_Types_type,
        &test_v1_Library_type,
        &test_v1_Slow_type,
    };
    const size_t count = sizeof want / sizeof want[0];
    gg_schema *schema = load_generated();
    assert_int_equal(gg_schema_service_count(schema), count);
    assert_null(gg_schema_service_at(schema, count));
    for (size_t i = 0; i < count; i++) {
        const gg_service_type *a = gg_schema_service_at(schema, i), *b = want[i];
        assert_true(gg_str_eq(a->name, b->name));
        assert_ptr_equal(gg_schema_service(schema, b->name), a);
        assert_true(gg_str_eq(a->file->name, b->file->name));
        assert_true(gg_str_eq(a->file->descriptor, b->file->descriptor));
        assert_int_equal(a->file->import_count, b->file->import_count);
        assert_int_equal(a->method_count, b->method_count);
        for (size_t k = 0; k < a->method_count; k++) {
            const gg_method_type *m = &a->methods[k], *n = &b->methods[k];
            assert_true(gg_str_eq(m->path, n->path) && gg_str_eq(m->options, n->options));
            assert_true(gg_str_eq(m->input->name, n->input->name) && gg_str_eq(m->output->name, n->output->name));
            assert_true(m->client_streaming == n->client_streaming && m->server_streaming == n->server_streaming);
        }
    }
    assert_true(gg_str_eq(gg_schema_service(schema, GG_STR("test.v1.Keywords"))->file->imports[0]->name,
        GG_STR("test/v1/legacy.proto")));
    gg_schema_free(schema);
}

/* What the defaults are, not only that both ways give the same. */
static void test_defaults(void **state)
{
    (void)state;
    static const double double_value = -1.5e-300, infinite = -INFINITY, negative_zero = -0.0;
    static const float float_value = 0.1f;
    static const int64_t int64_value = INT64_MIN, sfixed64_value = INT64_MAX;
    static const uint64_t uint64_value = UINT64_MAX;
    static const int32_t int32_value = INT32_MIN, high = 3, low = -3, number = 5;
    static const bool yes = true;
    static const struct {
        uint32_t field;
        const void *value;
    } want[] = {
        { 1, &double_value },
        { 2, &float_value },
        { 3, &int64_value },
        { 4, &uint64_value },
        { 5, &int32_value },
        { 8, &yes },
        { 14, &high },
        { 16, &sfixed64_value },
        { 19, &infinite },
        { 22, NULL },
        { 23, NULL },
        { 24, &negative_zero },
        { 25, &low },
        { 26, NULL },
        { 27, &number },
        { 28, &low },
    };
    const gg_message_type *type = &test_v1_Defaults_type;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const gg_field *field = gg_field_by_number(type, want[i].field);
        assert_int_equal(field->default_value == NULL, want[i].value == NULL);
        if (want[i].value != NULL)
            assert_memory_equal(field->default_value, want[i].value, gg_scalar_size[field->type]);
    }
    assert_true(gg_str_eq(gg_load_str(gg_field_by_number(type, 9)->default_value), GG_STR("caf\303\251 \"?\" \n")));
    assert_true(gg_str_eq(gg_load_str(gg_field_by_number(type, 12)->default_value), GG_STR("\0\377\\ \"'\n")));
    float nan_value;
    memcpy(&nan_value, gg_field_by_number(type, 20)->default_value, sizeof nan_value);
    assert_true(isnan(nan_value));
}

static void test_look_ups(void **state)
{
    (void)state;
    gg_schema *schema = load_generated();
    assert_null(gg_schema_message(schema, GG_STR("test.v1.Missing")));
    assert_null(gg_schema_message(schema, GG_STR(".test.v1.Book")));
    assert_null(gg_schema_message(schema, GG_STR("test.v1.Color")));
    assert_null(gg_schema_enum(schema, GG_STR("test.v1.Book")));
    assert_null(gg_schema_service(schema, GG_STR("test.v1")));
    const gg_message_type *type = gg_schema_message(schema, GG_STR("test.v1.AllTypes"));
    assert_int_equal(gg_field_by_name(type, GG_STR("anotherName"))->number, 20);
    assert_int_equal(gg_field_by_name(type, GG_STR("renamed"))->number, 20);
    assert_int_equal(gg_field_by_name(type, GG_STR("int32Value"))->number, 3);
    assert_int_equal(gg_field_by_name(type, GG_STR("int32_value"))->number, 3);
    assert_null(gg_field_by_name(type, GG_STR("Int32Value")));
    const gg_enum_type *color = gg_schema_enum(schema, GG_STR("test.v1.Color"));
    assert_true(gg_str_eq(gg_enum_by_number(color, 1)->name, GG_STR("COLOR_RED")));
    assert_int_equal(gg_enum_by_name(color, GG_STR("COLOR_CRIMSON"))->number, 1);
    gg_schema_free(schema);
    gg_schema_free(NULL);
}

/* An index over tables that exist: the same names, no descriptors read; every allocation fails once. */
static void test_of_files(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_schema *schema = gg_schema_of_files(files, sizeof files / sizeof files[0]);
        bool failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        assert_int_equal(schema == NULL, failed);
        if (failed)
            continue;
        assert_ptr_equal(gg_schema_message(schema, GG_STR("test.v1.Book")), &test_v1_Book_type);
        assert_ptr_equal(gg_schema_enum(schema, GG_STR("test.v1.Color")), &test_v1_Color_type);
        assert_ptr_equal(gg_schema_service(schema, GG_STR("test.v1.Library")), &test_v1_Library_type);
        assert_ptr_equal(gg_schema_message(schema, GG_STR("google.protobuf.Any")), &gg_google_protobuf_Any_type);
        assert_int_equal(gg_schema_file_count(schema), sizeof files / sizeof files[0]); /* imports are among them */
        gg_schema_free(schema);
        break;
    }
    gg_schema *empty = gg_schema_of_files(NULL, 0);
    assert_non_null(empty);
    assert_int_equal(gg_schema_file_count(empty) + gg_schema_service_count(empty), 0);
    gg_schema_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generated_messages),
        cmocka_unit_test(test_generated_enums),
        cmocka_unit_test(test_generated_services),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_look_ups),
        cmocka_unit_test(test_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
