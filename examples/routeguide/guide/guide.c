/* guide.c -- the service, its handlers in the three styles that there are:
 *
 *   GetPlace      at once, on the loop's thread
 *   ListPlaces    from event to event, on the loop's thread: as fast as the caller reads, or by a timer
 *   RecordRoute   the same, and in the end later: another thread has the answer
 *   Chat          on a thread of the pool, where it may block */
#include "guide.h"

/* -- at once -- */

static gg_status get_place(gg_call *call, const routeguide_v1_GetPlaceRequest *request,
    routeguide_v1_GetPlaceResponse *response)
{
    const place *found = map_find(request->name);
    if (found == NULL)
        return gg_call_fail(call, GG_STATUS_NOT_FOUND, "there is no place \"%.*s\"", GG_STR_ARG(request->name));
    response->place = map_message(found, gg_call_arena(call));
    return response->place != NULL ? GG_STATUS_OK : GG_STATUS_RESOURCE_EXHAUSTED;
}

/* -- from event to event -- */

enum { PAUSE_MAX_MS = 60 * 1000, NS_PER_MS = 1000 * 1000 };

typedef struct listing {
    const routeguide_v1_ListPlacesRequest *request; /* valid as long as the call */
    size_t next;                                    /* of the map */
} listing;

static bool wanted(const routeguide_v1_ListPlacesRequest *request, const place *p)
{
    const routeguide_v1_Point *from = request->south_west, *to = request->north_east;
    if (request->kind != routeguide_v1_KIND_UNSPECIFIED && request->kind != (int32_t)p->kind)
        return false;
    return from == NULL ||
        (p->at.east >= from->east && p->at.east <= to->east && p->at.north >= from->north && p->at.north <= to->north);
}

static gg_rc send_place(gg_call *call, const place *p)
{
    gg_arena *arena = gg_call_arena(call); /* of this response */
    routeguide_v1_ListPlacesResponse response = { .place = arena != NULL ? map_message(p, arena) : NULL };
    return response.place != NULL ? routeguide_v1_RouteGuideService_ListPlaces_send(call, &response) : GG_ENOMEM;
}

static void go_on(gg_call *call, void *arg);

/* Sends places until the caller takes no more for now, or a pause is due; PENDING: something will go on. */
static gg_status send_places(gg_call *call, listing *l)
{
    uint64_t pause_ns = (uint64_t)l->request->pause_ms * NS_PER_MS;
    while (l->next < map_count) {
        if (!wanted(l->request, &map[l->next])) {
            l->next++;
            continue;
        }
        gg_rc rc = send_place(call, &map[l->next]);
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING; /* GG_STREAM_WRITABLE comes */
        if (rc != GG_OK)
            return rc == GG_ENOMEM ? GG_STATUS_RESOURCE_EXHAUSTED : GG_STATUS_CANCELLED;
        l->next++;
        if (pause_ns > 0)
            return gg_call_after(call, pause_ns, go_on, l) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
    }
    return GG_STATUS_OK;
}

/* What no handler is there to return is told by gg_call_finish. */
static void go_on(gg_call *call, void *arg)
{
    gg_status status = send_places(call, arg);
    if (status != GG_STATUS_PENDING)
        gg_call_finish(call, status);
}

static gg_status list_places(gg_call *call, gg_stream_event event, const routeguide_v1_ListPlacesRequest *request)
{
    listing *l = gg_call_state(call, sizeof *l);
    if (l == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_START) {
        if ((request->south_west == NULL) != (request->north_east == NULL))
            return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "a rectangle has two corners");
        if (request->pause_ms > PAUSE_MAX_MS)
            return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "pause_ms is above %d", PAUSE_MAX_MS);
        l->request = request;
    }
    return send_places(call, l);
}

/* -- later, from another thread -- */

enum { ROUTE_MAX = 10000, FIRST_POINTS = 16, S_PER_100_M = 75 };

typedef struct route {
    survey survey;
    spot *spots; /* in the call's memory, as the route is */
    size_t capacity;
} route;

static void on_loop(gg_call *call, void *arg);

/* The surveyor's thread has nothing to do with the call but this. */
static void on_surveyor(survey *s)
{
    gg_call *call = s->user;
    while (gg_call_post(call, on_loop, s) != GG_OK) { /* no memory: the call must end, so it asks again */
    }
}

