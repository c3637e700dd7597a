/* ping.h -- the parts of the program: the service and the interceptor around it. */
#ifndef PING_H
#define PING_H

#include "example/v1/ping.gg.h"

/* ping.c */
extern const example_v1_PingService ping_service;
/* log.c: logs every call; its user is the gg_app * whose log it writes to */
extern const gg_interceptor log_interceptor;

#endif
