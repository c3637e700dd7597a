/* worker.h -- one thread that serves: a loop, its listeners, its fronts, its channel into the app.
 *
 * Workers share nothing that changes: the app is frozen, the sockets are duplicated. */
#ifndef GG_SRC_APP_WORKER_H
#define GG_SRC_APP_WORKER_H

#include "app/app.h"
#include "gateway/dispatch.h"
#include "grpc/h2_channel.h"
#include "http/listener.h"

enum { GG_GRPC_LISTENER, GG_HTTP_LISTENER, GG_APP_LISTENERS };

typedef struct gg_worker {
    const gg_app *app;
    gg_loop loop;
    gg_inproc_channel channel;
    gg_pool pool;           /* for handlers that block */
    gg_h2_channel upstream; /* --upstream self-socket: where REST calls go; else not in use */
    bool has_upstream;
    char target[GG_ADDRESS_LEN + 16]; /* of upstream */
    gg_compressor compressor;
    gg_fronts fronts;
    gg_codec_config codec, tls_codec; /* of Unix sockets, or all; of TCP listeners with TLS */
    gg_listener listeners[GG_APP_LISTENERS];
    size_t listener_count; /* started */
    uv_thread_t thread;    /* of all but the first worker; these too: */
    gg_loop *first;        /* the first one's, which is told of the end of the run */
    gg_loop_job ended_job;
    bool ended; /* the first one's thread knows */
    gg_loop_job stop_job;
    bool stopping;
    gg_timer drained; /* while stopping: looks whether all is done */
    uint64_t stop_by_ns;
} gg_worker;

gg_rc gg_worker_init(gg_worker *worker, const gg_app *app, const gg_socket *sockets, size_t socket_count, char *error,
    size_t error_len);
/* Serves until gg_worker_stop has done its work. */
void gg_worker_run(gg_worker *worker);
/* From any thread: accept no more, finish what is under way for at most shutdown_ns, then end the run. */
void gg_worker_stop(gg_worker *worker);
/* After the run, or instead of it: closes what is still open.  False: a handler has not finished its call, not
 * even when told that it is canceled, so nothing that it may still use can be freed. */
bool gg_worker_cut(gg_worker *worker);
/* After gg_worker_cut, if that was true. */
void gg_worker_deinit(gg_worker *worker);

#endif
