/* member.c -- sub-messages, repeated members and map entries of a struct (member.h).
 *
 * Growth is by doubling, so adding n elements costs O(n); gg_arena_grow does it in place while nothing
 * else was taken from the arena, which is the usual case for scalars. */
#include "proto/member.h"

#include <stdlib.h>

const uint8_t gg_scalar_size[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE] = 8,
    [GG_TYPE_FLOAT] = 4,
    [GG_TYPE_INT64] = 8,
    [GG_TYPE_UINT64] = 8,
    [GG_TYPE_INT32] = 4,
    [GG_TYPE_FIXED64] = 8,
    [GG_TYPE_FIXED32] = 4,
    [GG_TYPE_BOOL] = 1,
    [GG_TYPE_STRING] = sizeof(gg_str),
    [GG_TYPE_GROUP] = sizeof(void *),
    [GG_TYPE_MESSAGE] = sizeof(void *),
    [GG_TYPE_BYTES] = sizeof(gg_str),
    [GG_TYPE_UINT32] = 4,
    [GG_TYPE_ENUM] = 4,
    [GG_TYPE_SFIXED32] = 4,
    [GG_TYPE_SFIXED64] = 8,
    [GG_TYPE_SINT32] = 4,
    [GG_TYPE_SINT64] = 8,
};

const uint8_t gg_type_wire[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE] = GG_WIRE_I64,
    [GG_TYPE_FLOAT] = GG_WIRE_I32,
    [GG_TYPE_INT64] = GG_WIRE_VARINT,
    [GG_TYPE_UINT64] = GG_WIRE_VARINT,
    [GG_TYPE_INT32] = GG_WIRE_VARINT,
    [GG_TYPE_FIXED64] = GG_WIRE_I64,
    [GG_TYPE_FIXED32] = GG_WIRE_I32,
    [GG_TYPE_BOOL] = GG_WIRE_VARINT,
    [GG_TYPE_STRING] = GG_WIRE_LEN,
    [GG_TYPE_GROUP] = GG_WIRE_SGROUP,
    [GG_TYPE_MESSAGE] = GG_WIRE_LEN,
    [GG_TYPE_BYTES] = GG_WIRE_LEN,
    [GG_TYPE_UINT32] = GG_WIRE_VARINT,
    [GG_TYPE_ENUM] = GG_WIRE_VARINT,
    [GG_TYPE_SFIXED32] = GG_WIRE_I32,
    [GG_TYPE_SFIXED64] = GG_WIRE_I64,
    [GG_TYPE_SINT32] = GG_WIRE_VARINT,
    [GG_TYPE_SINT64] = GG_WIRE_VARINT,
};

void *gg_submessage_make(const gg_field *field, void *message, gg_arena *arena)
{
    void *sub = gg_submessage(field, message);
    if (sub == NULL) {
        sub = gg_message_new(field->message, arena);
        if (sub == NULL)
            return NULL;
        gg_store_pointer(gg_member(field, message), sub);
        gg_field_mark(field, message);
    }
    return sub;
}

/* -- repeated -- */
size_t gg_repeated_cap(size_t count)
{
    size_t cap = count == 0 ? 0 : GG_REPEATED_MIN;
    while (cap < count) /* at most 23 rounds: GG_MESSAGE_ELEMENTS */
        cap *= 2;
    return cap;
}

gg_rc gg_repeated_reserve(const gg_field *field, void *message, size_t more, uint32_t limit, gg_arena *arena)
{
    size_t count = gg_repeated_count(field, message);
    if (count > limit || more > limit - count)
        return GG_ETOOBIG;
    size_t size = gg_element_size(field), cap = gg_repeated_cap(count), need = gg_repeated_cap(count + more);
    if (need == cap)
        return GG_OK;
    void *place = gg_member(field, message);
    void *data = gg_arena_grow(arena, gg_load_pointer(place), cap * size, need * size);
    if (data == NULL)
        return GG_ENOMEM;
    gg_store_pointer(place, data);
    return GG_OK;
}

gg_rc gg_repeated_add(const gg_field *field, void *message, uint32_t limit, gg_arena *arena, void **element)
{
    size_t count = gg_repeated_count(field, message), size = gg_element_size(field);
    if (count >= limit)
        return GG_ETOOBIG;
    bool full = count == 0 || (count >= GG_REPEATED_MIN && (count & (count - 1)) == 0);
    if (full) {
        gg_rc rc = gg_repeated_reserve(field, message, 1, limit, arena);
        if (rc != GG_OK)
            return rc;
    }
    *element = (char *)gg_load_pointer(gg_member(field, message)) + count * size;
    memset(*element, 0, size);
    gg_repeated_set_count(field, message, count + 1);
    return GG_OK;
}

/* -- map entries -- */
int gg_map_key_compare(const gg_field *key, const void *a, const void *b)
{
    a = gg_member_const(key, a);
    b = gg_member_const(key, b);
    if (key->type == GG_TYPE_STRING) {
        gg_str x = gg_load_str(a), y = gg_load_str(b);
        size_t shorter = x.len < y.len ? x.len : y.len;
        int order = shorter > 0 ? memcmp(x.ptr, y.ptr, shorter) : 0;
        return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
    }
    if (gg_scalar_size[key->type] == 4) /* unsigned ones too: any total order will do */
        return (gg_load_i32(a) > gg_load_i32(b)) - (gg_load_i32(a) < gg_load_i32(b));
    if (gg_scalar_size[key->type] == 8)
        return (gg_load_i64(a) > gg_load_i64(b)) - (gg_load_i64(a) < gg_load_i64(b));
    return (int)gg_load_bool(a) - (int)gg_load_bool(b);
}

