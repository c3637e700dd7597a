/* map.c -- the town. */
#include "guide.h"

/* clang-format off */
const place map[] = {
    { GG_STR_INIT("market square"), routeguide_v1_KIND_SIGHT,   {    0,    0 }, { NULL, 0 } },
    { GG_STR_INIT("town hall"),     routeguide_v1_KIND_SIGHT,   {   60,   20 }, GG_STR_INIT("the tower is open on Sundays") },
    { GG_STR_INIT("bakery"),        routeguide_v1_KIND_FOOD,    {  -40,   30 }, GG_STR_INIT("sold out by nine") },
    { GG_STR_INIT("old bridge"),    routeguide_v1_KIND_SIGHT,   {  150, -220 }, { NULL, 0 } },
    { GG_STR_INIT("mill"),          routeguide_v1_KIND_SIGHT,   {  310, -240 }, GG_STR_INIT("the wheel turns when there is water") },
    { GG_STR_INIT("fish stall"),    routeguide_v1_KIND_FOOD,    {  140, -200 }, { NULL, 0 } },
    { GG_STR_INIT("tram stop"),     routeguide_v1_KIND_STATION, {   20,  -10 }, { NULL, 0 } },
    { GG_STR_INIT("station"),       routeguide_v1_KIND_STATION, { -520,  410 }, GG_STR_INIT("one train an hour") },
    { GG_STR_INIT("station cafe"),  routeguide_v1_KIND_FOOD,    { -510,  400 }, { NULL, 0 } },
    { GG_STR_INIT("castle"),        routeguide_v1_KIND_SIGHT,   {  480,  730 }, GG_STR_INIT("steep") },
};
/* clang-format on */
const size_t map_count = sizeof map / sizeof map[0];

const place *map_find(gg_str name)
{
    for (size_t i = 0; i < map_count; i++)
        if (gg_str_eq(map[i].name, name))
            return &map[i];
    return NULL;
}

routeguide_v1_Place *map_message(const place *from, gg_arena *arena)
{
    routeguide_v1_Place *to = gg_arena_zalloc(arena, sizeof *to);
    routeguide_v1_Point *at = gg_arena_zalloc(arena, sizeof *at);
    if (to == NULL || at == NULL)
        return NULL;
    at->east = from->at.east;
    at->north = from->at.north;
    to->name = from->name;
    to->kind = from->kind;
    to->point = at;
    to->has_hint = from->hint.len > 0;
    to->hint = from->hint;
    return to;
}
