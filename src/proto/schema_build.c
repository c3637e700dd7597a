/* schema_build.c -- the tables of gg/schema.h from a linked set of descriptors (schema_build.h).
 *
 * A struct is laid out as the C compiler lays out the one that protoc-gen-gg writes: members in order of
 * declaration, each on its alignment, a oneof's case and union where its first member stands.
 *
 *   optional int32 a;          0  int32_t a        4  bool has_a
 *   repeated string b;         8  gg_str *b       16  size_t b_count
 *   oneof c { bool d; M e; }  24  int32_t c_case  32  union { bool d; M *e; }
 *   what is not known         40  gg_str unknown_fields                                size 56
 */
#include "proto/schema_build.h"

#include <assert.h>
#include <stdlib.h>

#include "proto/canonical.h"
#include "proto/member.h"
#include "proto/well_known.h"

typedef struct builder {
    gg_desc_set *set;
    gg_arena *arena;
    gg_extension_use extensions;
    gg_buf scratch;
    const gg_desc_message *file_type, *options_type; /* FileDescriptorProto, MethodOptions; NULL if not there */
} builder;

/* -- layout -- */
typedef struct member_shape {
    uint8_t size, align;
} member_shape;

#define SHAPE(type) \
    { \
        sizeof(type), _Alignof(type) \
    }
/* clang-format off */
static const member_shape shapes[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE]   = SHAPE(double),   [GG_TYPE_FLOAT]    = SHAPE(float),
    [GG_TYPE_INT64]    = SHAPE(int64_t),  [GG_TYPE_UINT64]   = SHAPE(uint64_t),
    [GG_TYPE_INT32]    = SHAPE(int32_t),  [GG_TYPE_FIXED64]  = SHAPE(uint64_t),
    [GG_TYPE_FIXED32]  = SHAPE(uint32_t), [GG_TYPE_BOOL]     = SHAPE(bool),
    [GG_TYPE_STRING]   = SHAPE(gg_str),   [GG_TYPE_GROUP]    = SHAPE(void *),
    [GG_TYPE_MESSAGE]  = SHAPE(void *),   [GG_TYPE_BYTES]    = SHAPE(gg_str),
    [GG_TYPE_UINT32]   = SHAPE(uint32_t), [GG_TYPE_ENUM]     = SHAPE(int32_t),
    [GG_TYPE_SFIXED32] = SHAPE(int32_t),  [GG_TYPE_SFIXED64] = SHAPE(int64_t),
    [GG_TYPE_SINT32]   = SHAPE(int32_t),  [GG_TYPE_SINT64]   = SHAPE(int64_t),
};
/* clang-format on */

typedef struct layout {
    uint32_t len, align;
} layout;

/* Where the next member goes. */
static uint32_t place(layout *l, uint32_t size, uint32_t align)
{
    uint32_t offset = (l->len + align - 1) / align * align;
    l->len = offset + size;
    if (l->align < align)
        l->align = align;
    return offset;
}

static void place_oneof(layout *l, gg_desc_oneof *oneof)
{
    if (oneof->offset != 0)
        return;
    oneof->case_offset = place(l, sizeof(int32_t), _Alignof(int32_t));
    oneof->offset = place(l, oneof->size, oneof->align);
}

/* Offsets of all fields, and the size of the struct.  At most GG_DESC_FIELDS members: nothing wraps. */
static void lay_out(const gg_desc_field *const *from, size_t count, gg_field *fields, gg_message_type *table)
{
    layout l = { 0, 1 };
    for (size_t i = 0; i < count; i++) {
        gg_desc_oneof *oneof = from[i]->oneof;
        member_shape shape = shapes[from[i]->type];
        if (oneof != NULL && oneof->size < shape.size)
            oneof->size = shape.size;
        if (oneof != NULL && oneof->align < shape.align)
            oneof->align = shape.align;
    }
    for (size_t i = 0; i < count; i++) {
        gg_field *field = &fields[i];
        gg_desc_oneof *oneof = from[i]->oneof;
        member_shape shape = shapes[field->type];
        switch ((gg_field_rule)field->rule) {
        case GG_FIELD_IMPLICIT:
            field->offset = place(&l, shape.size, shape.align);
            break;
        case GG_FIELD_EXPLICIT:
            field->offset = place(&l, shape.size, shape.align);
            if (field->message == NULL)
                field->presence = place(&l, sizeof(bool), _Alignof(bool));
            break;
        case GG_FIELD_ONEOF:
            assert(oneof != NULL);
            place_oneof(&l, oneof);
            field->offset = oneof->offset;
            field->presence = oneof->case_offset;
            break;
        case GG_FIELD_REPEATED:
        case GG_FIELD_MAP:
            field->offset = place(&l, sizeof(void *), _Alignof(void *));
            field->presence = place(&l, sizeof(size_t), _Alignof(size_t));
            break;
        }
    }
    if (l.len == 0) /* a member `unused`: offset 0 of the unknown fields would mean that there are none */
        l.len = 1;
    if (!table->map_entry)
        table->unknown = place(&l, sizeof(gg_str), _Alignof(gg_str));
    table->size = (l.len + l.align - 1) / l.align * l.align;
}

