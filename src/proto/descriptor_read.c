/* descriptor_read.c -- a serialized FileDescriptorProto into gg_desc_file, by tables.
 *
 * A shape lists the fields of one descriptor message that are wanted and where they go; anything else is
 * passed over.  Lists are counted first and then filled, so each is one array.
 * Spec: google/protobuf/descriptor.proto (names beside the numbers below). */
#include "proto/descriptor.h"
#include "proto/wire.h"

typedef enum { TEXT, NUMBER, PLUS1, SMALL, BOOL, TEXTS, NUMBERS, STRUCTS, STRUCT, INSIDE } row_kind;

typedef struct shape shape;
typedef struct row {
    uint32_t number;
    row_kind kind;
    size_t offset;       /* TEXT and INSIDE gg_str, NUMBER and PLUS1 int32_t, SMALL uint8_t, lists: pointer */
    size_t count_offset; /* lists */
    const shape
        *inner; /* STRUCTS, TEXTS: of an element; STRUCT: of it; INSIDE: kept as bytes and read into the same struct */
} row;

struct shape {
    const row *rows;
    size_t row_count, len; /* of the struct, in bytes */
};

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

/* clang-format off */
static const row feature_rows[] = { /* of gg_desc_features.value */
    { 1, SMALL, GG_FEATURE_PRESENCE, 0, NULL },
    { 2, SMALL, GG_FEATURE_ENUM, 0, NULL },
    { 3, SMALL, GG_FEATURE_REPEATED, 0, NULL },
    { 4, SMALL, GG_FEATURE_UTF8, 0, NULL },
    { 5, SMALL, GG_FEATURE_ENCODING, 0, NULL },
    { 6, SMALL, GG_FEATURE_JSON, 0, NULL },
    { 7, SMALL, GG_FEATURE_STYLE, 0, NULL },
    { 8, SMALL, GG_FEATURE_VISIBILITY, 0, NULL },
};
static const shape feature_shape = { ROWS(feature_rows), sizeof(gg_desc_features) };

static const row enum_value_rows[] = {
    { 1, TEXT,   offsetof(gg_desc_enum_value, name), 0, NULL },
    { 2, NUMBER, offsetof(gg_desc_enum_value, number), 0, NULL },
    { 3, TEXT,   offsetof(gg_desc_enum_value, options), 0, NULL },
};
static const shape enum_value_shape = { ROWS(enum_value_rows), sizeof(gg_desc_enum_value) };

static const row enum_options_rows[] = {
    { 2, BOOL,   offsetof(gg_desc_enum, allow_alias), 0, NULL },
    { 7, STRUCT, offsetof(gg_desc_enum, features), 0, &feature_shape },
};
static const shape enum_options_shape = { ROWS(enum_options_rows), 0 };

static const row range_rows[] = {
    { 1, NUMBER, offsetof(gg_desc_range, start), 0, NULL },
    { 2, NUMBER, offsetof(gg_desc_range, end), 0, NULL },
};
static const shape range_shape = { ROWS(range_rows), sizeof(gg_desc_range) };
static const shape text_shape = { NULL, 0, sizeof(gg_str) };

static const row enum_rows[] = {
    { 1, TEXT,    offsetof(gg_desc_enum, name), 0, NULL },
    { 2, STRUCTS, offsetof(gg_desc_enum, values), offsetof(gg_desc_enum, value_count), &enum_value_shape },
    { 3, INSIDE,  offsetof(gg_desc_enum, options), 0, &enum_options_shape },
    { 4, STRUCTS, offsetof(gg_desc_enum, reserved_ranges), offsetof(gg_desc_enum, reserved_range_count), &range_shape },
    { 5, TEXTS,   offsetof(gg_desc_enum, reserved_names), offsetof(gg_desc_enum, reserved_name_count), &text_shape },
    { 6, SMALL,   offsetof(gg_desc_enum, visibility), 0, NULL },
};
static const shape enum_shape = { ROWS(enum_rows), sizeof(gg_desc_enum) };

