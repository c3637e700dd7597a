/* options.c -- the table of flags, and reading it: defaults, environment, command line.
 *
 * Elsewhere: what a value means to those who use it; values are only checked and stored here. */
#include "app/options.h"

#include <stdlib.h>

#include "app/suggest.h"
#include "app/value.h"
#include "http/listener.h"

#define AT(member) offsetof(gg_options, member)
#define DURATION_HELP "as 500ms, 60s, 5m"

static const char *const networks[] = { "tcp", "unix", NULL };
static const char *const upstreams[] = { "in-process", "self-socket", NULL };
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
    { "lambda-socket", "PATH", GG_OPTION_TEXT, AT(lambda_socket), "/tmp/grpc.sock", 0, 0, NULL,
      "inside Lambda: the only listener, a Unix socket for gRPC" },
    { "upstream", "WHERE", GG_OPTION_WORD, AT(upstream), "in-process", 0, 0, upstreams,
      "way of REST calls: in-process, or self-socket (the gRPC listener)" },
    { "log-level", "LEVEL", GG_OPTION_LEVEL, AT(log_level), "debug", 0, 0, levels,
      "least level to log: trace, debug, info, warn, error, fatal or panic" },
    { "workers", "COUNT", GG_OPTION_COUNT, AT(workers), "1", 1, GG_WORKERS_MAX, NULL,
      "threads that serve; with more than one, handlers run at the same time" },
    { "header-timeout", "TIME", GG_OPTION_DURATION, AT(limits.header_ns), "60s", 1, UINT64_MAX, NULL,
      "time for a request's head to arrive, " DURATION_HELP },
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
      "largest gRPC message" },
    { "max-call-bytes", "SIZE", GG_OPTION_SIZE, AT(call_memory), "64MiB", 64u << 10, (size_t)1 << 40, NULL,
      "most memory of one call" },
    { "max-streams", "COUNT", GG_OPTION_U32, AT(limits.streams), "256", 1, 1u << 20, NULL,
      "most calls at once on one HTTP/2 connection" },
    { "version", NULL, GG_OPTION_SWITCH, AT(version), "false", 0, 0, NULL, "print the version and exit" },
    { "help", NULL, GG_OPTION_SWITCH, AT(help), "false", 0, 0, NULL, "print this help and exit" },
};
/* clang-format on */
enum { OPTION_COUNT = sizeof table / sizeof table[0] };

/* A flag by name: of the table, or of the program's own; both NULL if there is none. */
typedef struct flag_ref {
    const gg_option *option;
    const gg_own_flag *own;
} flag_ref;

static flag_ref find_flag(const gg_own_flags *own, gg_str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (gg_str_eq(gg_str_from(table[i].name), name))
            return (flag_ref){ &table[i], NULL };
    for (size_t i = 0; i < own->count; i++)
        if (gg_str_eq(gg_str_from(own->items[i].name), name))
            return (flag_ref){ NULL, &own->items[i] };
    return (flag_ref){ NULL, NULL };
}

static gg_rc unknown_flag(const gg_own_flags *own, gg_str name, char *error)
{
    gg_suggestion near = gg_suggest_for(name);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        gg_suggest_offer(&near, table[i].name);
    for (size_t i = 0; i < own->count; i++)
        gg_suggest_offer(&near, own->items[i].name);
    if (near.best != NULL)
        snprintf(error, GG_OPTION_ERROR_LEN, "unknown flag --%.*s; did you mean --%s?", GG_STR_ARG(name), near.best);
    else
        snprintf(error, GG_OPTION_ERROR_LEN, "unknown flag --%.*s; see --help", GG_STR_ARG(name));
    return GG_EINVAL;
}

/* Stores one value; `from` is what the error names: "--workers" or "GG_WORKERS". */
static gg_rc set_flag(gg_options *options, flag_ref flag, const char *from, const char *value, char *error)
{
    if (flag.option != NULL)
        return gg_option_set(options, flag.option, from, value, error);
    const char *wrong = flag.own->fn(flag.own->user, value);
    if (wrong == NULL)
        return GG_OK;
    snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": %s", from, value, wrong);
    return GG_EINVAL;
}

static void env_name(char out[64], const char *flag)
{
    size_t n = (size_t)snprintf(out, 64, "GG_%s", flag);
    for (size_t i = 3; i < n && i < 63; i++) {
        if (out[i] == '-')
            out[i] = '_';
        else if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    }
}

