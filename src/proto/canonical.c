/* canonical.c -- one byte string for one message, whoever serialized it (canonical.h).
 *
 *   singular     the last one counts; of messages all are merged
 *   oneof        the last member counts
 *   repeated     in order; packed if the field says so
 *   map          by key, the last one of a key
 *   unknown      in order, in the place of their number, nothing inside them touched
 *
 * Of proto3 fields without presence zeros are dropped, as every writer does.
 * Spec: protobuf.dev, "Proto Serialization Is Not Canonical": so this is our own form. */
#include "proto/canonical.h"

#include <stdlib.h>

#include "proto/member.h"
#include "proto/wire.h"

enum { CANONICAL_DEPTH = 100 };

typedef struct entry {
    gg_wire_field wire;
    size_t place;               /* in the input */
    const gg_desc_field *field; /* NULL: unknown, or not in the field's own wire type */
} entry;

typedef struct writer {
    const gg_desc_set *set;
    gg_arena *arena;
    gg_buf *out;
} writer;

static gg_rc write_message(writer *w, const gg_desc_message *type, const gg_str *parts, size_t count, size_t depth);

/* -- single values -- */
static gg_rc write_varint(writer *w, uint64_t value)
{
    char *p = gg_buf_reserve(w->out, GG_VARINT_LEN);
    if (p == NULL)
        return GG_ENOMEM;
    gg_buf_added(w->out, gg_wire_put_varint(p, value));
    return GG_OK;
}

static gg_rc write_tag(writer *w, uint32_t number, gg_wire_type type)
{
    return write_varint(w, (uint64_t)number << 3 | type);
}

static gg_rc write_fixed(writer *w, uint64_t value, size_t len)
{
    char bytes[8];
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(uint8_t)(value >> (8 * i));
    return gg_buf_append(w->out, gg_str_of(bytes, len));
}

/* A scalar without its tag. */
static gg_rc write_scalar(writer *w, gg_wire_type type, uint64_t value)
{
    if (type == GG_WIRE_VARINT)
        return write_varint(w, value);
    return write_fixed(w, value, type == GG_WIRE_I64 ? 8 : 4);
}

static gg_rc write_raw(writer *w, const gg_wire_field *field)
{
    if (field->type == GG_WIRE_LEN)
        return gg_wire_write_bytes(w->out, field->number, field->bytes);
    gg_rc rc = write_tag(w, field->number, field->type);
    if (rc != GG_OK)
        return rc;
    if (field->type != GG_WIRE_SGROUP)
        return write_scalar(w, field->type, field->value);
    rc = gg_buf_append(w->out, field->bytes);
    return rc == GG_OK ? write_tag(w, field->number, GG_WIRE_EGROUP) : rc;
}

/* Puts the tag and the length before the bytes from `at` to the end. */
static gg_rc put_length(writer *w, uint32_t number, size_t at)
{
    char head[2 * GG_VARINT_LEN];
    size_t len = w->out->len - at;
    size_t head_len = gg_wire_put_varint(head, (uint64_t)number << 3 | GG_WIRE_LEN);
    head_len += gg_wire_put_varint(head + head_len, len);
    if (gg_buf_reserve(w->out, head_len) == NULL)
        return GG_ENOMEM;
    char *start = w->out->data + w->out->start + at;
    memmove(start + head_len, start, len);
    memcpy(start, head, head_len);
    gg_buf_added(w->out, head_len);
    return GG_OK;
}

/* -- fields -- */
/* One message from all its parts, with its tag. */
static gg_rc write_sub(writer *w, const gg_desc_field *field, const gg_str *parts, size_t count, size_t depth)
{
    uint32_t number = (uint32_t)field->number;
    size_t at = w->out->len;
    if (field->type == GG_TYPE_MESSAGE) {
        gg_rc rc = write_message(w, field->message, parts, count, depth + 1);
        return rc == GG_OK ? put_length(w, number, at) : rc;
    }
    gg_rc rc = write_tag(w, number, GG_WIRE_SGROUP);
    if (rc == GG_OK)
        rc = write_message(w, field->message, parts, count, depth + 1);
    return rc == GG_OK ? write_tag(w, number, GG_WIRE_EGROUP) : rc;
}

