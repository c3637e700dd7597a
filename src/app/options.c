/* options.c -- the table of a serving program's flags.
 *
 * Elsewhere: reading them (flags.c), what a value means to those who use it. */
#include "app/options.h"

#include <stdlib.h>

#include "http/pool.h"
#include "http/listener.h"

#define AT(member) offsetof(gg_options, member)
#define DURATION_HELP "as 500ms, 60s, 5m"

static const char *const networks[] = { "tcp", "unix", NULL };
static const char *const upstreams[] = { "in-process", "self-socket", NULL };
static const char *const compressions[] = { "identity", "gzip", "deflate", NULL };
static const char *const levels[] = { "trace", "debug", "info", "warn", "error", "fatal", "panic", NULL };

/* clang-format off */
static const gg_option table[] = {
    /* name, value, kind, member, default, least, most, words, help */
    { "http-network", "NETWORK", GG_OPTION_WORD, AT(http_network), "tcp", 0, 0, networks,
      "network of the HTTP listener: tcp or unix" },
    { "http-address", "ADDRESS", GG_OPTION_TEXT, AT(http_address), "0.0.0.0:8080", 0, 0, NULL,
      "address of the HTTP listener: host:port, or a path with unix" },
    { "grpc-network", "NETWORK", GG_OPTION_WORD, AT(grpc_network), "tcp", 0, 0, networks,
      "network of the gRPC listener: tcp or unix" },
    { "grpc-address", "ADDRESS", GG_OPTION_TEXT, AT(grpc_address), "0.0.0.0:8081", 0, 0, NULL,
      "address of the gRPC listener: host:port, or a path with unix" },
    { "tls-cert", "FILE", GG_OPTION_TEXT, AT(tls_cert), "", 0, 0, NULL,
      "TLS on every TCP listener: the certificate chain, PEM, leaf first" },
    { "tls-key", "FILE", GG_OPTION_TEXT, AT(tls_key), "", 0, 0, NULL,
      "the certificate's private key, PEM; SIGHUP reads all TLS files again" },
    { "tls-client-ca", "FILE", GG_OPTION_TEXT, AT(tls_client_ca), "", 0, 0, NULL,
      "clients must have a certificate that leads to one of these, PEM" },
    { "grpc-compression", "ENCODING", GG_OPTION_WORD, AT(grpc_compression), "identity", 0, 0, compressions,
      "compression of gRPC responses: identity, gzip or deflate" },
    { "lambda-socket", "PATH", GG_OPTION_TEXT, AT(lambda_socket), "/tmp/grpc.sock", 0, 0, NULL,
      "inside Lambda: the only listener, a Unix socket for gRPC" },
    { "upstream", "WHERE", GG_OPTION_WORD, AT(upstream), "in-process", 0, 0, upstreams,
      "way of REST calls: in-process, or self-socket (the gRPC listener)" },
    { "log-level", "LEVEL", GG_OPTION_LEVEL, AT(log_level), "debug", 0, 0, levels,
      "least level to log: trace, debug, info, warn, error, fatal or panic" },
    { "workers", "COUNT", GG_OPTION_COUNT, AT(workers), "1", 1, GG_WORKERS_MAX, NULL,
      "threads that serve; with more than one, handlers run at the same time" },
    { "pool-threads", "COUNT", GG_OPTION_COUNT, AT(pool_threads), "16", 1, GG_POOL_THREADS_MAX, NULL,
      "most threads of a worker for handlers that block" },
    { "pool-queue", "COUNT", GG_OPTION_COUNT, AT(pool_queue), "1024", 0, 1u << 20, NULL,
      "most calls that wait for such a thread" },
    { "header-timeout", "TIME", GG_OPTION_DURATION, AT(limits.header_ns), "60s", 1, UINT64_MAX, NULL,
      "time for a TLS handshake, or a request's head, " DURATION_HELP },
    { "body-timeout", "TIME", GG_OPTION_DURATION, AT(limits.body_ns), "60s", 1, UINT64_MAX, NULL,
      "time between two pieces of a request's body" },
    { "write-timeout", "TIME", GG_OPTION_DURATION, AT(limits.write_ns), "60s", 1, UINT64_MAX, NULL,
      "time for a peer to take more of a response" },
    { "idle-timeout", "TIME", GG_OPTION_DURATION, AT(limits.idle_ns), "5m", 1, UINT64_MAX, NULL,
      "time a connection may be without a request" },
    { "shutdown-timeout", "TIME", GG_OPTION_DURATION, AT(shutdown_ns), "10s", 0, UINT64_MAX, NULL,
      "time for calls under way to finish after SIGTERM" },
    { "max-header-bytes", "SIZE", GG_OPTION_SIZE, AT(limits.header_bytes), "64KiB", 256, 1u << 20, NULL,
      "largest head of a request, as 65536, 64KiB, 1MiB" },
    { "max-header-count", "COUNT", GG_OPTION_COUNT, AT(limits.header_count), "128", 1, 10000, NULL,
      "most header fields of a request" },
    { "max-body-bytes", "SIZE", GG_OPTION_SIZE, AT(limits.body_bytes), "4MiB", 0, 1u << 30, NULL,
      "largest body of a REST request" },
    { "max-response-bytes", "SIZE", GG_OPTION_SIZE, AT(limits.response_bytes), "4MiB", 0, 1u << 30, NULL,
      "largest body of a REST response" },
    { "max-message-bytes", "SIZE", GG_OPTION_SIZE, AT(message_bytes), "4MiB", 0, 1u << 30, NULL,
      "largest gRPC request message, decompressed" },
    { "max-sent-message-bytes", "SIZE", GG_OPTION_SIZE, AT(sent_bytes), "64MiB", 0, 1u << 30, NULL,
      "largest gRPC response message, before compression" },
    { "max-call-bytes", "SIZE", GG_OPTION_SIZE, AT(call_memory), "64MiB", 64u << 10, (size_t)1 << 40, NULL,
      "most memory of one call" },
    { "max-streams", "COUNT", GG_OPTION_U32, AT(limits.streams), "256", 1, 1u << 20, NULL,
      "most calls at once on one HTTP/2 connection" },
    { "stream-window", "SIZE", GG_OPTION_U32_SIZE, AT(limits.stream_window), "1MiB", 65535, INT32_MAX, NULL,
      "bytes of one HTTP/2 request that may be on their way or unused" },
    { "connection-window", "SIZE", GG_OPTION_U32_SIZE, AT(limits.conn_window), "4MiB", 65535, INT32_MAX, NULL,
      "the same of all requests of a connection" },
    { "keepalive-time", "TIME", GG_OPTION_DURATION, AT(limits.keepalive.time_ns), "60s", 0, UINT64_MAX, NULL,
      "silence of an HTTP/2 peer, then it is sent a PING; 0s: none" },
    { "keepalive-timeout", "TIME", GG_OPTION_DURATION, AT(limits.keepalive.timeout_ns), "20s", 1, UINT64_MAX, NULL,
      "time to answer that PING, then it is closed" },
    { "min-ping-interval", "TIME", GG_OPTION_DURATION, AT(limits.ping_ns), "5m", 0, UINT64_MAX, NULL,
      "least time between PINGs of a peer without a response between" },
    { "ping-without-calls", NULL, GG_OPTION_SWITCH, AT(limits.ping_idle), "false", 0, 0, NULL,
      "that time applies without calls too, instead of 2h" },
    { "max-ping-strikes", "COUNT", GG_OPTION_U32, AT(limits.ping_strikes), "2", 0, UINT32_MAX, NULL,
      "PINGs that may come too early (too_many_pings); 0: any" },
    { "max-connection-age", "TIME", GG_OPTION_DURATION, AT(limits.age_ns), "0s", 0, UINT64_MAX, NULL,
      "age of an HTTP/2 connection, then GOAWAY; 0s: any" },
    { "max-connection-age-grace", "TIME", GG_OPTION_DURATION, AT(limits.age_grace_ns), "0s", 0, UINT64_MAX, NULL,
      "time for its calls to finish then; 0s: what they take" },
    { "max-reset-rate", "COUNT", GG_OPTION_U32, AT(limits.guard.reset_rate), "100", 1, 1000000, NULL,
      "streams a second that an HTTP/2 peer may reset or get reset" },
    { "max-reset-burst", "COUNT", GG_OPTION_U32, AT(limits.guard.reset_burst), "1000", 1, 1000000, NULL,
      "the same at once" },
    { "max-control-rate", "COUNT", GG_OPTION_U32, AT(limits.guard.control_rate), "1000", 1, 1000000, NULL,
      "SETTINGS, PING, PRIORITY, unknown and empty frames a second" },
    { "max-continuations", "COUNT", GG_OPTION_U32, AT(limits.guard.continuations), "8", 0, 8, NULL,
      "CONTINUATION frames of a header block" },
    { "max-queued-acks", "COUNT", GG_OPTION_U32, AT(limits.queued_acks), "1000", 1, 1000000, NULL,
      "answers to PING and SETTINGS that may wait to be sent" },
    { "version", NULL, GG_OPTION_ACTION, AT(version), "false", 0, 0, NULL, "print the version and exit" },
    { "help", NULL, GG_OPTION_ACTION, AT(help), "false", 0, 0, NULL, "print this help and exit" },
};
/* clang-format on */

