/* gg/wkt.h -- the well-known types: google/protobuf messages and google.rpc.Status as structs.
 *
 * They look as protoc-gen-gg would write them (layout rules: gg/schema.h), but live in the library, so
 * that generated files share them. */
#ifndef GG_WKT_H
#define GG_WKT_H

#include "gg/schema.h"

GG_BEGIN_DECLS

/* google/protobuf/timestamp.proto: a point in time, in seconds since 1970-01-01T00:00:00Z. */
typedef struct google_protobuf_Timestamp {
    int64_t seconds; /* of the years 1 to 9999 */
    int32_t nanos;   /* 0 to 999999999, forward in time */
} google_protobuf_Timestamp;

/* google/protobuf/duration.proto: seconds and nanos have the same sign. */
typedef struct google_protobuf_Duration {
    int64_t seconds; /* at most 315576000000 either way */
    int32_t nanos;
} google_protobuf_Duration;

/* google/protobuf/empty.proto */
typedef struct google_protobuf_Empty {
    char unused; /* C has no empty structs */
} google_protobuf_Empty;

/* google/protobuf/field_mask.proto: paths as in the .proto, "user.display_name". */
typedef struct google_protobuf_FieldMask {
    gg_str *paths;
    size_t paths_count;
} google_protobuf_FieldMask;

/* google/protobuf/any.proto: a serialized message and its type, "type.googleapis.com/pkg.Message". */
typedef struct google_protobuf_Any {
    gg_str type_url;
    gg_str value;
} google_protobuf_Any;

/* google/protobuf/wrappers.proto */
typedef struct google_protobuf_DoubleValue {
    double value;
} google_protobuf_DoubleValue;
typedef struct google_protobuf_FloatValue {
    float value;
} google_protobuf_FloatValue;
typedef struct google_protobuf_Int64Value {
    int64_t value;
} google_protobuf_Int64Value;
typedef struct google_protobuf_UInt64Value {
    uint64_t value;
} google_protobuf_UInt64Value;
typedef struct google_protobuf_Int32Value {
    int32_t value;
} google_protobuf_Int32Value;
typedef struct google_protobuf_UInt32Value {
    uint32_t value;
} google_protobuf_UInt32Value;
typedef struct google_protobuf_BoolValue {
    bool value;
} google_protobuf_BoolValue;
typedef struct google_protobuf_StringValue {
    gg_str value;
} google_protobuf_StringValue;
typedef struct google_protobuf_BytesValue {
    gg_str value;
} google_protobuf_BytesValue;

/* google/protobuf/struct.proto: any JSON. */
enum { google_protobuf_NULL_VALUE = 0 }; /* google.protobuf.NullValue */

typedef struct google_protobuf_Value google_protobuf_Value;

typedef struct google_protobuf_Struct_FieldsEntry {
    gg_str key;
    google_protobuf_Value *value;
} google_protobuf_Struct_FieldsEntry;

typedef struct google_protobuf_Struct {
    google_protobuf_Struct_FieldsEntry *fields;
    size_t fields_count;
} google_protobuf_Struct;

typedef struct google_protobuf_ListValue {
    google_protobuf_Value *values;
    size_t values_count;
} google_protobuf_ListValue;

struct google_protobuf_Value {
    int32_t kind_case; /* number of the member that is set; 0: none */
    union {
        int32_t null_value;                    /* 1 */
        double number_value;                   /* 2 */
        gg_str string_value;                   /* 3 */
        bool bool_value;                       /* 4 */
        google_protobuf_Struct *struct_value;  /* 5 */
        google_protobuf_ListValue *list_value; /* 6 */
    };
};

/* google/rpc/status.proto: how a call ended. */
typedef struct google_rpc_Status {
    int32_t code; /* gg_status */
    gg_str message;
    google_protobuf_Any *details;
    size_t details_count;
} google_rpc_Status;

extern GG_API const gg_message_type gg_google_protobuf_Timestamp_type;
extern GG_API const gg_message_type gg_google_protobuf_Duration_type;
extern GG_API const gg_message_type gg_google_protobuf_Empty_type;
extern GG_API const gg_message_type gg_google_protobuf_FieldMask_type;
extern GG_API const gg_message_type gg_google_protobuf_Any_type;
extern GG_API const gg_message_type gg_google_protobuf_DoubleValue_type;
extern GG_API const gg_message_type gg_google_protobuf_FloatValue_type;
extern GG_API const gg_message_type gg_google_protobuf_Int64Value_type;
extern GG_API const gg_message_type gg_google_protobuf_UInt64Value_type;
extern GG_API const gg_message_type gg_google_protobuf_Int32Value_type;
extern GG_API const gg_message_type gg_google_protobuf_UInt32Value_type;
extern GG_API const gg_message_type gg_google_protobuf_BoolValue_type;
extern GG_API const gg_message_type gg_google_protobuf_StringValue_type;
extern GG_API const gg_message_type gg_google_protobuf_BytesValue_type;
extern GG_API const gg_message_type gg_google_protobuf_Struct_type;
extern GG_API const gg_message_type gg_google_protobuf_Struct_FieldsEntry_type;
extern GG_API const gg_message_type gg_google_protobuf_Value_type;
extern GG_API const gg_message_type gg_google_protobuf_ListValue_type;
extern GG_API const gg_message_type gg_google_rpc_Status_type;
extern GG_API const gg_enum_type gg_google_protobuf_NullValue_type;

GG_END_DECLS
#endif