static gg_rc write_singular(writer *w, const entry *run, size_t count, size_t depth)
{
    const gg_desc_field *field = run->field;
    const gg_wire_field *last = &run[count - 1].wire;
    if (field->message == NULL) {
        bool zero = last->type == GG_WIRE_LEN ? last->bytes.len == 0 : last->value == 0;
        return zero && field->rule == GG_FIELD_IMPLICIT ? GG_OK : write_raw(w, last);
    }
    gg_str *parts = gg_arena_alloc(w->arena, count * sizeof *parts);
    if (parts == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        parts[i] = run[i].wire.bytes;
    return write_sub(w, field, parts, count, depth);
}

/* Scalars that may come packed or not, in any mixture. */
static gg_rc write_packable(writer *w, const entry *run, size_t count)
{
    uint32_t number = run->wire.number;
    gg_wire_type type = (gg_wire_type)gg_type_wire[run->field->type];
    bool packed = (run->field->flags & GG_FIELD_PACKED) != 0;
    size_t at = w->out->len;
    for (size_t i = 0; i < count; i++) {
        gg_str rest = run[i].wire.bytes;
        bool one = run[i].wire.type != GG_WIRE_LEN;
        while (one || rest.len > 0) { /* each round takes a byte or more, or is the only one */
            uint64_t value = run[i].wire.value;
            gg_rc rc = GG_OK;
            if (!one) {
                size_t len = type == GG_WIRE_I64 ? 8 : 4;
                if (type == GG_WIRE_VARINT ? gg_wire_varint(&rest, &value) != GG_OK : rest.len < len)
                    return GG_EPROTO;
                if (type != GG_WIRE_VARINT) {
                    value = 0;
                    for (size_t k = 0; k < len; k++)
                        value |= (uint64_t)(uint8_t)rest.ptr[k] << (8 * k);
                    rest = gg_str_of(rest.ptr + len, rest.len - len);
                }
            }
            if (!packed)
                rc = write_tag(w, number, type);
            if (rc == GG_OK)
                rc = write_scalar(w, type, value);
            if (rc != GG_OK)
                return rc;
            if (one)
                break;
        }
    }
    return packed && w->out->len > at ? put_length(w, number, at) : GG_OK;
}

typedef struct map_item {
    gg_str key, whole; /* whole: the canonical entry, without tag and length */
    size_t place;
} map_item;

static int compare_items(const void *a, const void *b)
{
    const map_item *x = a, *y = b;
    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    int order = x->key.len > 0 ? memcmp(x->key.ptr, y->key.ptr, x->key.len) : 0;
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static gg_rc write_map(writer *w, const entry *run, size_t count, size_t depth)
{
    map_item *items = gg_arena_zalloc(w->arena, count * sizeof *items);
    if (items == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        size_t at = w->out->len;
        gg_rc rc = write_message(w, run->field->message, &run[i].wire.bytes, 1, depth + 1);
        if (rc != GG_OK)
            return rc;
        gg_str bytes = gg_buf_str(w->out);
        items[i].whole = gg_arena_dup(w->arena, gg_str_of(bytes.ptr + at, bytes.len - at));
        items[i].place = i;
        w->out->len = at;
        if (items[i].whole.ptr == NULL)
            return GG_ENOMEM;
        gg_wire_field field;
        gg_str rest = items[i].whole;
        if (gg_wire_next(&rest, &field) == GG_OK && field.number == 1)
            items[i].key = field.whole;
    }
    qsort(items, count, sizeof *items, compare_items);
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < count && rc == GG_OK; i++)
        if (i + 1 == count || !gg_str_eq(items[i].key, items[i + 1].key))
            rc = gg_wire_write_bytes(w->out, run->wire.number, items[i].whole);
    return rc;
}

/* All occurrences of one field number. */
static gg_rc write_run(writer *w, const entry *run, size_t count, size_t depth)
{
    const gg_desc_field *field = run->field;
    gg_rc rc = GG_OK;
    if (field != NULL && field->label != GG_LABEL_REPEATED)
        return write_singular(w, run, count, depth);
    if (field != NULL && field->rule == GG_FIELD_MAP)
        return write_map(w, run, count, depth);
    if (field != NULL && field->message == NULL && gg_type_wire[field->type] != GG_WIRE_LEN)
        return write_packable(w, run, count);
    for (size_t i = 0; i < count && rc == GG_OK; i++)
        rc = field != NULL && field->message != NULL ? write_sub(w, field, &run[i].wire.bytes, 1, depth)
                                                     : write_raw(w, &run[i].wire);
    return rc;
}

/* -- messages -- */
static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->wire.number != y->wire.number)
        return x->wire.number < y->wire.number ? -1 : 1;
    bool unknown_x = x->field == NULL, unknown_y = y->field == NULL;
    if (unknown_x != unknown_y)
        return unknown_x ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* The field, if the wire type is one that it may have. */
