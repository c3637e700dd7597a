/* options.h -- the settings of a serving program; one table (options.c) holds each flag (flags.h). */
#ifndef GG_SRC_APP_OPTIONS_H
#define GG_SRC_APP_OPTIONS_H

#include "app/flags.h"
#include "gg/log.h"
#include "http/exchange.h"

enum { GG_WORKERS_MAX = 256 };

typedef struct gg_options {
    gg_str http_network, http_address; /* "tcp" or "unix"; see http/listener.h */
    gg_str grpc_network, grpc_address;
    gg_str grpc_compression;                 /* of responses whose handler does not say: a name of grpc-encoding */
    gg_str upstream;                         /* "in-process" or "self-socket": how REST calls reach the services */
    gg_str tls_cert, tls_key, tls_client_ca; /* files; empty: not given */
    gg_str lambda_socket;                    /* path of the gRPC listener inside Lambda */
    const char *runtime_api;                 /* AWS_LAMBDA_RUNTIME_API; NULL: not inside Lambda */
    gg_log_level log_level;
    size_t workers;
    size_t pool_threads, pool_queue; /* of each worker, for handlers that block */
    gg_http_limits limits;
    size_t call_memory;   /* bytes one call may take */
    size_t message_bytes; /* of one gRPC request message */
    size_t sent_bytes;    /* of one gRPC response message */
    uint64_t shutdown_ns; /* how long calls under way may take after SIGTERM */
    bool help, version;
} gg_options;

/* The flags that the program added. */
typedef struct gg_own_flags {
    gg_own_flag *items;
    size_t count, cap;
} gg_own_flags;

/* Reads defaults, then the environment, then argv.  Values are borrowed from argv and the environment.
 * GG_OK, or GG_EINVAL with one line for people in error. */
gg_rc gg_options_read(gg_options *options, const gg_own_flags *own, int argc, char **argv,
    char error[GG_OPTION_ERROR_LEN]);
void gg_options_help(FILE *out, const char *program, const gg_own_flags *own);

#endif