static gg_rc read_env(gg_options *options, const gg_own_flags *own, char *error)
{
    for (size_t i = 0; i < OPTION_COUNT + own->count; i++) {
        flag_ref flag =
            i < OPTION_COUNT ? (flag_ref){ &table[i], NULL } : (flag_ref){ NULL, &own->items[i - OPTION_COUNT] };
        if (flag.option != NULL && flag.option->kind == GG_OPTION_SWITCH)
            continue; /* --help and --version are not settings */
        char name[64];
        env_name(name, flag.option != NULL ? flag.option->name : flag.own->name);
        const char *value = getenv(name);
        gg_rc rc = value != NULL ? set_flag(options, flag, name, value, error) : GG_OK;
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

/* Reads the flag at argv[*at], "--name value" or "--name=value", and moves *at past it. */
static gg_rc read_flag(gg_options *options, const gg_own_flags *own, int argc, char **argv, int *at, char *error)
{
    const char *arg = argv[(*at)++];
    if (options->runtime_api != NULL && arg[0] != '-')
        return GG_OK; /* Lambda's images and emulators pass the handler's name */
    if (strcmp(arg, "-h") == 0)
        arg = "--help";
    if (strncmp(arg, "--", 2) != 0 || arg[2] == '\0') {
        snprintf(error, GG_OPTION_ERROR_LEN, "unexpected argument \"%s\"; flags begin with --, see --help", arg);
        return GG_EINVAL;
    }
    const char *equals = strchr(arg, '=');
    gg_str name = equals != NULL ? gg_str_of(arg + 2, (size_t)(equals - arg - 2)) : gg_str_from(arg + 2);
    flag_ref flag = find_flag(own, name);
    if (flag.option == NULL && flag.own == NULL)
        return unknown_flag(own, name, error);
    const char *value_name = flag.option != NULL ? flag.option->value_name : flag.own->value_name;
    const char *value = equals != NULL ? equals + 1 : value_name == NULL ? "true" : NULL;
    if (value == NULL && *at < argc)
        value = argv[(*at)++];
    char from[96];
    snprintf(from, sizeof from, "--%.*s", GG_STR_ARG(name));
    if (value == NULL) {
        snprintf(error, GG_OPTION_ERROR_LEN, "%s needs a value: %s %s", from, from, value_name);
        return GG_EINVAL;
    }
    return set_flag(options, flag, from, value, error);
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
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < OPTION_COUNT && rc == GG_OK; i++)
        rc = gg_option_set(options, &table[i], table[i].name, table[i].default_value, error);
    if (rc == GG_OK)
        rc = read_env(options, own, error);
    for (int at = 1; at < argc && rc == GG_OK;)
        rc = read_flag(options, own, argc, argv, &at, error);
    if (rc != GG_OK || options->help || options->version)
        return rc;
    rc = check_address("http-address", options->http_network, options->http_address, error);
    if (rc == GG_OK)
        rc = check_address("grpc-address", options->grpc_network, options->grpc_address, error);
    return rc == GG_OK ? check_address("lambda-socket", GG_STR("unix"), options->lambda_socket, error) : rc;
}

static void help_line(FILE *out, const char *name, const char *value_name, const char *help, const char *default_value)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, value_name != NULL ? " " : "", value_name != NULL ? value_name : "");
    fprintf(out, "  %-27s %s%s%s%s\n", left, help, default_value != NULL ? " (default " : "",
        default_value != NULL ? default_value : "", default_value != NULL ? ")" : "");
}

void gg_options_help(FILE *out, const char *program, const gg_own_flags *own)
{
    fprintf(out,
        "Usage: %s [flags]\n\n"
        "Serves gRPC and REST/JSON; every listener speaks both.  Inside Lambda it is the runtime.\n\n"
        "Flags:\n",
        program);
    for (size_t i = 0; i < own->count; i++)
        help_line(out, own->items[i].name, own->items[i].value_name, own->items[i].help, NULL);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        help_line(out, table[i].name, table[i].value_name, table[i].help,
            table[i].kind != GG_OPTION_SWITCH ? table[i].default_value : NULL);
    fprintf(out, "\nEach flag has an environment variable: --http-address is GG_HTTP_ADDRESS.  A flag wins over it.\n");
}
