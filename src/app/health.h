/* health.h -- grpc.health.v1.Health of an app: what is served, and who waits to hear that it changes.
 *
 * Names and statuses are added while the app is built; from gg_app_freeze on the table is fixed and its statuses are
 * atomic, so that Check takes no lock.  Watches stand in a list under a lock, and are woken by a post to their loop. */
#ifndef GG_SRC_APP_HEALTH_H
#define GG_SRC_APP_HEALTH_H

#include "gg/app.h"

typedef struct gg_health gg_health;

/* With "", the server as a whole, that serves.  NULL: no memory. */
gg_health *gg_health_new(void);
/* After the last call. */
void gg_health_free(gg_health *health);
/* One more name, that serves unless it is there already.  GG_OK, GG_ENOMEM. */
gg_rc gg_health_add(gg_health *health, gg_str service);
/* From any thread.  GG_OK; GG_EINVAL: there is no such name. */
gg_rc gg_health_set(gg_health *health, gg_str service, bool serving);
/* Registers the service. */
gg_rc gg_health_register(gg_health *health, gg_app *app);
/* All NOT_SERVING for ever; watches hear it and end with UNAVAILABLE.  While the loops run. */
void gg_health_shut_down(gg_health *health);

#endif