/* -- indexes -- */
typedef struct named {
    gg_str name;
    uint16_t code;
} named;

/* By length, then bytes; of equal names the proto names (even codes) come first, then the earlier ones. */
static int compare_names(const void *a, const void *b)
{
    const named *x = a, *y = b;
    if (x->name.len != y->name.len)
        return x->name.len < y->name.len ? -1 : 1;
    int order = x->name.len > 0 ? memcmp(x->name.ptr, y->name.ptr, x->name.len) : 0;
    if (order != 0)
        return order;
    if ((x->code & 1) != (y->code & 1))
        return (x->code & 1) != 0 ? 1 : -1;
    return (x->code > y->code) - (x->code < y->code);
}

static gg_rc index_fields(builder *b, gg_message_type *table)
{
    size_t field_count = table->field_count, count = 0, kept = 0;
    uint16_t *by_number = gg_arena_alloc(b->arena, field_count * sizeof *by_number + 1);
    uint16_t *by_name = gg_arena_alloc(b->arena, 2 * field_count * sizeof *by_name + 1);
    gg_numbered *numbers = gg_desc_alloc(b->set, field_count + 1, sizeof *numbers);
    named *names = gg_desc_alloc(b->set, 2 * field_count + 1, sizeof *names);
    if (by_number == NULL || by_name == NULL || numbers == NULL || names == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < field_count; i++) {
        numbers[i] = (gg_numbered){ (int32_t)table->fields[i].number, (uint16_t)i };
        names[count++] = (named){ table->fields[i].name, (uint16_t)(2 * i) };
        if (!gg_str_eq(table->fields[i].name, table->fields[i].json_name))
            names[count++] = (named){ table->fields[i].json_name, (uint16_t)(2 * i + 1) };
    }
    qsort(numbers, field_count, sizeof *numbers, gg_numbered_compare);
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < field_count; i++)
        by_number[i] = numbers[i].index;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !gg_str_eq(names[i].name, names[i - 1].name))
            by_name[kept++] = names[i].code;
    table->by_number = by_number;
    table->by_name = by_name;
    table->name_count = (uint16_t)kept;
    return GG_OK;
}

static gg_rc index_values(builder *b, gg_enum_type *table)
{
    size_t count = table->value_count;
    uint16_t *by_number = gg_arena_alloc(b->arena, count * sizeof *by_number);
    uint16_t *by_name = gg_arena_alloc(b->arena, count * sizeof *by_name);
    gg_numbered *numbers = gg_desc_alloc(b->set, count, sizeof *numbers);
    named *names = gg_desc_alloc(b->set, count, sizeof *names);
    if (by_number == NULL || by_name == NULL || numbers == NULL || names == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (gg_numbered){ table->values[i].number, (uint16_t)i };
        names[i] = (named){ table->values[i].name, (uint16_t)i };
    }
    qsort(numbers, count, sizeof *numbers, gg_numbered_compare);
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        by_number[i] = numbers[i].index;
        by_name[i] = names[i].code;
    }
    table->by_number = by_number;
    table->by_name = by_name;
    return GG_OK;
}

/* -- messages and enums -- */
/* Copies text into the arena; false when there is no room. */
static bool copy(builder *b, gg_str text, gg_str *out)
{
    *out = gg_arena_dup(b->arena, text);
    return out->ptr != NULL;
}

static int compare_numbers(const void *a, const void *b)
{
    const gg_desc_field *x = *(const gg_desc_field *const *)a, *y = *(const gg_desc_field *const *)b;
    return (x->number > y->number) - (x->number < y->number);
}

/* The fields as declared, then the extensions by number.  NULL when there is no room, or too many of them. */
static const gg_desc_field **members_of(builder *b, const gg_desc_message *message, size_t *count)
{
    size_t own = message->field_count;
    *count = own + (b->extensions == GG_WITH_EXTENSIONS ? message->extended_count : 0);
    if (*count > GG_DESC_FIELDS) {
        gg_desc_fault(b->set, message->file, message->full_name, "%zu fields and extensions, more than %d", *count,
            GG_DESC_FIELDS);
        return NULL;
    }
    const gg_desc_field **members = gg_desc_alloc(b->set, *count + 1, sizeof *members);
    if (members == NULL)
        return NULL;
    for (size_t i = 0; i < own; i++)
        members[i] = &message->fields[i];
    size_t i = own;
    for (const gg_desc_field *e = message->extended_by; e != NULL && i < *count; e = e->next_extension)
        members[i++] = e;
    qsort(members + own, *count - own, sizeof *members, compare_numbers);
    return members;
}

