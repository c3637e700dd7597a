/* test_server.c -- what the end-to-end tests drive: the services of tests/proto, behind one of three doors.
 *
 *   --mode typed       generated structs and their typed handlers
 *   --mode raw         handlers on serialized messages, by the generated tables
 *   --schema FILE      the same handlers, by tables from a descriptor set read at run time
 *
 * All three answer alike; the handlers of test.v1.Slow are in slow.c, the interceptors in intercept.c. */
#include <stdio.h>
#include <stdlib.h>

#include "gg/app.h"
#include "gg/tls.h"
#include "test/v1/library.gg.h"
#include "test/v1/types.gg.h"
#include "test_server.h"

static gg_status types_echo(gg_call *call, const test_v1_AllTypes *request, test_v1_AllTypes *response)
{
    (void)call;
    *response = *request;
    return GG_STATUS_OK;
}

static gg_status types_echo_raw(gg_call *call, gg_str request, gg_str *response)
{
    (void)call;
    *response = request;
    return GG_STATUS_OK;
}

/* "Ping" of "/example.v1.PingService/Ping". */
static gg_str rpc_name(gg_call *call)
{
    gg_str path = gg_call_method(call);
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return gg_str_of(path.ptr + at, path.len - at);
}

static gg_status library_any(gg_call *call, const test_v1_BookRequest *request, test_v1_BookReply *response)
{
    response->rpc = rpc_name(call);
    response->request = gg_call_alloc(call, sizeof *response->request);
    if (response->request == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    *response->request = *request;
    return GG_STATUS_OK;
}

/* BookReply by hand: rpc = 1, request = 2. */
static gg_status library_any_raw(gg_call *call, gg_str request, gg_str *response)
{
    gg_str rpc = rpc_name(call);
    char *out = gg_call_alloc(call, rpc.len + request.len + 2 * WIRE_PREFIX_LEN);
    if (out == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    size_t len = wire_put(out, 1, rpc);
    len += wire_put(out + len, 2, request);
    *response = gg_str_of(out, len);
    return GG_STATUS_OK;
}

static void register_typed(gg_app *app)
{
    static const test_v1_Types types = { .Echo = types_echo };
    static const test_v1_Library library = {
        .GetBook = library_any,
        .GetBookById = library_any,
        .GetFile = library_any,
        .GetFileInfo = library_any,
        .GetRange = library_any,
        .GetKind = library_any,
        .ListBooks = library_any,
        .CreateBook = library_any,
        .ReplaceBook = library_any,
        .UpdateBook = library_any,
        .DeleteBook = library_any,
        .SearchBooks = library_any,
        .SetFields = library_any,
        .PurgeShelf = library_any,
        .GetReply = library_any,
        .NotMapped = library_any,
    };
    static const test_v1_Slow slow = { .Wait = slow_wait };
    test_v1_Types_register(app, &types, NULL);
    test_v1_Library_register(app, &library, NULL);
    test_v1_Slow_register(app, &slow, NULL);
}

static const struct {
    const char *service;
    const gg_service_type *generated;
    gg_raw_unary_fn handler;
} raw_services[] = {
    { "test.v1.Types", &test_v1_Types_type, types_echo_raw },
    { "test.v1.Library", &test_v1_Library_type, library_any_raw },
    { "test.v1.Slow", &test_v1_Slow_type, slow_wait_raw },
};

/* schema NULL: the generated tables. */
static const char *register_raw(gg_app *app, const gg_schema *schema)
{
    for (size_t i = 0; i < sizeof raw_services / sizeof raw_services[0]; i++) {
        const gg_service_type *service = raw_services[i].generated;
        if (schema != NULL)
            service = gg_schema_service(schema, gg_str_from(raw_services[i].service));
        if (service == NULL)
            return "lacks a service of the tests";
        for (size_t j = 0; j < service->method_count; j++) {
            const gg_method_type *method = &service->methods[j];
            if (!method->client_streaming && !method->server_streaming)
                gg_app_handle_raw(app, service, method, raw_services[i].handler, NULL);
        }
    }
    return NULL;
}

/* -- flags: they register the services, so exactly one of them is to be given -- */

typedef struct program {
    gg_app *app;
    gg_schema *schema;
} program;

static const char *set_mode(void *user, const char *value)
{
    program *p = user;
    if (strcmp(value, "typed") == 0)
        register_typed(p->app);
    else if (strcmp(value, "raw") == 0)
        return register_raw(p->app, NULL);
    else
        return "must be typed or raw";
    return NULL;
}

static const char *set_streams(void *user, const char *value)
{
    return streams_register(((program *)user)->app, gg_str_from(value));
}

static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, "%.*s: %.*s: %.*s\n", GG_STR_ARG(fault->file), GG_STR_ARG(fault->symbol),
        GG_STR_ARG(fault->reason));
}

static const char *set_schema(void *user, const char *value)
{
    enum { SET_LEN_MAX = 1 << 20 };
    program *p = user;
    FILE *file = fopen(value, "rb");
    if (file == NULL)
        return "cannot be opened";
    char *set = malloc(SET_LEN_MAX);
    size_t len = set != NULL ? fread(set, 1, SET_LEN_MAX, file) : 0;
    fclose(file);
    p->schema = gg_schema_load(gg_str_of(set, len), print_fault, NULL);
    free(set);
    return p->schema != NULL ? register_raw(p->app, p->schema) : "is no descriptor set that can be served";
}

int main(int argc, char **argv)
{
    program p = { .app = gg_app_new("test-server") };
    gg_app_flag(p.app, "mode", "MODE", "handlers: typed, or raw", set_mode, &p);
    gg_app_flag(p.app, "schema", "FILE", "raw handlers by the tables of a descriptor set", set_schema, &p);
    gg_app_flag(p.app, "streams", "STYLE", "test.v1.Streaming, by handlers of that style: callback, or blocking",
        set_streams, &p);
    gg_app_use(p.app, gg_tls_openssl());
    intercept(p.app);
    int status = gg_app_main(p.app, argc, argv);
    gg_schema_free(p.schema);
    return status;
}
