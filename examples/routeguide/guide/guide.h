/* guide.h -- the service, and its parts: the map, the notes that people leave, the surveyor. */
#ifndef GUIDE_H
#define GUIDE_H

#include "routeguide/v1/route_guide.gg.h"

/* A Point without what belongs to the message that it came in. */
typedef struct spot {
    int32_t east, north;
} spot;
static inline spot spot_of(const routeguide_v1_Point *point)
{
    return (spot){ point->east, point->north };
}
static inline bool same_spot(spot a, spot b)
{
    return a.east == b.east && a.north == b.north;
}

/* -- map.c: the town.  Constant, so handlers of all threads use it as it is. -- */

typedef struct place {
    gg_str name;
    routeguide_v1_Kind kind;
    spot at;
    gg_str hint; /* empty: none */
} place;
extern const place map[];
extern const size_t map_count;
/* NULL: there is none. */
const place *map_find(gg_str name);
/* The message of a place, in memory that goes with the response.  NULL: no memory. */
routeguide_v1_Place *map_message(const place *from, gg_arena *arena);

/* -- notes.c: what was left at points.  From any thread. -- */

enum { NOTE_LEN = 200, NOTES = 256 /* the oldest one makes room for a new one */ };

typedef struct note {
    spot at;
    size_t len;
    char text[NOTE_LEN];
} note;
typedef struct notes notes;
notes *notes_new(void); /* NULL: no memory */
void notes_free(notes *all);
/* Copies those at a point to earlier, which has room for NOTES, and adds one; how many were there. */
size_t notes_exchange(notes *all, spot at, gg_str text, note *earlier);

/* -- surveyor.c: measures routes, on a thread of its own. -- */

typedef struct survey {
    const spot *spots;
    size_t count;
    void (*done)(struct survey *s); /* on the surveyor's thread; the last use of the survey */
    void *user;
    /* the answer */
    uint32_t place_count;
    uint64_t metres;

    struct survey *next; /* the surveyor's */
} survey;
typedef struct surveyor surveyor;
surveyor *surveyor_new(void); /* NULL: no memory, no thread */
/* When all that was given to it is done. */
void surveyor_free(surveyor *s);
/* The survey and its spots must stay until `done`.  From any thread. */
void surveyor_measure(surveyor *s, survey *given);

/* -- guide.c: the service -- */

typedef struct guide {
    notes *notes;
    surveyor *surveyor;
} guide;
bool guide_init(guide *g); /* false: no memory, no thread */
/* When the app is gone, or gg_app_main has returned. */
void guide_deinit(guide *g);
void guide_register(gg_app *app, guide *g);

#endif