static const row field_options_rows[] = {
    { 2,  PLUS1,  offsetof(gg_desc_field, packed_plus1), 0, NULL },
    { 21, STRUCT, offsetof(gg_desc_field, own_features), 0, &feature_shape },
};
static const shape field_options_shape = { ROWS(field_options_rows), 0 };

static const row field_rows[] = {
    { 1,  TEXT,   offsetof(gg_desc_field, name), 0, NULL },
    { 2,  TEXT,   offsetof(gg_desc_field, extendee_name), 0, NULL },
    { 3,  NUMBER, offsetof(gg_desc_field, number), 0, NULL },
    { 4,  NUMBER, offsetof(gg_desc_field, label), 0, NULL },
    { 5,  NUMBER, offsetof(gg_desc_field, type), 0, NULL },
    { 6,  TEXT,   offsetof(gg_desc_field, type_name), 0, NULL },
    { 7,  TEXT,   offsetof(gg_desc_field, default_value), 0, NULL },
    { 8,  INSIDE, offsetof(gg_desc_field, options), 0, &field_options_shape },
    { 9,  PLUS1,  offsetof(gg_desc_field, oneof_index_plus1), 0, NULL },
    { 10, TEXT,   offsetof(gg_desc_field, json_name), 0, NULL },
    { 17, BOOL,   offsetof(gg_desc_field, proto3_optional), 0, NULL },
};
static const shape field_shape = { ROWS(field_rows), sizeof(gg_desc_field) };

static const row oneof_options_rows[] = {
    { 1, STRUCT, offsetof(gg_desc_oneof, features), 0, &feature_shape },
};
static const shape oneof_options_shape = { ROWS(oneof_options_rows), 0 };

static const row oneof_rows[] = {
    { 1, TEXT,   offsetof(gg_desc_oneof, name), 0, NULL },
    { 2, INSIDE, offsetof(gg_desc_oneof, options), 0, &oneof_options_shape },
};
static const shape oneof_shape = { ROWS(oneof_rows), sizeof(gg_desc_oneof) };

static const row message_options_rows[] = {
    { 1,  BOOL,   offsetof(gg_desc_message, message_set), 0, NULL },
    { 7,  BOOL,   offsetof(gg_desc_message, map_entry), 0, NULL },
    { 12, STRUCT, offsetof(gg_desc_message, features), 0, &feature_shape },
};
static const shape message_options_shape = { ROWS(message_options_rows), 0 };

static const shape message_shape;
static const row message_rows[] = {
    { 1, TEXT,    offsetof(gg_desc_message, name), 0, NULL },
    { 2, STRUCTS, offsetof(gg_desc_message, fields), offsetof(gg_desc_message, field_count), &field_shape },
    { 3, STRUCTS, offsetof(gg_desc_message, messages), offsetof(gg_desc_message, message_count), &message_shape },
    { 4, STRUCTS, offsetof(gg_desc_message, enums), offsetof(gg_desc_message, enum_count), &enum_shape },
    { 5, STRUCTS, offsetof(gg_desc_message, extension_ranges), offsetof(gg_desc_message, extension_range_count), &range_shape },
    { 6, STRUCTS, offsetof(gg_desc_message, extensions), offsetof(gg_desc_message, extension_count), &field_shape },
    { 7, INSIDE,  offsetof(gg_desc_message, options), 0, &message_options_shape },
    { 8, STRUCTS, offsetof(gg_desc_message, oneofs), offsetof(gg_desc_message, oneof_count), &oneof_shape },
    { 9, STRUCTS, offsetof(gg_desc_message, reserved_ranges), offsetof(gg_desc_message, reserved_range_count), &range_shape },
    { 10, TEXTS,  offsetof(gg_desc_message, reserved_names), offsetof(gg_desc_message, reserved_name_count), &text_shape },
    { 11, SMALL,  offsetof(gg_desc_message, visibility), 0, NULL },
};
static const shape message_shape = { ROWS(message_rows), sizeof(gg_desc_message) };