static gg_rc build_default(builder *b, const gg_desc_field *from, gg_field *to)
{
    size_t size = gg_scalar_size[from->type];
    bool is_text = from->type == GG_TYPE_STRING || from->type == GG_TYPE_BYTES;
    gg_str text;
    void *place = gg_arena_alloc(b->arena, size);
    if (place == NULL)
        return GG_ENOMEM;
    memcpy(place, from->default_data, size);
    to->default_value = place;
    if (is_text && !copy(b, *(const gg_str *)from->default_data, &text))
        return GG_ENOMEM;
    if (is_text)
        gg_store_str(place, text);
    return GG_OK;
}

static gg_rc build_field(builder *b, const gg_desc_field *from, gg_field *to)
{
    if (from->extendee == NULL && (!copy(b, from->name, &to->name) || !copy(b, from->json_name, &to->json_name)))
        return GG_ENOMEM;
    if (from->extendee != NULL) {
        to->json_name = gg_arena_printf(b->arena, "[%.*s]", GG_STR_ARG(from->full_name));
        if (to->json_name.ptr == NULL)
            return GG_ENOMEM;
        to->name = gg_str_of(to->json_name.ptr + 1, from->full_name.len);
    }
    to->number = (uint32_t)from->number;
    to->type = (uint8_t)from->type;
    to->rule = from->rule;
    to->flags = (uint8_t)(from->flags | (from->extendee != NULL ? GG_FIELD_EXTENSION : 0));
    to->message = from->message != NULL ? from->message->table : NULL;
    to->enum_type = from->enum_type != NULL ? from->enum_type->table : NULL;
    return from->default_data != NULL ? build_default(b, from, to) : GG_OK;
}

static gg_rc build_message(builder *b, const gg_desc_message *message)
{
    gg_message_type *table = message->table;
    size_t count;
    const gg_desc_field **members = members_of(b, message, &count);
    if (members == NULL) /* a fault: told, and the build goes on */
        return b->set->out_of_memory ? GG_ENOMEM : GG_OK;
    gg_field *fields = gg_arena_zalloc(b->arena, count * sizeof *fields + 1);
    if (fields == NULL || !copy(b, message->full_name, &table->name))
        return GG_ENOMEM;
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < count && rc == GG_OK; i++)
        rc = build_field(b, members[i], &fields[i]);
    if (rc != GG_OK)
        return rc;
    table->fields = fields;
    table->field_count = (uint16_t)count;
    table->map_entry = message->map_entry;
    table->message_set = message->message_set;
    lay_out(members, count, fields, table);
    rc = index_fields(b, table);
    if (rc == GG_OK)
        table->well_known = (uint8_t)gg_well_known_of(table);
    return rc;
}

static gg_rc build_enum(builder *b, const gg_desc_enum *e)
{
    gg_enum_type *table = e->table;
    gg_enum_value *values = gg_arena_zalloc(b->arena, e->value_count * sizeof *values);
    if (values == NULL || !copy(b, e->full_name, &table->name))
        return GG_ENOMEM;
    for (size_t i = 0; i < e->value_count; i++) {
        values[i].number = e->values[i].number;
        if (!copy(b, e->values[i].name, &values[i].name))
            return GG_ENOMEM;
    }
    table->values = values;
    table->value_count = (uint16_t)e->value_count;
    table->closed = gg_desc_enum_is_closed(e);
    return index_values(b, table);
}

/* -- services and files -- */
/* The canonical form of bytes, in the arena; as they stand when the set has no descriptor.proto.  Malformed options
 * are a fault of the symbol, and the build goes on. */
static gg_rc canonical(builder *b, const gg_desc_file *file, gg_str symbol, const gg_desc_message *type, gg_str bytes,
    gg_str *out)
{
    b->scratch.len = 0;
    gg_rc rc = type != NULL ? gg_desc_canonical(b->set, type, bytes, &b->scratch) : gg_buf_append(&b->scratch, bytes);
    if (rc == GG_EPROTO)
        return gg_desc_fault(b->set, file, symbol, "malformed options") == GG_ENOMEM ? GG_ENOMEM : GG_OK;
    if (rc != GG_OK)
        return rc;
    return copy(b, gg_buf_str(&b->scratch), out) ? GG_OK : GG_ENOMEM;
}