static const gg_desc_field *known_field(const writer *w, const gg_desc_message *type, const gg_wire_field *wire)
{
    const gg_desc_field *field = gg_desc_field_by_number(w->set, type, wire->number);
    if (field == NULL)
        return NULL;
    bool packable = field->label == GG_LABEL_REPEATED && field->message == NULL;
    bool fits = gg_type_wire[field->type] == wire->type || (packable && wire->type == GG_WIRE_LEN);
    return fits ? field : NULL;
}

/* The entries of all parts, with room for one more.  *count is how many. */
static gg_rc collect(writer *w, const gg_desc_message *type, const gg_str *parts, size_t part_count, entry **entries,
    size_t *count)
{
    size_t total = 0;
    for (int pass = 0; pass < 2; pass++) { /* first counts, then fills */
        *count = 0;
        for (size_t i = 0; i < part_count; i++) {
            gg_str rest = parts[i];
            gg_wire_field wire;
            gg_rc rc;
            while ((rc = gg_wire_next(&rest, &wire)) == GG_OK) {
                if (pass == 1)
                    (*entries)[*count] = (entry){ wire, *count, known_field(w, type, &wire) };
                ++*count;
            }
            if (rc != GG_NEED_MORE)
                return rc;
        }
        total = *count;
        if (pass == 0 && (*entries = gg_arena_alloc(w->arena, (total + 1) * sizeof **entries)) == NULL)
            return GG_ENOMEM;
    }
    return GG_OK;
}

/* Leaves out what is not the file's meaning: source info, the syntax that goes without saying. */
static size_t prune_file(entry *entries, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool source_info = entries[i].wire.number == 9;
        bool proto2 = entries[i].wire.number == 12 && gg_str_eq(entries[i].wire.bytes, GG_STR("proto2"));
        if (!source_info && !proto2)
            entries[kept++] = entries[i];
    }
    return kept;
}

/* Gives a field its json_name, and takes it from an extension.  There is room for one entry more. */
static gg_rc complete_field(writer *w, const gg_desc_message *type, entry *entries, size_t *count)
{
    gg_str name = { NULL, 0 };
    bool has_json_name = false, extension = false;
    for (size_t i = 0; i < *count; i++) {
        if (entries[i].wire.number == 1)
            name = entries[i].wire.bytes;
        has_json_name |= entries[i].wire.number == 10;
        extension |= entries[i].wire.number == 2;
    }
    if (extension) {
        size_t kept = 0;
        for (size_t i = 0; i < *count; i++)
            if (entries[i].wire.number != 10)
                entries[kept++] = entries[i];
        *count = kept;
        return GG_OK;
    }
    if (has_json_name)
        return GG_OK;
    char *json_name = gg_arena_bytes(w->arena, name.len + 1);
    if (json_name == NULL)
        return GG_ENOMEM;
    gg_wire_field wire = { .number = 10, .type = GG_WIRE_LEN };
    wire.bytes = gg_str_of(json_name, gg_desc_json_name(json_name, name));
    entries[*count] = (entry){ wire, *count, known_field(w, type, &wire) };
    ++*count;
    return GG_OK;
}