static const row method_rows[] = {
    { 1, TEXT, offsetof(gg_desc_method, name), 0, NULL },
    { 2, TEXT, offsetof(gg_desc_method, input_name), 0, NULL },
    { 3, TEXT, offsetof(gg_desc_method, output_name), 0, NULL },
    { 4, TEXT, offsetof(gg_desc_method, options), 0, NULL },
    { 5, BOOL, offsetof(gg_desc_method, client_streaming), 0, NULL },
    { 6, BOOL, offsetof(gg_desc_method, server_streaming), 0, NULL },
};
static const shape method_shape = { ROWS(method_rows), sizeof(gg_desc_method) };

static const row service_rows[] = {
    { 1, TEXT,    offsetof(gg_desc_service, name), 0, NULL },
    { 2, STRUCTS, offsetof(gg_desc_service, methods), offsetof(gg_desc_service, method_count), &method_shape },
    { 3, TEXT,    offsetof(gg_desc_service, options), 0, NULL },
};
static const shape service_shape = { ROWS(service_rows), sizeof(gg_desc_service) };

static const shape import_shape = { NULL, 0, sizeof(gg_desc_import) };
static const shape number_shape = { NULL, 0, sizeof(int32_t) };

static const row file_options_rows[] = {
    { 50, STRUCT, offsetof(gg_desc_file, features), 0, &feature_shape },
};
static const shape file_options_shape = { ROWS(file_options_rows), 0 };

static const row file_rows[] = {
    { 1,  TEXT,    offsetof(gg_desc_file, name), 0, NULL },
    { 2,  TEXT,    offsetof(gg_desc_file, package), 0, NULL },
    { 3,  TEXTS,   offsetof(gg_desc_file, imports), offsetof(gg_desc_file, import_count), &import_shape },
    { 4,  STRUCTS, offsetof(gg_desc_file, messages), offsetof(gg_desc_file, message_count), &message_shape },
    { 5,  STRUCTS, offsetof(gg_desc_file, enums), offsetof(gg_desc_file, enum_count), &enum_shape },
    { 6,  STRUCTS, offsetof(gg_desc_file, services), offsetof(gg_desc_file, service_count), &service_shape },
    { 7,  STRUCTS, offsetof(gg_desc_file, extensions), offsetof(gg_desc_file, extension_count), &field_shape },
    { 8,  INSIDE,  offsetof(gg_desc_file, options), 0, &file_options_shape },
    { 9,  TEXT,    offsetof(gg_desc_file, source_info), 0, NULL },
    { 10, NUMBERS, offsetof(gg_desc_file, public_imports), offsetof(gg_desc_file, public_import_count), &number_shape },
    { 12, TEXT,    offsetof(gg_desc_file, syntax), 0, NULL },
    { 14, NUMBER,  offsetof(gg_desc_file, edition), 0, NULL },
    { 15, TEXTS,   offsetof(gg_desc_file, option_imports), offsetof(gg_desc_file, option_import_count), &import_shape },
};
static const shape file_shape = { ROWS(file_rows), sizeof(gg_desc_file) };
/* clang-format on */

static bool is_list(row_kind kind)
{
    return kind == TEXTS || kind == NUMBERS || kind == STRUCTS;
}

static const row *find_row(const shape *s, uint32_t number)
{
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].number == number)
            return &s->rows[i];
    return NULL;
}

static void put_number(char *place, int32_t value)
{
    memcpy(place, &value, sizeof value);
}

/* The next element of a list that was counted before. */
static char *next_element(const row *r, char *out)
{
    char *list;
    size_t count;
    memcpy(&list, out + r->offset, sizeof list);
    memcpy(&count, out + r->count_offset, sizeof count);
    char *element = list + count * r->inner->len;
    count++;
    memcpy(out + r->count_offset, &count, sizeof count);
    return element;
}

