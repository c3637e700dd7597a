/* app.h -- what a gg_app is inside: services, own flags, and the first thing that went wrong. */
#ifndef GG_SRC_APP_APP_H
#define GG_SRC_APP_APP_H

#include "app/health.h"
#include "app/options.h"
#include "gateway/routes.h"
#include "gg/app.h"
#include "grpc/server.h"
#include "http/tls.h"

enum { GG_APP_NAME_LEN = 64, GG_APP_ERROR_LEN = 512 };

struct gg_app {
    char name[GG_APP_NAME_LEN];
    char version[GG_APP_NAME_LEN];
    gg_log log; /* fd -1 until gg_app_main has read the flags */
    gg_server server;
    gg_health *health;
    gg_own_flags flags;
    gg_options options;
    const gg_tls_provider *tls;  /* NULL: built without */
    gg_tls_context *tls_context; /* of all TCP listeners; NULL: no TLS */
    gg_routes *routes;           /* gg_app_freeze builds them, */
    gg_schema *schema;           /* ... and the types of all files, for Any */
    bool frozen;
    char error[GG_APP_ERROR_LEN]; /* empty: all went well so far */
};

/* After the last registration: adds health and reflection, builds the route table.  Immutable from then on.
 * GG_OK; else faults were logged. */
gg_rc gg_app_freeze(gg_app *app);

#endif
