/* wkt.c -- the tables of the well-known types (gg/wkt.h), written by hand.
 *
 * Left out: messages of google/protobuf that no API carries as a value (type.proto, api.proto, ...). */
#include "gg/wkt.h"

#include "proto/well_known.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A field of the struct `owner` whose JSON name is its name; further members by designator. */
#define FIELD(owner, member, field_number, field_type, field_rule, ...) \
    { \
        .name = GG_STR_INIT(#member), .json_name = GG_STR_INIT(#member), .number = (field_number), \
        .type = GG_TYPE_##field_type, .rule = GG_FIELD_##field_rule, .offset = offsetof(owner, member), __VA_ARGS__ \
    }

/* The table of a message whose fields stand in order of number. */
#define MESSAGE(c_name, full_name, known, field_array, name_order) \
    const gg_message_type gg_##c_name##_type = { \
        .name = GG_STR_INIT(full_name), \
        .fields = (field_array), \
        .by_number = in_order, \
        .by_name = (name_order), \
        .field_count = COUNT(field_array), \
        .name_count = COUNT(name_order), \
        .size = sizeof(c_name), \
        .well_known = GG_WKT_##known, \
    }

static const uint16_t in_order[] = { 0, 1, 2, 3, 4, 5 };
static const uint16_t one_name[] = { 0 }; /* by_name holds index * 2, + 1 for the JSON name */

/* -- timestamp.proto, duration.proto -- */
static const uint16_t time_names[] = { 2, 0 }; /* nanos, seconds */

static const gg_field timestamp_fields[] = {
    FIELD(google_protobuf_Timestamp, seconds, 1, INT64, IMPLICIT, .presence = 0),
    FIELD(google_protobuf_Timestamp, nanos, 2, INT32, IMPLICIT, .presence = 0),
};
MESSAGE(google_protobuf_Timestamp, "google.protobuf.Timestamp", TIMESTAMP, timestamp_fields, time_names);

static const gg_field duration_fields[] = {
    FIELD(google_protobuf_Duration, seconds, 1, INT64, IMPLICIT, .presence = 0),
    FIELD(google_protobuf_Duration, nanos, 2, INT32, IMPLICIT, .presence = 0),
};
MESSAGE(google_protobuf_Duration, "google.protobuf.Duration", DURATION, duration_fields, time_names);

/* -- empty.proto -- */
const gg_message_type gg_google_protobuf_Empty_type = {
    .name = GG_STR_INIT("google.protobuf.Empty"),
    .size = sizeof(google_protobuf_Empty),
    .well_known = GG_WKT_EMPTY,
};

/* -- field_mask.proto -- */
static const gg_field field_mask_fields[] = {
    FIELD(google_protobuf_FieldMask, paths, 1, STRING, REPEATED, .flags = GG_FIELD_UTF8,
        .presence = offsetof(google_protobuf_FieldMask, paths_count)),
};
MESSAGE(google_protobuf_FieldMask, "google.protobuf.FieldMask", FIELD_MASK, field_mask_fields, one_name);

/* -- any.proto -- */
static const gg_field any_fields[] = {
    { .name = GG_STR_INIT("type_url"),
        .json_name = GG_STR_INIT("typeUrl"),
        .number = 1,
        .type = GG_TYPE_STRING,
        .flags = GG_FIELD_UTF8,
        .offset = offsetof(google_protobuf_Any, type_url) },
    FIELD(google_protobuf_Any, value, 2, BYTES, IMPLICIT, .presence = 0),
};
static const uint16_t any_names[] = { 2, 1, 0 }; /* value, typeUrl, type_url */
MESSAGE(google_protobuf_Any, "google.protobuf.Any", ANY, any_fields, any_names);

