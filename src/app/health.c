/* health.c -- grpc.health.v1.Health: Check, List, Watch.
 *
 * A service of the ordinary kind, of typed handlers.  A watch sends what stands in the table when its turn comes, so of
 * many changes a slow reader sees the last.
 * Spec: gRPC health-checking.md; grpc-proto, grpc/health/v1/health.proto. */
#include "app/health.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "grpc/call_private.h"
#include "grpc/health/v1/health.gg.h"

enum {
    UNKNOWN = grpc_health_v1_HealthCheckResponse_UNKNOWN,
    SERVING = grpc_health_v1_HealthCheckResponse_SERVING,
    NOT_SERVING = grpc_health_v1_HealthCheckResponse_NOT_SERVING,
    SERVICE_UNKNOWN = grpc_health_v1_HealthCheckResponse_SERVICE_UNKNOWN
};

typedef struct entry {
    char *name; /* our own copy */
    atomic_int status;
} entry;

/* In the state of a Watch call. */
typedef struct watch watch;
struct watch {
    gg_call *call;
    gg_health *health;
    entry *entry; /* NULL: there is no such service */
    int sent;     /* UNKNOWN: nothing yet */
    gg_call_job job;
    bool woken; /* the job is under way; under the lock */
    watch *prev, *next;
};

struct gg_health {
    entry **entries; /* [0] is "" */
    size_t count, cap;
    atomic_bool down;
    uv_mutex_t mutex; /* of the list */
    watch *watches;
};

gg_health *gg_health_new(void)
{
    gg_health *health = calloc(1, sizeof *health);
    if (health == NULL)
        return NULL;
    if (uv_mutex_init(&health->mutex) != 0) {
        free(health);
        return NULL;
    }
    if (gg_health_add(health, GG_STR("")) != GG_OK) {
        gg_health_free(health);
        return NULL;
    }
    return health;
}

void gg_health_free(gg_health *health)
{
    if (health == NULL)
        return;
    for (size_t i = 0; i < health->count; i++) {
        free(health->entries[i]->name);
        free(health->entries[i]);
    }
    free((void *)health->entries);
    uv_mutex_destroy(&health->mutex);
    free(health);
}

static entry *find(const gg_health *health, gg_str service)
{
    for (size_t i = 0; i < health->count; i++)
        if (gg_str_eq(gg_str_from(health->entries[i]->name), service))
            return health->entries[i];
    return NULL;
}

gg_rc gg_health_add(gg_health *health, gg_str service)
{
    if (find(health, service) != NULL)
        return GG_OK;
    if (health->count == health->cap) {
        size_t cap = health->cap != 0 ? health->cap * 2 : 8;
        entry **entries = realloc((void *)health->entries, cap * sizeof(entry *));
        if (entries == NULL)
            return GG_ENOMEM;
        health->entries = entries;
        health->cap = cap;
    }
    entry *added = calloc(1, sizeof *added);
    char *name = calloc(1, service.len + 1);
    if (added == NULL || name == NULL) {
        free(added);
        free(name);
        return GG_ENOMEM;
    }
    if (service.len > 0)
        memcpy(name, service.ptr, service.len);
    added->name = name;
    atomic_init(&added->status, SERVING);
    health->entries[health->count++] = added;
    return GG_OK;
}

static int status_of(const gg_health *health, const entry *e)
{
    if (e == NULL)
        return SERVICE_UNKNOWN;
    return atomic_load(&health->down) ? NOT_SERVING : atomic_load(&e->status);
}

/* -- Watch -- */

static void unlink_watch(watch *w)
{
    gg_health *health = w->health;
    uv_mutex_lock(&health->mutex);
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        health->watches = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    uv_mutex_unlock(&health->mutex);
}

static void link_watch(watch *w)
{
    gg_health *health = w->health;
    uv_mutex_lock(&health->mutex);
    w->next = health->watches;
    if (w->next != NULL)
        w->next->prev = w;
    health->watches = w;
    uv_mutex_unlock(&health->mutex);
}

