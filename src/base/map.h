/* map.h -- names to pointers: open addressing, built at load, read-only afterwards.
 *
 * Keys are borrowed: they must live as long as the map.  Reads may come from several threads once the
 * map is no longer written. */
#ifndef GG_SRC_BASE_MAP_H
#define GG_SRC_BASE_MAP_H

#include "gg/base.h"

typedef struct gg_map_entry {
    gg_str key; /* ptr NULL: empty */
    const void *value;
} gg_map_entry;

typedef struct gg_map {
    gg_map_entry *entries;
    size_t count, cap; /* cap: a power of two, or 0 */
} gg_map;

/* GG_OK, GG_EINVAL if the key is there already (the value stays), GG_ENOMEM. */
gg_rc gg_map_put(gg_map *map, gg_str key, const void *value);
const void *gg_map_get(const gg_map *map, gg_str key); /* NULL if absent */
void gg_map_deinit(gg_map *map);

#endif