/* -- wrappers.proto -- */
#define WRAPPER(c_name, full_name, field_type, field_flags) \
    static const gg_field c_name##_fields[] = { \
        FIELD(c_name, value, 1, field_type, IMPLICIT, .flags = (field_flags)), \
    }; \
    MESSAGE(c_name, full_name, WRAPPER, c_name##_fields, one_name)

WRAPPER(google_protobuf_DoubleValue, "google.protobuf.DoubleValue", DOUBLE, 0);
WRAPPER(google_protobuf_FloatValue, "google.protobuf.FloatValue", FLOAT, 0);
WRAPPER(google_protobuf_Int64Value, "google.protobuf.Int64Value", INT64, 0);
WRAPPER(google_protobuf_UInt64Value, "google.protobuf.UInt64Value", UINT64, 0);
WRAPPER(google_protobuf_Int32Value, "google.protobuf.Int32Value", INT32, 0);
WRAPPER(google_protobuf_UInt32Value, "google.protobuf.UInt32Value", UINT32, 0);
WRAPPER(google_protobuf_BoolValue, "google.protobuf.BoolValue", BOOL, 0);
WRAPPER(google_protobuf_StringValue, "google.protobuf.StringValue", STRING, GG_FIELD_UTF8);
WRAPPER(google_protobuf_BytesValue, "google.protobuf.BytesValue", BYTES, 0);

/* -- struct.proto -- */
static const gg_enum_value null_values[] = { { GG_STR_INIT("NULL_VALUE"), google_protobuf_NULL_VALUE } };
const gg_enum_type gg_google_protobuf_NullValue_type = {
    .name = GG_STR_INIT("google.protobuf.NullValue"),
    .values = null_values,
    .by_number = in_order,
    .by_name = in_order,
    .value_count = COUNT(null_values),
};

static const gg_field struct_fields[] = {
    FIELD(google_protobuf_Struct, fields, 1, MESSAGE, MAP, .presence = offsetof(google_protobuf_Struct, fields_count),
        .message = &gg_google_protobuf_Struct_FieldsEntry_type),
};
MESSAGE(google_protobuf_Struct, "google.protobuf.Struct", STRUCT, struct_fields, one_name);

static const gg_field struct_entry_fields[] = {
    FIELD(google_protobuf_Struct_FieldsEntry, key, 1, STRING, IMPLICIT, .flags = GG_FIELD_UTF8),
    FIELD(google_protobuf_Struct_FieldsEntry, value, 2, MESSAGE, EXPLICIT, .message = &gg_google_protobuf_Value_type),
};
static const uint16_t struct_entry_names[] = { 0, 2 }; /* key, value */
const gg_message_type gg_google_protobuf_Struct_FieldsEntry_type = {
    .name = GG_STR_INIT("google.protobuf.Struct.FieldsEntry"),
    .fields = struct_entry_fields,
    .by_number = in_order,
    .by_name = struct_entry_names,
    .field_count = COUNT(struct_entry_fields),
    .name_count = COUNT(struct_entry_names),
    .size = sizeof(google_protobuf_Struct_FieldsEntry),
    .map_entry = true,
};

static const gg_field list_value_fields[] = {
    FIELD(google_protobuf_ListValue, values, 1, MESSAGE, REPEATED,
        .presence = offsetof(google_protobuf_ListValue, values_count), .message = &gg_google_protobuf_Value_type),
};
MESSAGE(google_protobuf_ListValue, "google.protobuf.ListValue", LIST_VALUE, list_value_fields, one_name);

#define KIND(member, camel, field_number, field_type, ...) \
    { \
        .name = GG_STR_INIT(#member), .json_name = GG_STR_INIT(camel), .number = (field_number), \
        .type = GG_TYPE_##field_type, .rule = GG_FIELD_ONEOF, .offset = offsetof(google_protobuf_Value, member), \
        .presence = offsetof(google_protobuf_Value, kind_case), __VA_ARGS__ \
    }
static const gg_field value_fields[] = {
    KIND(null_value, "nullValue", 1, ENUM, .enum_type = &gg_google_protobuf_NullValue_type),
    KIND(number_value, "numberValue", 2, DOUBLE, .flags = 0),
    KIND(string_value, "stringValue", 3, STRING, .flags = GG_FIELD_UTF8),
    KIND(bool_value, "boolValue", 4, BOOL, .flags = 0),
    KIND(struct_value, "structValue", 5, MESSAGE, .message = &gg_google_protobuf_Struct_type),
    KIND(list_value, "listValue", 6, MESSAGE, .message = &gg_google_protobuf_ListValue_type),
};
static const uint16_t value_names[] = { 7, 11, 1, 6, 10, 0, 3, 5, 9, 2, 4, 8 };
MESSAGE(google_protobuf_Value, "google.protobuf.Value", VALUE, value_fields, value_names);

/* -- google/rpc/status.proto -- */
static const gg_field status_fields[] = {
    FIELD(google_rpc_Status, code, 1, INT32, IMPLICIT, .presence = 0),
    FIELD(google_rpc_Status, message, 2, STRING, IMPLICIT, .flags = GG_FIELD_UTF8),
    FIELD(google_rpc_Status, details, 3, MESSAGE, REPEATED, .presence = offsetof(google_rpc_Status, details_count),
        .message = &gg_google_protobuf_Any_type),
};
static const uint16_t status_names[] = { 0, 4, 2 }; /* code, details, message */
MESSAGE(google_rpc_Status, "google.rpc.Status", NONE, status_fields, status_names);

/* -- by name -- */
const gg_message_type *gg_wkt_message(gg_str name)
{
    static const gg_message_type *const types[] = {
        &gg_google_protobuf_Any_type,
        &gg_google_protobuf_Timestamp_type,
        &gg_google_protobuf_Duration_type,
        &gg_google_protobuf_Empty_type,
        &gg_google_protobuf_FieldMask_type,
        &gg_google_protobuf_Struct_type,
        &gg_google_protobuf_Value_type,
        &gg_google_protobuf_ListValue_type,
        &gg_google_protobuf_DoubleValue_type,
        &gg_google_protobuf_FloatValue_type,
        &gg_google_protobuf_Int64Value_type,
        &gg_google_protobuf_UInt64Value_type,
        &gg_google_protobuf_Int32Value_type,
        &gg_google_protobuf_UInt32Value_type,
        &gg_google_protobuf_BoolValue_type,
        &gg_google_protobuf_StringValue_type,
        &gg_google_protobuf_BytesValue_type,
        &gg_google_rpc_Status_type,
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (gg_str_eq(types[i]->name, name))
            return types[i];
    return NULL;
}