/* Sends what is new.  PENDING, or the status that ends the call: it is off the list then. */
static gg_status report(watch *w)
{
    bool down = atomic_load(&w->health->down); /* read first: what is sent below is then the last */
    int status = status_of(w->health, w->entry);
    if (status != w->sent) {
        grpc_health_v1_HealthCheckResponse response = { .status = status };
        gg_rc rc = grpc_health_v1_Health_Watch_send(w->call, &response);
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING; /* WRITABLE comes */
        if (rc != GG_OK) {
            unlink_watch(w);
            return GG_STATUS_RESOURCE_EXHAUSTED;
        }
        w->sent = status;
    }
    if (!down)
        return GG_STATUS_PENDING;
    unlink_watch(w);
    return gg_call_fail(w->call, GG_STATUS_UNAVAILABLE, "the server is shutting down");
}

static void on_change(gg_call *call, void *arg)
{
    watch *w = arg;
    uv_mutex_lock(&w->health->mutex);
    w->woken = false; /* what changes from now on wakes it again */
    uv_mutex_unlock(&w->health->mutex);
    if (gg_call_canceled(call))
        return; /* on_gone has come, or will */
    gg_status status = report(w);
    if (status != GG_STATUS_PENDING)
        gg_call_finish(call, status);
}

static void on_gone(gg_call *call, void *arg)
{
    unlink_watch(arg);
    gg_call_finish(call, GG_STATUS_CANCELLED);
}

static gg_status watch_service(gg_call *call, gg_stream_event event, const grpc_health_v1_HealthCheckRequest *request)
{
    watch *w = gg_call_state(call, sizeof *w);
    if (w == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_START) {
        w->call = call;
        w->health = gg_call_user(call);
        w->entry = find(w->health, request->service);
        w->job = (gg_call_job){ .call = call, .fn = on_change, .arg = w };
        link_watch(w);
        gg_call_on_cancel(call, on_gone, w);
    }
    return report(w);
}

/* Under the lock a watch that is listed is a call that is not finished: it may be posted to. */
static void wake(gg_health *health, const entry *changed)
{
    uv_mutex_lock(&health->mutex);
    for (watch *w = health->watches; w != NULL; w = w->next)
        if (!w->woken && (changed == NULL || w->entry == changed)) {
            w->woken = true;
            gg_call_post_job(&w->job);
        }
    uv_mutex_unlock(&health->mutex);
}

gg_rc gg_health_set(gg_health *health, gg_str service, bool serving)
{
    entry *e = find(health, service);
    if (e == NULL)
        return GG_EINVAL;
    int status = serving ? SERVING : NOT_SERVING;
    if (atomic_exchange(&e->status, status) != status)
        wake(health, e);
    return GG_OK;
}

void gg_health_shut_down(gg_health *health)
{
    if (!atomic_exchange(&health->down, true))
        wake(health, NULL);
}

/* -- Check and List -- */

static gg_status check_service(gg_call *call, const grpc_health_v1_HealthCheckRequest *request,
    grpc_health_v1_HealthCheckResponse *response)
{
    const gg_health *health = gg_call_user(call);
    const entry *e = find(health, request->service);
    if (e == NULL)
        return gg_call_fail(call, GG_STATUS_NOT_FOUND, "unknown service");
    response->status = status_of(health, e);
    return GG_STATUS_OK;
}

static gg_status list_services(gg_call *call, const grpc_health_v1_HealthListRequest *request,
    grpc_health_v1_HealthListResponse *response)
{
    const gg_health *health = gg_call_user(call);
    (void)request;
    response->statuses = gg_call_alloc(call, health->count * sizeof *response->statuses);
    grpc_health_v1_HealthCheckResponse *values = gg_call_alloc(call, health->count * sizeof *values);
    if (response->statuses == NULL || values == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    response->statuses_count = health->count;
    for (size_t i = 0; i < health->count; i++) {
        values[i].status = status_of(health, health->entries[i]);
        response->statuses[i].key = gg_str_from(health->entries[i]->name);
        response->statuses[i].value = &values[i];
    }
    return GG_STATUS_OK;
}

gg_rc gg_health_register(gg_health *health, gg_app *app)
{
    static const grpc_health_v1_Health service = { .Check = check_service,
        .List = list_services,
        .Watch = watch_service };
    return grpc_health_v1_Health_register(app, &service, health);
}