static gg_flags flags_of(gg_options *options, const gg_own_flags *own)
{
    return (gg_flags){ .table = table,
        .count = sizeof table / sizeof table[0],
        .settings = options,
        .own = own->items,
        .own_count = own->count,
        .skip_words = options != NULL && options->runtime_api != NULL }; /* Lambda's images pass the handler's name */
}

static gg_rc check_address(const char *name, gg_str network, gg_str address, char *error)
{
    char why[GG_OPTION_ERROR_LEN / 2];
    if (gg_address_check(network, address, why, sizeof why) == GG_OK)
        return GG_OK;
    snprintf(error, GG_OPTION_ERROR_LEN, "--%s \"%.*s\": %s", name, GG_STR_ARG(address), why);
    return GG_EINVAL;
}

gg_rc gg_options_read(gg_options *options, const gg_own_flags *own, int argc, char **argv,
    char error[GG_OPTION_ERROR_LEN])
{
    const char *runtime_api = getenv("AWS_LAMBDA_RUNTIME_API");
    *options = (gg_options){ .runtime_api = runtime_api != NULL && runtime_api[0] != '\0' ? runtime_api : NULL };
    gg_http_limits_init(&options->limits);
    gg_flags flags = flags_of(options, own);
    gg_rc rc = gg_flags_read(&flags, argc, argv, error);
    if (rc != GG_OK || options->help || options->version)
        return rc;
    rc = check_address("http-address", options->http_network, options->http_address, error);
    if (rc == GG_OK)
        rc = check_address("grpc-address", options->grpc_network, options->grpc_address, error);
    return rc == GG_OK ? check_address("lambda-socket", GG_STR("unix"), options->lambda_socket, error) : rc;
}

void gg_options_help(FILE *out, const char *program, const gg_own_flags *own)
{
    gg_flags flags = flags_of(NULL, own);
    fprintf(out,
        "Usage: %s [flags]\n\n"
        "Serves gRPC and REST/JSON; every listener speaks both.  Inside Lambda it is the runtime.\n\n",
        program);
    gg_flags_help(out, &flags, "http-address");
}