/* The entries of one map while duplicates are looked for. */
typedef struct map_view {
    const gg_field *key;
    char *entries;
    size_t count, size;
} map_view;

static int compare_at(const map_view *map, size_t i, size_t j)
{
    return gg_map_key_compare(map->key, map->entries + i * map->size, map->entries + j * map->size);
}

/* Whether the keys only ever rise: the order most writers use, and then there is no duplicate. */
static bool rises(const map_view *map)
{
    for (size_t i = 1; i < map->count; i++)
        if (compare_at(map, i - 1, i) >= 0)
            return false;
    return true;
}

/* Merges the sorted runs from[low..middle) and from[middle..high); of equal keys the earlier comes first. */
static void merge_runs(const map_view *map, const uint32_t *from, uint32_t *to, size_t low, size_t middle, size_t high)
{
    size_t left = low, right = middle;
    for (size_t out = low; out < high; out++) {
        bool take_left = right == high || (left < middle && compare_at(map, from[left], from[right]) <= 0);
        to[out] = take_left ? from[left++] : from[right++];
    }
}

/* Entry numbers sorted by key, a stable merge sort: no key order makes it slow.  Returns order or spare. */
static uint32_t *sort_entries(const map_view *map, uint32_t *order, uint32_t *spare)
{
    for (size_t i = 0; i < map->count; i++)
        order[i] = (uint32_t)i;
    for (size_t width = 1; width < map->count; width *= 2) {
        for (size_t low = 0; low < map->count; low += 2 * width) {
            size_t middle = low + width < map->count ? low + width : map->count;
            size_t high = low + 2 * width < map->count ? low + 2 * width : map->count;
            merge_runs(map, order, spare, low, middle, high);
        }
        uint32_t *sorted = spare;
        spare = order;
        order = sorted;
    }
    return order;
}

gg_rc gg_map_unique(const gg_field *field, void *message, gg_arena *arena)
{
    map_view map = { field->message->fields, gg_load_pointer(gg_member(field, message)),
        gg_repeated_count(field, message), field->message->size };
    if (rises(&map))
        return GG_OK;
    const size_t work_len = 2 * map.count * sizeof(uint32_t);
    uint32_t *work = gg_arena_alloc(arena, work_len);
    if (work == NULL)
        return GG_ENOMEM;
    const uint32_t *order = sort_entries(&map, work, work + map.count);
    uint32_t *doomed = order == work ? work + map.count : work; /* 1: a copy of an earlier key */
    memset(doomed, 0, map.count * sizeof *doomed);
    for (size_t first = 0, next; first < map.count; first = next) {
        for (next = first + 1; next < map.count && compare_at(&map, order[first], order[next]) == 0; next++)
            doomed[order[next]] = 1;
        if (next > first + 1)
            memcpy(map.entries + order[first] * map.size, map.entries + order[next - 1] * map.size, map.size);
    }
    size_t kept = 0;
    for (size_t i = 0; i < map.count; i++) {
        if (doomed[i])
            continue;
        if (kept != i)
            memcpy(map.entries + kept * map.size, map.entries + i * map.size, map.size);
        kept++;
    }
    gg_repeated_set_count(field, message, kept);
    gg_arena_shrink(arena, work, work_len, 0);
    return GG_OK;
}

static int compare_places(const void *a, const void *b)
{
    const gg_map_place *x = a, *y = b;
    if (x->message != y->message)
        return (uintptr_t)x->message < (uintptr_t)y->message ? -1 : 1;
    return ((uintptr_t)x->field > (uintptr_t)y->field) - ((uintptr_t)x->field < (uintptr_t)y->field);
}

gg_rc gg_maps_unique(gg_map_place *maps, size_t count, gg_arena *arena)
{
    gg_rc rc = GG_OK;
    if (count > 1)
        qsort(maps, count, sizeof *maps, compare_places);
    for (size_t i = 0; i < count && rc == GG_OK; i++)
        if (i == 0 || compare_places(&maps[i - 1], &maps[i]) != 0)
            rc = gg_map_unique(maps[i].field, maps[i].message, arena);
    return rc;
}

/* -- unknown fields -- */
/* Bytes of room where len stand: 0, then powers of two from GG_UNKNOWN_MIN. */
static size_t unknown_cap(size_t len)
{
    size_t cap = len == 0 ? 0 : GG_UNKNOWN_MIN;
    while (cap < len) /* at most 58 rounds */
        cap *= 2;
    return cap;
}

bool gg_unknown_add(const gg_message_type *type, void *message, gg_str fields, gg_arena *arena)
{
    if (type->unknown == 0 || fields.len == 0)
        return true;
    void *place = (char *)message + type->unknown;
    gg_str kept = gg_load_str(place);
    size_t cap = unknown_cap(kept.len), need = unknown_cap(kept.len + fields.len);
    char *bytes = (char *)kept.ptr; /* the arena's: from an earlier call */
    if (need != cap && (bytes = gg_arena_grow(arena, bytes, cap, need)) == NULL)
        return false;
    memcpy(bytes + kept.len, fields.ptr, fields.len);
    gg_store_str(place, gg_str_of(bytes, kept.len + fields.len));
    return true;
}
