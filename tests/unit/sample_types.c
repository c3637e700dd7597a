/* sample_types.c -- the tables of sample_types.h. */
#include "sample_types.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Fields by their rule; further members by designator. */
#define FIELD(owner, member, json, field_number, field_type, ...) \
    { \
        .name = GG_STR_INIT(#member), .json_name = GG_STR_INIT(json), .number = (field_number), \
        .type = GG_TYPE_##field_type, .offset = offsetof(owner, member), __VA_ARGS__ \
    }
#define IMPLICIT .rule = GG_FIELD_IMPLICIT
#define POINTER .rule = GG_FIELD_EXPLICIT
#define OPTIONAL(owner, member) .rule = GG_FIELD_EXPLICIT, .presence = offsetof(owner, has_##member)
#define ONEOF(owner, oneof) .rule = GG_FIELD_ONEOF, .presence = offsetof(owner, oneof##_case)
#define REPEATED(owner, member) .rule = GG_FIELD_REPEATED, .presence = offsetof(owner, member##_count)
#define MAP(owner, member) .rule = GG_FIELD_MAP, .presence = offsetof(owner, member##_count)
#define OF(type) .message = &(type)
#define ENUM_OF(type) .enum_type = &(type)
#define UTF8 .flags = GG_FIELD_UTF8

static const gg_enum_value color_values[] = {
    { GG_STR_INIT("COLOR_RED"), 0 },
    { GG_STR_INIT("COLOR_GREEN"), 1 },
    { GG_STR_INIT("COLOR_CRIMSON"), 0 },
    { GG_STR_INIT("COLOR_BLUE"), 5 },
    { GG_STR_INIT("COLOR_NONE"), -1 },
};
static const uint16_t color_by_number[] = { 4, 0, 2, 1, 3 };
static const uint16_t color_by_name[] = { 0, 3, 4, 1, 2 };
const gg_enum_type sample_Color_type = {
    .name = GG_STR_INIT("sample.v1.Color"),
    .values = color_values,
    .by_number = color_by_number,
    .by_name = color_by_name,
    .value_count = COUNT(color_values),
    .closed = false,
};

static const gg_enum_value mode_values[] = {
    { GG_STR_INIT("MODE_OFF"), 0 },
    { GG_STR_INIT("MODE_ON"), 1 },
};
static const uint16_t mode_by_number[] = { 0, 1 };
static const uint16_t mode_by_name[] = { 1, 0 };
const gg_enum_type sample_Mode_type = {
    .name = GG_STR_INIT("sample.v1.Mode"),
    .values = mode_values,
    .by_number = mode_by_number,
    .by_name = mode_by_name,
    .value_count = COUNT(mode_values),
    .closed = true,
};

static const gg_field inner_fields[] = {
    FIELD(sample_Inner, id, "id", 1, INT32, IMPLICIT),
    FIELD(sample_Inner, label, "label", 2, STRING, IMPLICIT, UTF8),
    FIELD(sample_Inner, child, "child", 3, MESSAGE, POINTER, OF(sample_Inner_type)),
    FIELD(sample_Inner, children, "children", 4, MESSAGE, REPEATED(sample_Inner, children), OF(sample_Inner_type)),
    FIELD(sample_Inner, on, "on", 5, BOOL, IMPLICIT),
};
static const uint16_t inner_by_number[] = { 0, 1, 2, 3, 4 };
static const uint16_t inner_by_name[] = { 0, 8, 4, 2, 6 };
const gg_message_type sample_Inner_type = {
    .name = GG_STR_INIT("sample.v1.Inner"),
    .fields = inner_fields,
    .by_number = inner_by_number,
    .by_name = inner_by_name,
    .field_count = COUNT(inner_fields),
    .name_count = COUNT(inner_by_name),
    .size = sizeof(sample_Inner),
};

static const gg_field legacy_fields[] = {
    FIELD(sample_Legacy, id, "id", 1, INT32, OPTIONAL(sample_Legacy, id)),
    FIELD(sample_Legacy, label, "label", 2, STRING, OPTIONAL(sample_Legacy, label), UTF8),
    FIELD(sample_Legacy, nested, "nested", 3, MESSAGE, POINTER, OF(sample_Inner_type)),
};
static const uint16_t legacy_by_number[] = { 0, 1, 2 };
static const uint16_t legacy_by_name[] = { 0, 2, 4 };
const gg_message_type sample_Legacy_type = {
    .name = GG_STR_INIT("sample.v1.Legacy"),
    .fields = legacy_fields,
    .by_number = legacy_by_number,
    .by_name = legacy_by_name,
    .field_count = COUNT(legacy_fields),
    .name_count = COUNT(legacy_by_name),
    .size = sizeof(sample_Legacy),
};

static const gg_field everything_m_string_entry_fields[] = {
    FIELD(sample_Everything_MStringEntry, key, "key", 1, STRING, IMPLICIT, UTF8),
    FIELD(sample_Everything_MStringEntry, value, "value", 2, INT32, IMPLICIT),
};
static const uint16_t everything_m_string_entry_by_number[] = { 0, 1 };
static const uint16_t everything_m_string_entry_by_name[] = { 0, 2 };
static const gg_message_type sample_Everything_MStringEntry_type = {
    .name = GG_STR_INIT("sample.v1.Everything.MStringEntry"),
    .fields = everything_m_string_entry_fields,
    .by_number = everything_m_string_entry_by_number,
    .by_name = everything_m_string_entry_by_name,
    .field_count = COUNT(everything_m_string_entry_fields),
    .name_count = COUNT(everything_m_string_entry_by_name),
    .size = sizeof(sample_Everything_MStringEntry),
    .map_entry = true,
};

static const gg_field everything_m_int64_entry_fields[] = {
    FIELD(sample_Everything_MInt64Entry, key, "key", 1, INT64, IMPLICIT),
    FIELD(sample_Everything_MInt64Entry, value, "value", 2, MESSAGE, POINTER, OF(sample_Inner_type)),
};
static const uint16_t everything_m_int64_entry_by_number[] = { 0, 1 };
static const uint16_t everything_m_int64_entry_by_name[] = { 0, 2 };
static const gg_message_type sample_Everything_MInt64Entry_type = {
    .name = GG_STR_INIT("sample.v1.Everything.MInt64Entry"),
    .fields = everything_m_int64_entry_fields,
    .by_number = everything_m_int64_entry_by_number,
    .by_name = everything_m_int64_entry_by_name,
    .field_count = COUNT(everything_m_int64_entry_fields),
    .name_count = COUNT(everything_m_int64_entry_by_name),
    .size = sizeof(sample_Everything_MInt64Entry),
    .map_entry = true,
};

static const gg_field everything_m_bool_entry_fields[] = {
    FIELD(sample_Everything_MBoolEntry, key, "key", 1, BOOL, IMPLICIT),
    FIELD(sample_Everything_MBoolEntry, value, "value", 2, ENUM, IMPLICIT, ENUM_OF(sample_Color_type)),
};
static const uint16_t everything_m_bool_entry_by_number[] = { 0, 1 };
static const uint16_t everything_m_bool_entry_by_name[] = { 0, 2 };
static const gg_message_type sample_Everything_MBoolEntry_type = {
    .name = GG_STR_INIT("sample.v1.Everything.MBoolEntry"),
    .fields = everything_m_bool_entry_fields,
    .by_number = everything_m_bool_entry_by_number,
    .by_name = everything_m_bool_entry_by_name,
    .field_count = COUNT(everything_m_bool_entry_fields),
    .name_count = COUNT(everything_m_bool_entry_by_name),
    .size = sizeof(sample_Everything_MBoolEntry),
    .map_entry = true,
};

static const gg_field everything_m_uint32_entry_fields[] = {
    FIELD(sample_Everything_MUint32Entry, key, "key", 1, UINT32, IMPLICIT),
    FIELD(sample_Everything_MUint32Entry, value, "value", 2, STRING, IMPLICIT, UTF8),
};
static const uint16_t everything_m_uint32_entry_by_number[] = { 0, 1 };
static const uint16_t everything_m_uint32_entry_by_name[] = { 0, 2 };
static const gg_message_type sample_Everything_MUint32Entry_type = {
    .name = GG_STR_INIT("sample.v1.Everything.MUint32Entry"),
    .fields = everything_m_uint32_entry_fields,
    .by_number = everything_m_uint32_entry_by_number,
    .by_name = everything_m_uint32_entry_by_name,
    .field_count = COUNT(everything_m_uint32_entry_fields),
    .name_count = COUNT(everything_m_uint32_entry_by_name),
    .size = sizeof(sample_Everything_MUint32Entry),
    .map_entry = true,
};

static const gg_field everything_m_mode_entry_fields[] = {
    FIELD(sample_Everything_MModeEntry, key, "key", 1, INT32, IMPLICIT),
    FIELD(sample_Everything_MModeEntry, value, "value", 2, ENUM, IMPLICIT, ENUM_OF(sample_Mode_type),
        .flags = GG_FIELD_CLOSED),
};
static const uint16_t everything_m_mode_entry_by_number[] = { 0, 1 };
static const uint16_t everything_m_mode_entry_by_name[] = { 0, 2 };
static const gg_message_type sample_Everything_MModeEntry_type = {
    .name = GG_STR_INIT("sample.v1.Everything.MModeEntry"),
    .fields = everything_m_mode_entry_fields,
    .by_number = everything_m_mode_entry_by_number,
    .by_name = everything_m_mode_entry_by_name,
    .field_count = COUNT(everything_m_mode_entry_fields),
    .name_count = COUNT(everything_m_mode_entry_by_name),
    .size = sizeof(sample_Everything_MModeEntry),
    .map_entry = true,
};

static const gg_field everything_fields[] = {
    FIELD(sample_Everything, f_double, "fDouble", 1, DOUBLE, IMPLICIT),
    FIELD(sample_Everything, f_float, "fFloat", 2, FLOAT, IMPLICIT),
    FIELD(sample_Everything, f_int64, "fInt64", 3, INT64, IMPLICIT),
    FIELD(sample_Everything, f_uint64, "fUint64", 4, UINT64, IMPLICIT),
    FIELD(sample_Everything, f_int32, "fInt32", 5, INT32, IMPLICIT),
    FIELD(sample_Everything, f_fixed64, "fFixed64", 6, FIXED64, IMPLICIT),
    FIELD(sample_Everything, f_fixed32, "fFixed32", 7, FIXED32, IMPLICIT),
    FIELD(sample_Everything, f_bool, "fBool", 8, BOOL, IMPLICIT),
    FIELD(sample_Everything, f_string, "fString", 9, STRING, IMPLICIT, UTF8),
    FIELD(sample_Everything, f_bytes, "fBytes", 10, BYTES, IMPLICIT),
    FIELD(sample_Everything, f_uint32, "fUint32", 11, UINT32, IMPLICIT),
    FIELD(sample_Everything, f_sfixed32, "fSfixed32", 12, SFIXED32, IMPLICIT),
    FIELD(sample_Everything, f_sfixed64, "fSfixed64", 13, SFIXED64, IMPLICIT),
    FIELD(sample_Everything, f_sint32, "fSint32", 14, SINT32, IMPLICIT),
    FIELD(sample_Everything, f_sint64, "fSint64", 15, SINT64, IMPLICIT),
    FIELD(sample_Everything, f_color, "fColor", 16, ENUM, IMPLICIT, ENUM_OF(sample_Color_type)),
    FIELD(sample_Everything, f_inner, "fInner", 17, MESSAGE, POINTER, OF(sample_Inner_type)),
    FIELD(sample_Everything, r_int32, "rInt32", 18, INT32, REPEATED(sample_Everything, r_int32),
        .flags = GG_FIELD_PACKED),
    FIELD(sample_Everything, r_sint64, "rSint64", 19, SINT64, REPEATED(sample_Everything, r_sint64)),
    FIELD(sample_Everything, r_double, "rDouble", 20, DOUBLE, REPEATED(sample_Everything, r_double),
        .flags = GG_FIELD_PACKED),
    FIELD(sample_Everything, r_fixed32, "rFixed32", 21, FIXED32, REPEATED(sample_Everything, r_fixed32),
        .flags = GG_FIELD_PACKED),
    FIELD(sample_Everything, r_bool, "rBool", 22, BOOL, REPEATED(sample_Everything, r_bool), .flags = GG_FIELD_PACKED),
    FIELD(sample_Everything, r_string, "rString", 23, STRING, REPEATED(sample_Everything, r_string), UTF8),
    FIELD(sample_Everything, r_bytes, "rBytes", 24, BYTES, REPEATED(sample_Everything, r_bytes)),
    FIELD(sample_Everything, r_color, "rColor", 25, ENUM, REPEATED(sample_Everything, r_color),
        ENUM_OF(sample_Color_type), .flags = GG_FIELD_PACKED),
    FIELD(sample_Everything, r_inner, "rInner", 26, MESSAGE, REPEATED(sample_Everything, r_inner),
        OF(sample_Inner_type)),
    FIELD(sample_Everything, m_string, "mString", 27, MESSAGE, MAP(sample_Everything, m_string),
        OF(sample_Everything_MStringEntry_type)),
    FIELD(sample_Everything, m_int64, "mInt64", 28, MESSAGE, MAP(sample_Everything, m_int64),
        OF(sample_Everything_MInt64Entry_type)),
    FIELD(sample_Everything, m_bool, "mBool", 29, MESSAGE, MAP(sample_Everything, m_bool),
        OF(sample_Everything_MBoolEntry_type)),
    FIELD(sample_Everything, m_uint32, "mUint32", 30, MESSAGE, MAP(sample_Everything, m_uint32),
        OF(sample_Everything_MUint32Entry_type)),
    FIELD(sample_Everything, m_mode, "mMode", 31, MESSAGE, MAP(sample_Everything, m_mode),
        OF(sample_Everything_MModeEntry_type)),
    FIELD(sample_Everything, c_int32, "cInt32", 32, INT32, ONEOF(sample_Everything, choice)),
    FIELD(sample_Everything, c_string, "cString", 33, STRING, ONEOF(sample_Everything, choice), UTF8),
    FIELD(sample_Everything, c_inner, "cInner", 34, MESSAGE, ONEOF(sample_Everything, choice), OF(sample_Inner_type)),
    FIELD(sample_Everything, c_bool, "cBool", 35, BOOL, ONEOF(sample_Everything, choice)),
    FIELD(sample_Everything, o_int32, "oInt32", 36, INT32, OPTIONAL(sample_Everything, o_int32),
        .flags = GG_FIELD_OPTIONAL),
    FIELD(sample_Everything, o_string, "oString", 37, STRING, OPTIONAL(sample_Everything, o_string),
        .flags = GG_FIELD_OPTIONAL | GG_FIELD_UTF8),
    FIELD(sample_Everything, o_color, "oColor", 38, ENUM, OPTIONAL(sample_Everything, o_color),
        ENUM_OF(sample_Color_type), .flags = GG_FIELD_OPTIONAL),
    FIELD(sample_Everything, at, "at", 39, MESSAGE, POINTER, OF(gg_google_protobuf_Timestamp_type)),
    FIELD(sample_Everything, lasts, "lasts", 40, MESSAGE, POINTER, OF(gg_google_protobuf_Duration_type)),
    FIELD(sample_Everything, mask, "mask", 41, MESSAGE, POINTER, OF(gg_google_protobuf_FieldMask_type)),
    FIELD(sample_Everything, w_int64, "wInt64", 42, MESSAGE, POINTER, OF(gg_google_protobuf_Int64Value_type)),
    FIELD(sample_Everything, w_string, "wString", 43, MESSAGE, POINTER, OF(gg_google_protobuf_StringValue_type)),
    FIELD(sample_Everything, any_struct, "anyStruct", 44, MESSAGE, POINTER, OF(gg_google_protobuf_Struct_type)),
    FIELD(sample_Everything, any_value, "anyValue", 45, MESSAGE, POINTER, OF(gg_google_protobuf_Value_type)),
    FIELD(sample_Everything, any_list, "anyList", 46, MESSAGE, POINTER, OF(gg_google_protobuf_ListValue_type)),
    FIELD(sample_Everything, any, "any", 47, MESSAGE, POINTER, OF(gg_google_protobuf_Any_type)),
    FIELD(sample_Everything, empty, "empty", 48, MESSAGE, POINTER, OF(gg_google_protobuf_Empty_type)),
    FIELD(sample_Everything, legacy, "legacy", 49, GROUP, POINTER, OF(sample_Legacy_type)),
    FIELD(sample_Everything, f_mode, "fMode", 50, ENUM, IMPLICIT, ENUM_OF(sample_Mode_type), .flags = GG_FIELD_CLOSED),
    FIELD(sample_Everything, r_mode, "rMode", 51, ENUM, REPEATED(sample_Everything, r_mode), ENUM_OF(sample_Mode_type),
        .flags = GG_FIELD_PACKED | GG_FIELD_CLOSED),
    FIELD(sample_Everything, r_at, "rAt", 52, MESSAGE, REPEATED(sample_Everything, r_at),
        OF(gg_google_protobuf_Timestamp_type)),
    FIELD(sample_Everything, r_value, "rValue", 53, MESSAGE, REPEATED(sample_Everything, r_value),
        OF(gg_google_protobuf_Value_type)),
    FIELD(sample_Everything, c_null, "cNull", 54, ENUM, ONEOF(sample_Everything, choice),
        ENUM_OF(gg_google_protobuf_NullValue_type)),
    FIELD(sample_Everything, odd_name, "odd\"name", 1000, INT32, IMPLICIT),
    FIELD(sample_Everything, last_one, "lastOne", 536870911, STRING, IMPLICIT, UTF8),
};
static const uint16_t everything_by_number[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, 52, 53, 54, 55 };
static const uint16_t everything_by_name[] = { 76, 92, 103, 80, 102, 69, 107, 94, 15, 99, 78, 57, 61, 43, 101, 67, 63,
    68, 106, 19, 31, 3, 33, 9, 5, 14, 98, 96, 55, 56, 60, 75, 71, 47, 49, 51, 35, 105, 42, 100, 83, 91, 65, 66, 62, 1,
    27, 29, 17, 21, 7, 18, 30, 2, 32, 8, 4, 111, 53, 59, 54, 73, 74, 70, 39, 37, 45, 46, 48, 50, 34, 104, 85, 82, 89,
    90, 64, 13, 11, 0, 26, 28, 16, 20, 6, 110, 52, 58, 72, 109, 108, 41, 38, 36, 44, 84, 87, 88, 23, 25, 12, 10, 40, 86,
    22, 24 };
const gg_message_type sample_Everything_type = {
    .name = GG_STR_INIT("sample.v1.Everything"),
    .fields = everything_fields,
    .by_number = everything_by_number,
    .by_name = everything_by_name,
    .field_count = COUNT(everything_fields),
    .name_count = COUNT(everything_by_name),
    .size = sizeof(sample_Everything),
    .unknown = offsetof(sample_Everything, unknown_fields),
};

const gg_message_type *const sample_all_types[] = {
    &sample_Inner_type,
    &sample_Legacy_type,
    &sample_Everything_type,
    &sample_Wide_type,
    &sample_Everything_MStringEntry_type,
    &sample_Everything_MInt64Entry_type,
    &sample_Everything_MBoolEntry_type,
    &sample_Everything_MUint32Entry_type,
    &sample_Everything_MModeEntry_type,
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
    NULL,
};