static void on_loop(gg_call *call, void *arg)
{
    const survey *s = arg;
    routeguide_v1_RecordRouteResponse *response = gg_call_response(call);
    google_protobuf_Duration *walk = gg_call_alloc(call, sizeof *walk);
    if (walk == NULL) {
        gg_call_finish(call, GG_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    walk->seconds = (int64_t)(s->metres * S_PER_100_M / 100);
    response->point_count = (uint32_t)s->count;
    response->place_count = s->place_count;
    response->metres = s->metres;
    response->walk = walk;
    gg_call_finish(call, GG_STATUS_OK);
}

/* The surveyor has the call's memory still: on_loop will finish it. */
static void on_cancel(gg_call *call, void *arg)
{
    (void)call, (void)arg;
}

static gg_status add_point(gg_call *call, route *r, const routeguide_v1_Point *at)
{
    if (at == NULL)
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "a request has no point");
    if (r->survey.count == ROUTE_MAX)
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "a route has at most %d points", ROUTE_MAX);
    if (r->survey.count == r->capacity) {
        size_t capacity = r->capacity > 0 ? 2 * r->capacity : FIRST_POINTS;
        spot *spots = gg_call_alloc(call, capacity * sizeof *spots);
        if (spots == NULL)
            return GG_STATUS_RESOURCE_EXHAUSTED;
        if (r->survey.count > 0)
            memcpy(spots, r->spots, r->survey.count * sizeof *spots);
        r->spots = spots;
        r->capacity = capacity;
    }
    r->spots[r->survey.count++] = spot_of(at);
    return GG_STATUS_PENDING;
}

static gg_status record_route(gg_call *call, gg_stream_event event, const routeguide_v1_RecordRouteRequest *message,
    routeguide_v1_RecordRouteResponse *response)
{
    guide *g = gg_call_user(call);
    route *r = gg_call_state(call, sizeof *r);
    (void)response;
    if (r == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_MESSAGE)
        return add_point(call, r, message->point);
    if (event != GG_STREAM_HALF_CLOSE)
        return GG_STATUS_PENDING;
    gg_call_on_cancel(call, on_cancel, NULL);
    r->survey.spots = r->spots;
    r->survey.done = on_surveyor;
    r->survey.user = call;
    surveyor_measure(g->surveyor, &r->survey);
    return GG_STATUS_PENDING;
}

/* -- on a thread that may block -- */

static gg_rc send_note(gg_blocking_call *call, const note *n)
{
    routeguide_v1_Point at = { .east = n->at.east, .north = n->at.north };
    routeguide_v1_ChatResponse response = { .point = &at, .text = gg_str_of(n->text, n->len) };
    return routeguide_v1_RouteGuideService_Chat_blocking_send(call, &response);
}

static gg_status chat(gg_blocking_call *call)
{
    const guide *g = gg_blocking_user(call);
    const routeguide_v1_ChatRequest *request;
    note *earlier = gg_blocking_alloc(call, NOTES * sizeof *earlier);
    if (earlier == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    while (routeguide_v1_RouteGuideService_Chat_recv(call, &request) == GG_OK) {
        if (request->point == NULL || request->text.len > NOTE_LEN)
            return gg_blocking_fail(call, GG_STATUS_INVALID_ARGUMENT,
                "a note has a point, and a text of at most %d bytes", NOTE_LEN);
        size_t count = notes_exchange(g->notes, spot_of(request->point), request->text, earlier);
        for (size_t i = 0; i < count; i++)
            if (send_note(call, &earlier[i]) != GG_OK)
                return GG_STATUS_CANCELLED;
    }
    return GG_STATUS_OK;
}

/* -- the service -- */

bool guide_init(guide *g)
{
    g->notes = notes_new();
    g->surveyor = surveyor_new();
    if (g->notes != NULL && g->surveyor != NULL)
        return true;
    guide_deinit(g);
    return false;
}

void guide_deinit(guide *g)
{
    surveyor_free(g->surveyor);
    notes_free(g->notes);
}

void guide_register(gg_app *app, guide *g)
{
    static const routeguide_v1_RouteGuideService quick = { .GetPlace = get_place,
        .ListPlaces = list_places,
        .RecordRoute = record_route };
    static const routeguide_v1_RouteGuideService_Blocking slow = { .Chat = chat };
    routeguide_v1_RouteGuideService_register(app, &quick, g);
    routeguide_v1_RouteGuideService_register_blocking(app, &slow, g);
}
