/* h2_loopback.h -- an HTTP/2 channel to the gRPC front of a channel in the same memory, without sockets.
 *
 *   caller -> gg_h2_channel -> client codec -> bytes -> server codec -> gRPC front -> service */
#ifndef GG_TESTS_H2_LOOPBACK_H
#define GG_TESTS_H2_LOOPBACK_H

#include "grpc/front.h"
#include "grpc/h2_channel.h"
#include "memory_link.h"

typedef struct h2_loopback {
    gg_h2_channel channel;
    gg_h2_channel_config config; /* of channel; h2_loopback_start uses it */
    memory_dialer dialer;
    gg_codec_config server;
    gg_compressor compressor; /* of the front and of the channel */
    gg_grpc_front front;
} h2_loopback;

/* What may be changed before h2_loopback_start: config, server.limits, dialer. */
void h2_loopback_init(h2_loopback *loopback, gg_rpc_channel *service, gg_sched *sched);
void h2_loopback_start(h2_loopback *loopback);
/* Closes the channel and brings its calls to their end. */
void h2_loopback_deinit(h2_loopback *loopback);

#endif
