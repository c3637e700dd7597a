/* sample_types.h -- a message with every kind of field, for the tests of the codecs.
 *
 * It looks as protoc-gen-gg would write it for
 *
 *   package sample.v1;
 *   enum Color { option allow_alias = true; COLOR_RED = 0; COLOR_GREEN = 1; COLOR_CRIMSON = 0; COLOR_BLUE = 5; ... }
 *   enum Mode { MODE_OFF = 0; MODE_ON = 1; }  closed
 *   message Inner { ... }  message Legacy { ... } as a group  message Everything { ... }
 *
 * Prefixes: f_ singular, r_ repeated, m_ map, c_ member of the oneof, o_ optional, w_ wrapper. */
#ifndef GG_TESTS_SAMPLE_TYPES_H
#define GG_TESTS_SAMPLE_TYPES_H

#include "gg/wkt.h"

enum {
    sample_COLOR_RED = 0,
    sample_COLOR_GREEN = 1,
    sample_COLOR_CRIMSON = 0,
    sample_COLOR_BLUE = 5,
    sample_COLOR_NONE = -1
};
enum { sample_MODE_OFF = 0, sample_MODE_ON = 1 };

typedef struct sample_Inner sample_Inner;
typedef struct sample_Legacy sample_Legacy;
typedef struct sample_Everything sample_Everything;

struct sample_Inner {
    int32_t id;
    gg_str label;
    sample_Inner *child;
    sample_Inner *children;
    size_t children_count;
    bool on;
};

struct sample_Legacy {
    int32_t id;
    bool has_id;
    gg_str label;
    bool has_label;
    sample_Inner *nested;
};

typedef struct sample_Everything_MStringEntry {
    gg_str key;
    int32_t value;
} sample_Everything_MStringEntry;

typedef struct sample_Everything_MInt64Entry {
    int64_t key;
    sample_Inner *value;
} sample_Everything_MInt64Entry;

typedef struct sample_Everything_MBoolEntry {
    bool key;
    int32_t value;
} sample_Everything_MBoolEntry;

typedef struct sample_Everything_MUint32Entry {
    uint32_t key;
    gg_str value;
} sample_Everything_MUint32Entry;

typedef struct sample_Everything_MModeEntry {
    int32_t key;
    int32_t value;
} sample_Everything_MModeEntry;

struct sample_Everything {
    double f_double;
    float f_float;
    int64_t f_int64;
    uint64_t f_uint64;
    int32_t f_int32;
    uint64_t f_fixed64;
    uint32_t f_fixed32;
    bool f_bool;
    gg_str f_string;
    gg_str f_bytes;
    uint32_t f_uint32;
    int32_t f_sfixed32;
    int64_t f_sfixed64;
    int32_t f_sint32;
    int64_t f_sint64;
    int32_t f_color;
    sample_Inner *f_inner;
    int32_t *r_int32;
    size_t r_int32_count;
    int64_t *r_sint64;
    size_t r_sint64_count;
    double *r_double;
    size_t r_double_count;
    uint32_t *r_fixed32;
    size_t r_fixed32_count;
    bool *r_bool;
    size_t r_bool_count;
    gg_str *r_string;
    size_t r_string_count;
    gg_str *r_bytes;
    size_t r_bytes_count;
    int32_t *r_color;
    size_t r_color_count;
    sample_Inner *r_inner;
    size_t r_inner_count;
    sample_Everything_MStringEntry *m_string;
    size_t m_string_count;
    sample_Everything_MInt64Entry *m_int64;
    size_t m_int64_count;
    sample_Everything_MBoolEntry *m_bool;
    size_t m_bool_count;
    sample_Everything_MUint32Entry *m_uint32;
    size_t m_uint32_count;
    sample_Everything_MModeEntry *m_mode;
    size_t m_mode_count;
    int32_t choice_case;
    union {
        int32_t c_int32;
        gg_str c_string;
        sample_Inner *c_inner;
        bool c_bool;
        int32_t c_null;
    };
    int32_t o_int32;
    bool has_o_int32;
    gg_str o_string;
    bool has_o_string;
    int32_t o_color;
    bool has_o_color;
    google_protobuf_Timestamp *at;
    google_protobuf_Duration *lasts;
    google_protobuf_FieldMask *mask;
    google_protobuf_Int64Value *w_int64;
    google_protobuf_StringValue *w_string;
    google_protobuf_Struct *any_struct;
    google_protobuf_Value *any_value;
    google_protobuf_ListValue *any_list;
    google_protobuf_Any *any;
    google_protobuf_Empty *empty;
    sample_Legacy *legacy;
    int32_t f_mode;
    int32_t *r_mode;
    size_t r_mode_count;
    google_protobuf_Timestamp *r_at;
    size_t r_at_count;
    google_protobuf_Value *r_value;
    size_t r_value_count;
    int32_t odd_name;
    gg_str last_one;
    gg_str unknown_fields;
};

/* 70 fields f0 to f69 of type int32, numbers 1 to 70. */
enum { SAMPLE_WIDE_FIELDS = 70 };
typedef struct sample_Wide {
    int32_t f[SAMPLE_WIDE_FIELDS];
} sample_Wide;

extern const gg_message_type sample_Inner_type;
extern const gg_message_type sample_Legacy_type;
extern const gg_message_type sample_Everything_type;
extern const gg_message_type sample_Wide_type;
extern const gg_enum_type sample_Color_type;
extern const gg_enum_type sample_Mode_type;

/* Every table of messages here and in gg/wkt.h, NULL at the end. */
extern const gg_message_type *const sample_all_types[];

#endif