/* Makes room for every list of the shape, as many elements as the bytes hold. */
static gg_rc make_lists(gg_arena *arena, const shape *s, gg_str bytes, char *out)
{
    gg_wire_field field;
    gg_rc rc;
    while ((rc = gg_wire_next(&bytes, &field)) == GG_OK) {
        const row *r = find_row(s, field.number);
        if (r != NULL && is_list(r->kind)) {
            size_t count;
            memcpy(&count, out + r->count_offset, sizeof count);
            count++;
            memcpy(out + r->count_offset, &count, sizeof count);
        }
    }
    if (rc != GG_NEED_MORE)
        return rc;
    for (size_t i = 0; i < s->row_count; i++) {
        const row *r = &s->rows[i];
        size_t count, none = 0;
        if (!is_list(r->kind))
            continue;
        memcpy(&count, out + r->count_offset, sizeof count);
        if (count == 0)
            continue;
        void *list = count <= SIZE_MAX / r->inner->len ? gg_arena_zalloc(arena, count * r->inner->len) : NULL;
        if (list == NULL)
            return GG_ENOMEM;
        memcpy(out + r->offset, &list, sizeof list);
        memcpy(out + r->count_offset, &none, sizeof none);
    }
    return GG_OK;
}

static gg_rc fill(gg_arena *arena, const shape *s, gg_str bytes, char *out, size_t depth);

/* Recursion: a message in a message, GG_DESC_DEPTH times; no other shape stands inside itself. */
static gg_rc read_struct(gg_arena *arena, const shape *s, gg_str bytes, char *out, size_t depth)
{
    if (s == &message_shape && depth > GG_DESC_DEPTH)
        return GG_ETOOBIG;
    gg_rc rc = make_lists(arena, s, bytes, out);
    return rc == GG_OK ? fill(arena, s, bytes, out, depth) : rc;
}

static gg_rc fill(gg_arena *arena, const shape *s, gg_str bytes, char *out, size_t depth)
{
    gg_wire_field field;
    gg_rc rc = GG_OK;
    while (rc == GG_OK && (rc = gg_wire_next(&bytes, &field)) == GG_OK) {
        const row *r = find_row(s, field.number);
        if (r == NULL)
            continue;
        bool varint =
            r->kind == NUMBER || r->kind == PLUS1 || r->kind == SMALL || r->kind == BOOL || r->kind == NUMBERS;
        if (field.type != (varint ? GG_WIRE_VARINT : GG_WIRE_LEN))
            return GG_EPROTO;
        switch (r->kind) {
        case TEXT:
            memcpy(out + r->offset, &field.bytes, sizeof field.bytes);
            break;
        case NUMBER:
            put_number(out + r->offset, (int32_t)(uint32_t)field.value);
            break;
        case PLUS1:
            put_number(out + r->offset, field.value < INT32_MAX ? (int32_t)field.value + 1 : INT32_MAX);
            break;
        case SMALL:
            *(uint8_t *)(void *)(out + r->offset) = field.value < UINT8_MAX ? (uint8_t)field.value : UINT8_MAX;
            break;
        case BOOL:
            *(bool *)(void *)(out + r->offset) = field.value != 0;
            break;
        case TEXTS:
            memcpy(next_element(r, out), &field.bytes, sizeof field.bytes);
            break;
        case NUMBERS:
            put_number(next_element(r, out), (int32_t)(uint32_t)field.value);
            break;
        case STRUCTS:
            rc = read_struct(arena, r->inner, field.bytes, next_element(r, out), depth + 1);
            break;
        case STRUCT:
            rc = fill(arena, r->inner, field.bytes, out + r->offset, depth + 1);
            break;
        case INSIDE:
            memcpy(out + r->offset, &field.bytes, sizeof field.bytes);
            rc = fill(arena, r->inner, field.bytes, out, depth + 1);
            break;
        }
    }
    return rc == GG_NEED_MORE ? GG_OK : rc;
}

gg_rc gg_desc_read(gg_arena *arena, gg_str bytes, gg_desc_file *file)
{
    *file = (gg_desc_file){ .bytes = bytes };
    return read_struct(arena, &file_shape, bytes, (char *)file, 0);
}