/* For each oneof the place of its last member, plus one. */
static gg_rc last_members(writer *w, const gg_desc_message *type, const entry *entries, size_t count, size_t **last)
{
    *last = gg_arena_zalloc(w->arena, (type->oneof_count + 1) * sizeof **last);
    if (*last == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (entries[i].field != NULL && entries[i].field->oneof != NULL) {
            size_t *of = &(*last)[entries[i].field->oneof - type->oneofs];
            if (*of < entries[i].place + 1)
                *of = entries[i].place + 1;
        }
    return GG_OK;
}

/* Recursion: a message in a message, at most CANONICAL_DEPTH times. */
static gg_rc write_message(writer *w, const gg_desc_message *type, const gg_str *parts, size_t part_count, size_t depth)
{
    if (depth > CANONICAL_DEPTH)
        return GG_EPROTO;
    entry *entries = NULL;
    size_t count = 0, *last = NULL;
    gg_rc rc = collect(w, type, parts, part_count, &entries, &count);
    if (rc == GG_OK && gg_str_eq(type->full_name, GG_STR("google.protobuf.FileDescriptorProto")))
        count = prune_file(entries, count);
    if (rc == GG_OK && gg_str_eq(type->full_name, GG_STR("google.protobuf.FieldDescriptorProto")))
        rc = complete_field(w, type, entries, &count);
    if (rc == GG_OK)
        rc = last_members(w, type, entries, count, &last);
    if (rc != GG_OK)
        return rc;
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t i = 0, end; i < count && rc == GG_OK; i = end) {
        const gg_desc_field *field = entries[i].field;
        for (end = i + 1; end < count && entries[end].wire.number == entries[i].wire.number; end++)
            if (entries[end].field != field)
                break;
        bool beaten =
            field != NULL && field->oneof != NULL && last[field->oneof - type->oneofs] != entries[end - 1].place + 1;
        if (!beaten)
            rc = write_run(w, entries + i, end - i, depth);
    }
    return rc;
}

/* -- the public two -- */
gg_rc gg_desc_canonical(const gg_desc_set *set, const gg_desc_message *type, gg_str bytes, gg_buf *out)
{
    size_t before = out->len;
    writer w = { set, gg_arena_new(NULL, GG_DESC_MEMORY), out };
    if (w.arena == NULL)
        return GG_ENOMEM;
    gg_rc rc = write_message(&w, type, &bytes, 1, 0);
    if (rc != GG_OK)
        out->len = before;
    gg_arena_unref(w.arena);
    return rc;
}

gg_rc gg_descriptor_canonical(gg_str file, const gg_str *set, size_t set_count, gg_buf *out)
{
    gg_desc_set all;
    gg_rc rc = gg_desc_set_init(&all, NULL, NULL);
    if (rc == GG_OK)
        rc = gg_desc_set_add(&all, file);
    for (size_t i = 0; rc == GG_OK && i < set_count; i++)
        rc = gg_desc_set_add(&all, set[i]);
    if (rc == GG_OK)
        rc = gg_desc_set_link(&all);
    const gg_desc_message *type =
        rc == GG_OK ? gg_desc_message_by_name(&all, GG_STR("google.protobuf.FileDescriptorProto")) : NULL;
    if (rc == GG_OK)
        rc = type != NULL ? gg_desc_canonical(&all, type, file, out) : GG_EINVAL;
    gg_desc_set_deinit(&all);
    return rc == GG_EINVAL ? GG_EPROTO : rc;
}