static gg_rc build_service(builder *b, const gg_desc_service *service)
{
    gg_service_type *table = service->table;
    gg_method_type *methods = gg_arena_zalloc(b->arena, service->method_count * sizeof *methods + 1);
    if (methods == NULL || !copy(b, service->full_name, &table->name))
        return GG_ENOMEM;
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *from = &service->methods[i];
        gg_method_type *to = &methods[i];
        to->path = gg_arena_printf(b->arena, "/%.*s/%.*s", GG_STR_ARG(service->full_name), GG_STR_ARG(from->name));
        if (to->path.ptr == NULL)
            return GG_ENOMEM;
        to->input = from->input->table;
        to->output = from->output->table;
        to->client_streaming = from->client_streaming;
        to->server_streaming = from->server_streaming;
        gg_rc rc = canonical(b, service->file, from->full_name, b->options_type, from->options, &to->options);
        if (rc != GG_OK)
            return rc;
    }
    table->methods = methods;
    table->method_count = service->method_count;
    table->file = service->file->table;
    return GG_OK;
}

/* What the file defines, in its table. */
static gg_rc list_tables(builder *b, const gg_desc_file *file)
{
    gg_file_type *table = file->table;
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        table->message_count++;
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        table->enum_count++;
    table->service_count = file->service_count;
    const gg_message_type **messages = gg_arena_alloc(b->arena, table->message_count * sizeof *messages + 1);
    const gg_enum_type **enums = gg_arena_alloc(b->arena, table->enum_count * sizeof *enums + 1);
    const gg_service_type **services = gg_arena_alloc(b->arena, table->service_count * sizeof *services + 1);
    if (messages == NULL || enums == NULL || services == NULL)
        return GG_ENOMEM;
    table->messages = messages;
    table->enums = enums;
    table->services = services;
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        *messages++ = m->table;
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        *enums++ = e->table;
    for (size_t i = 0; i < file->service_count; i++)
        services[i] = file->services[i].table;
    return GG_OK;
}

static gg_rc build_file(builder *b, const gg_desc_file *file)
{
    gg_file_type *table = file->table;
    const gg_file_type **imports = gg_arena_alloc(b->arena, file->import_count * sizeof *imports + 1);
    if (imports == NULL || !copy(b, file->name, &table->name))
        return GG_ENOMEM;
    for (size_t i = 0; i < file->import_count; i++)
        if (!file->imports[i].file->built_in)
            imports[table->import_count++] = file->imports[i].file->table;
    table->imports = imports;
    gg_rc rc = list_tables(b, file);
    size_t faults = b->set->fault_count;
    for (size_t i = 0; i < file->service_count && rc == GG_OK; i++)
        rc = build_service(b, &file->services[i]);
    if (rc == GG_OK && faults == b->set->fault_count) /* else its options are told already */
        rc = canonical(b, file, gg_str_of(NULL, 0), b->file_type, file->bytes, &table->descriptor);
    for (const gg_desc_message *m = file->all_messages; m != NULL && rc == GG_OK; m = m->next)
        rc = build_message(b, m);
    for (const gg_desc_enum *e = file->all_enums; e != NULL && rc == GG_OK; e = e->next)
        rc = build_enum(b, e);
    return rc;
}

/* Empty tables first, so that each can point to any other. */
static gg_rc make_tables(builder *b, gg_desc_file *file)
{
    file->table = gg_arena_zalloc(b->arena, sizeof *file->table);
    if (file->table == NULL)
        return GG_ENOMEM;
    for (gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        if ((m->table = gg_arena_zalloc(b->arena, sizeof *m->table)) == NULL)
            return GG_ENOMEM;
    for (gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        if ((e->table = gg_arena_zalloc(b->arena, sizeof *e->table)) == NULL)
            return GG_ENOMEM;
    for (size_t i = 0; i < file->service_count; i++)
        if ((file->services[i].table = gg_arena_zalloc(b->arena, sizeof *file->services[i].table)) == NULL)
            return GG_ENOMEM;
    return GG_OK;
}

gg_rc gg_schema_build(gg_desc_set *set, gg_extension_use use, gg_arena *arena)
{
    builder b = { .set = set, .arena = arena, .extensions = use };
    b.file_type = gg_desc_message_by_name(set, GG_STR("google.protobuf.FileDescriptorProto"));
    b.options_type = gg_desc_message_by_name(set, GG_STR("google.protobuf.MethodOptions"));
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < set->file_count && rc == GG_OK; i++)
        rc = make_tables(&b, set->files[i]);
    for (size_t i = 0; i < set->file_count && rc == GG_OK; i++)
        rc = build_file(&b, set->files[i]);
    gg_buf_deinit(&b.scratch);
    return rc == GG_OK && set->fault_count > 0 ? GG_EINVAL : rc;
}
