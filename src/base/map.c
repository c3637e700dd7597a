/* map.c -- open addressing with linear probing; at most three quarters full.
 *
 * The hash need not resist an attacker: peers look names up, only the schema puts them in. */
#include "base/map.h"

#include "base/ascii.h"

#include <stdlib.h>

static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes a step; the last eight may overlap those before (after wyhash). */
static uint64_t hash(gg_str key)
{
    const uint64_t mix = 0x9e3779b97f4a7c15u, odd = 0xd6e8feb86659fd93u;
    uint64_t state = key.len * odd;
    const char *p = key.ptr;
    size_t left = key.len;
    for (; left > 8; left -= 8, p += 8)
        state = fold(state ^ gg_load64(p), mix);
    uint64_t tail = 0;
    if (key.len >= 8)
        tail = gg_load64(key.ptr + key.len - 8);
    else if (key.len >= 4)
        tail = gg_load32(key.ptr) | (uint64_t)gg_load32(key.ptr + key.len - 4) << 32;
    else if (key.len != 0)
        tail = (uint64_t)(unsigned char)key.ptr[0] | (uint64_t)(unsigned char)key.ptr[key.len / 2] << 8 |
            (uint64_t)(unsigned char)key.ptr[key.len - 1] << 16;
    return fold(state ^ tail, odd ^ mix);
}

/* Where the key is, or the empty entry where it would go.  cap is not 0 and an empty entry exists. */
static gg_map_entry *find(const gg_map *map, gg_str key)
{
    size_t mask = map->cap - 1;
    for (size_t i = (size_t)hash(key) & mask;; i = (i + 1) & mask) {
        gg_map_entry *entry = &map->entries[i];
        if (entry->key.ptr == NULL || gg_str_eq(entry->key, key))
            return entry;
    }
}

static gg_rc grow(gg_map *map)
{
    size_t cap = map->cap != 0 ? map->cap * 2 : 16;
    gg_map larger = { .entries = calloc(cap, sizeof *larger.entries), .count = map->count, .cap = cap };
    if (larger.entries == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < map->cap; i++)
        if (map->entries[i].key.ptr != NULL)
            *find(&larger, map->entries[i].key) = map->entries[i];
    free(map->entries);
    *map = larger;
    return GG_OK;
}

gg_rc gg_map_put(gg_map *map, gg_str key, const void *value)
{
    if (key.ptr == NULL)
        key = GG_STR("");
    if (map->cap != 0 && find(map, key)->key.ptr != NULL)
        return GG_EINVAL;
    if (map->count >= map->cap / 4 * 3 && grow(map) != GG_OK)
        return GG_ENOMEM;
    *find(map, key) = (gg_map_entry){ key, value };
    map->count++;
    return GG_OK;
}

const void *gg_map_get(const gg_map *map, gg_str key)
{
    return map->cap != 0 ? find(map, key)->value : NULL;
}

void gg_map_deinit(gg_map *map)
{
    free(map->entries);
    *map = (gg_map){ 0 };
}
