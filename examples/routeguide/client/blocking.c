/* blocking.c -- the commands by functions that wait. */
#include "client.h"

#include <pthread.h>

/* Memory of one command; what it was told lives there. */
static gg_arena *new_arena(void)
{
    return gg_arena_new(NULL, GG_ARENA_LIMIT);
}

static outcome ended(gg_arena *arena, const gg_client_status *status)
{
    outcome o = outcome_of(status);
    gg_arena_unref(arena);
    return o;
}

/* unary */
static outcome place(gg_channel *channel, char **words)
{
    gg_call_options options = soon();
    gg_client_status status = { .code = GG_STATUS_OK };
    gg_arena *arena = new_arena();
    if (arena == NULL)
        return out_of_memory();
    for (; *words != NULL && status.code == GG_STATUS_OK; words++) {
        routeguide_v1_GetPlaceRequest request = { .name = gg_str_from(*words) };
        routeguide_v1_GetPlaceResponse response;
        if (routeguide_v1_RouteGuideServiceClient_GetPlace(channel, &options, &request, &response, arena, &status) ==
            GG_STATUS_OK)
            print_place(response.place);
    }
    return ended(arena, &status);
}

/* server streaming */
static outcome places(gg_channel *channel, char **words)
{
    routeguide_v1_ListPlacesRequest request = { .kind = routeguide_v1_KIND_UNSPECIFIED };
    routeguide_v1_ListPlacesResponse response;
    gg_call_options options = soon();
    gg_client_status status;
    if (*words != NULL && !read_kind(*words, &request.kind))
        return usage("sight, food or station");
    gg_arena *arena = new_arena();
    gg_stream *stream =
        arena != NULL ? routeguide_v1_RouteGuideServiceClient_ListPlaces(channel, &options, &request) : NULL;
    if (stream == NULL) {
        gg_arena_unref(arena);
        return out_of_memory();
    }
    while (routeguide_v1_RouteGuideServiceClient_ListPlaces_recv(stream, &response, arena) == GG_OK)
        print_place(response.place);
    gg_stream_finish(stream, arena, &status);
    return ended(arena, &status);
}

/* client streaming */
static outcome route(gg_channel *channel, char **words)
{
    routeguide_v1_RecordRouteResponse response;
    gg_call_options options = soon();
    gg_client_status status;
    gg_arena *arena = new_arena();
    gg_stream *stream = arena != NULL ? routeguide_v1_RouteGuideServiceClient_RecordRoute(channel, &options) : NULL;
    if (stream == NULL) {
        gg_arena_unref(arena);
        return out_of_memory();
    }
    for (; *words != NULL; words++) {
        routeguide_v1_Point at;
        routeguide_v1_RecordRouteRequest request = { .point = &at };
        if (!read_point(*words, &at)) {
            gg_stream_cancel(stream);
            gg_stream_finish(stream, NULL, NULL);
            gg_arena_unref(arena);
            return usage("EAST,NORTH");
        }
        if (routeguide_v1_RouteGuideServiceClient_RecordRoute_send(stream, &request) != GG_OK)
            break; /* the call is over: its status says why */
    }
    if (routeguide_v1_RouteGuideServiceClient_RecordRoute_finish(stream, &response, arena, &status) == GG_STATUS_OK)
        print_route(&response);
    return ended(arena, &status);
}

/* Reads while the other thread sends. */
static void *read_notes(void *arg)
{
    gg_stream *stream = arg;
    routeguide_v1_ChatResponse response;
    gg_rc rc = GG_OK;
    while (rc == GG_OK) {
        gg_arena *arena = new_arena(); /* of one message: there may be many */
        if (arena == NULL)
            break;
        rc = routeguide_v1_RouteGuideServiceClient_Chat_recv(stream, &response, arena);
        if (rc == GG_OK)
            print_note(&response);
        gg_arena_unref(arena);
    }
    return NULL;
}

/* Pairs of words, each a note. */
static bool send_notes(gg_stream *stream, char **words)
{
    for (; words[0] != NULL; words += 2) {
        routeguide_v1_Point at;
        if (words[1] == NULL || !read_point(words[0], &at))
            return false;
        routeguide_v1_ChatRequest request = { .point = &at, .text = gg_str_from(words[1]) };
        if (routeguide_v1_RouteGuideServiceClient_Chat_send(stream, &request) != GG_OK)
            break;
    }
    return true;
}

/* both ways */
static outcome chat(gg_channel *channel, char **words)
{
    pthread_t reader;
    gg_client_status status;
    gg_arena *arena = new_arena();
    gg_stream *stream = arena != NULL ? routeguide_v1_RouteGuideServiceClient_Chat(channel, NULL) : NULL;
    if (stream == NULL) {
        gg_arena_unref(arena);
        return out_of_memory();
    }
    bool reads = pthread_create(&reader, NULL, read_notes, stream) == 0;
    bool sent = reads && send_notes(stream, words);
    if (sent)
        gg_stream_close_send(stream);
    else
        gg_stream_cancel(stream);
    if (reads)
        pthread_join(reader, NULL);
    gg_stream_finish(stream, arena, &status);
    outcome o = ended(arena, &status);
    if (!reads)
        return out_of_memory();
    return sent ? o : usage("EAST,NORTH TEXT ...");
}

const commands blocking_commands = { place, places, route, chat };
