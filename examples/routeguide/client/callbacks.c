/* callbacks.c -- the commands by callbacks: events come on the channel's thread, the command's own only waits for the end. */
#include "client.h"

#include <pthread.h>
#include <stdlib.h>

/* What a command's calls have in common. */
typedef struct task {
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed;
    size_t open;     /* calls that are not over */
    outcome outcome; /* the first one that is not OK */
} task;

static void task_init(task *t, size_t open)
{
    *t = (task){ .open = open };
    pthread_mutex_init(&t->mutex, NULL);
    pthread_cond_init(&t->changed, NULL);
}

static void task_ended(task *t, const outcome *o)
{
    pthread_mutex_lock(&t->mutex);
    if (t->outcome.code == GG_STATUS_OK)
        t->outcome = *o;
    t->open--;
    pthread_cond_signal(&t->changed);
    pthread_mutex_unlock(&t->mutex);
}

/* How it went, when all calls are over. */
static outcome task_wait(task *t)
{
    pthread_mutex_lock(&t->mutex);
    while (t->open > 0)
        pthread_cond_wait(&t->changed, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->mutex);
    return t->outcome;
}

/* The same where a call could not be started: it is over. */
static void task_check(task *t, gg_rc rc)
{
    outcome failed = out_of_memory();
    if (rc != GG_OK)
        task_ended(t, &failed);
}

static void on_status(gg_client_call *call, const gg_client_status *status, void *user)
{
    outcome o = outcome_of(status);
    (void)call;
    task_ended(user, &o);
}

/* -- unary: one call for each name, all at the same time -- */

static void on_place(gg_client_call *call, const gg_message *message, void *user)
{
    (void)call, (void)user;
    print_place(routeguide_v1_RouteGuideServiceClient_GetPlace_response(message)->place);
}

static outcome place(gg_channel *channel, char **words)
{
    static const gg_client_handler handler = { .message = on_place, .status = on_status };
    gg_call_options options = soon();
    size_t count = 0;
    task t;
    while (words[count] != NULL)
        count++;
    task_init(&t, count);
    for (size_t i = 0; i < count; i++) {
        routeguide_v1_GetPlaceRequest request = { .name = gg_str_from(words[i]) };
        task_check(&t, routeguide_v1_RouteGuideServiceClient_GetPlace_start(channel, &options, &request, &handler, &t));
    }
    return task_wait(&t);
}

/* -- server streaming -- */

static void on_listed(gg_client_call *call, const gg_message *message, void *user)
{
    (void)call, (void)user;
    print_place(routeguide_v1_RouteGuideServiceClient_ListPlaces_response(message)->place);
}

static outcome places(gg_channel *channel, char **words)
{
    static const gg_client_handler handler = { .message = on_listed, .status = on_status };
    routeguide_v1_ListPlacesRequest request = { .kind = routeguide_v1_KIND_UNSPECIFIED };
    gg_call_options options = soon();
    task t;
    if (*words != NULL && !read_kind(*words, &request.kind))
        return usage("sight, food or station");
    task_init(&t, 1);
    task_check(&t, routeguide_v1_RouteGuideServiceClient_ListPlaces_start(channel, &options, &request, &handler, &t));
    return task_wait(&t);
}

/* -- the two kinds that stream requests: words are sent as long as they are taken, and the rest later -- */

typedef struct sending {
    task task; /* first, so that it is the user of on_status too */
    char **next;
} sending;

/* Refuses words that are no points, before anything is sent. */
static bool points_at_every(char **words, size_t step)
{
    routeguide_v1_Point at;
    for (; words[0] != NULL; words += step)
        if (!read_point(words[0], &at) || words[step - 1] == NULL)
            return false;
    return true;
}

static void on_writable_route(gg_client_call *call, void *user)
{
    sending *s = user;
    for (; *s->next != NULL; s->next++) {
        routeguide_v1_Point at;
        routeguide_v1_RecordRouteRequest request = { .point = &at };
        read_point(*s->next, &at);
        gg_rc rc = routeguide_v1_RouteGuideServiceClient_RecordRoute_call_send(call, &request);
        if (rc == GG_AGAIN)
            return;
        if (rc != GG_OK) {
            gg_client_call_cancel(call);
            return;
        }
    }
    gg_client_call_close_send(call);
}

static void on_route(gg_client_call *call, const gg_message *message, void *user)
{
    (void)call, (void)user;
    print_route(routeguide_v1_RouteGuideServiceClient_RecordRoute_response(message));
}

static outcome route(gg_channel *channel, char **words)
{
    static const gg_client_handler handler = { .message = on_route,
        .writable = on_writable_route,
        .status = on_status };
    gg_call_options options = soon();
    sending s = { .next = words };
    if (!points_at_every(words, 1))
        return usage("EAST,NORTH");
    task_init(&s.task, 1);
    task_check(&s.task, routeguide_v1_RouteGuideServiceClient_RecordRoute_start(channel, &options, &handler, &s));
    return task_wait(&s.task);
}

static void on_writable_chat(gg_client_call *call, void *user)
{
    sending *s = user;
    for (; *s->next != NULL; s->next += 2) {
        routeguide_v1_Point at;
        routeguide_v1_ChatRequest request = { .point = &at, .text = gg_str_from(s->next[1]) };
        read_point(s->next[0], &at);
        gg_rc rc = routeguide_v1_RouteGuideServiceClient_Chat_call_send(call, &request);
        if (rc == GG_AGAIN)
            return;
        if (rc != GG_OK) {
            gg_client_call_cancel(call);
            return;
        }
    }
    gg_client_call_close_send(call);
}

static void on_note(gg_client_call *call, const gg_message *message, void *user)
{
    (void)call, (void)user;
    print_note(routeguide_v1_RouteGuideServiceClient_Chat_response(message));
}

static outcome chat(gg_channel *channel, char **words)
{
    static const gg_client_handler handler = { .message = on_note, .writable = on_writable_chat, .status = on_status };
    sending s = { .next = words };
    if (!points_at_every(words, 2))
        return usage("EAST,NORTH TEXT ...");
    task_init(&s.task, 1);
    task_check(&s.task, routeguide_v1_RouteGuideServiceClient_Chat_start(channel, NULL, &handler, &s));
    return task_wait(&s.task);
}

const commands callback_commands = { place, places, route, chat };
