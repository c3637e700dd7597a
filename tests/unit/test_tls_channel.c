/* test_tls_channel.c -- HTTP/2 channels over TLS by real sockets: whom they trust, what they say when they do not. */
#include "tls_files.h"

#include "base/clock.h"
#include "failmalloc.h"
#include "grpc/front.h"
#include "grpc/h2_channel.h"
#include "grpc/server.h"
#include "http/listener.h"
#include "http/tls_codec.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { TEXT_LEN = 400, PATIENCE_MS = 20000 };

/* -- a server and a channel in one loop, and one call -- */

typedef struct fixture {
    gg_loop loop;
    gg_socket sock;
    gg_server server;
    gg_inproc_channel service;
    gg_grpc_front front;
    gg_compressor compressor;
    gg_codec_config codec;
    gg_listener listener;
    gg_h2_channel_config config;
    gg_h2_channel channel;
    gg_arena *arena;
    gg_message message;
    gg_status status;
    bool ended, late;
    char text[TEXT_LEN], scheme[8], target[TEXT_LEN];
    uv_timer_t patience;
} fixture;

static void on_request(void *user, gg_exchange *x)
{
    fixture *f = user;
    snprintf(f->scheme, sizeof f->scheme, "%.*s", GG_STR_ARG(x->scheme));
    gg_grpc_front_request(&f->front, x);
}

static void on_status(void *user, const gg_rpc_status *status)
{
    fixture *f = user;
    f->ended = true;
    f->status = status->code;
    snprintf(f->text, sizeof f->text, "%.*s", GG_STR_ARG(status->message));
}

static void on_patience(uv_timer_t *timer)
{
    ((fixture *)timer->data)->late = true;
}

static void start_server(fixture *f, gg_tls_context *tls)
{
    char error[TEXT_LEN];
    assert_int_equal(gg_server_init(&f->server), GG_OK);
    gg_inproc_channel_init(&f->service, &f->server, &f->loop);
    f->front = (gg_grpc_front){ .channel = &f->service.base,
        .max_message_len = 1 << 20,
        .max_response_len = 1 << 20,
        .compressor = &f->compressor };
    f->codec = (gg_codec_config){ .handler = { on_request, f },
        .arena_limit = GG_ARENA_LIMIT,
        .pool = &f->loop.pool,
        .sched = &f->loop.sched,
        .tls = tls };
    gg_http_limits_init(&f->codec.limits);
    assert_int_equal(gg_socket_listen(&f->sock, GG_STR("tcp"), GG_STR("127.0.0.1:0"), error, sizeof error), GG_OK);
    assert_int_equal(gg_listener_start(&f->listener, &f->loop, &f->sock, &f->codec, error, sizeof error), GG_OK);
}

static void begin(fixture *f, gg_tls_context *server, gg_tls_context *client)
{
    static const gg_rpc_events events = { .status = on_status };
    *f = (fixture){ 0 };
    assert_int_equal(gg_loop_init(&f->loop, NULL), GG_OK);
    start_server(f, server);
    snprintf(f->target, sizeof f->target, "%s", f->sock.name);
    f->config = (gg_h2_channel_config){ .target = gg_str_from(f->target),
        .loop = &f->loop,
        .tls = client,
        .compressor = &f->compressor };
    gg_h2_limits_init(&f->config.limits);
    assert_null(gg_h2_channel_init(&f->channel, &f->config));
    uv_timer_init(f->loop.uv, &f->patience);
    f->patience.data = f;
    uv_timer_start(&f->patience, on_patience, PATIENCE_MS, 0);
    f->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    f->message = (gg_message){ .wire = GG_STR("\n\2m1") };
    gg_rpc *rpc = gg_rpc_channel_start(&f->channel.base,
        &(gg_rpc_start){ .path = GG_STR("/a.B/C"),
            .deadline_ns = UINT64_MAX,
            .arena = f->arena,
            .sched = &f->loop.sched,
            .events = &events,
            .user = f });
    assert_non_null(rpc);
    if (gg_rpc_send(rpc, &f->message) == GG_OK)
        gg_rpc_half_close(rpc);
}

static void turn(fixture *f, uv_run_mode mode)
{
    gg_loop_turn(&f->loop);
    uv_run(f->loop.uv, mode);
    assert_false(f->late);
}

static void end(fixture *f)
{
    gg_h2_channel_close(&f->channel);
    gg_loop_turn(&f->loop);
    assert_true(f->ended);
    gg_listener_close(&f->listener);
    gg_socket_close(&f->sock);
    uv_close((uv_handle_t *)&f->patience, NULL);
    gg_loop_deinit(&f->loop);
    gg_compressor_deinit(&f->compressor);
    gg_server_deinit(&f->server);
    gg_arena_unref(f->arena);
}

/* -- whom a channel trusts -- */

static const struct row {
    const char *what;
    const char *server, *server_ca; /* the server's pair; whom clients must have a certificate of */
    const char *client, *client_ca, *name;
    const char *failure; /* what the status says; NULL: the call reaches the server, which does not know the method */
} rows[] = {
    { "by address", "server", NULL, NULL, "ca.pem", NULL, NULL },
    { "by name", "server", NULL, NULL, "ca.pem", "server.test", NULL },
    { "by absolute name", "server", NULL, NULL, "ca.pem", "server.test.", NULL },
    { "by wildcard", "server", NULL, NULL, "ca.pem", "a.wild.test", NULL },
    { "a wildcard is one label", "server", NULL, NULL, "ca.pem", "a.b.wild.test",
        "TLS: certificate verify failed: hostname mismatch" },
    { "another name", "server", NULL, NULL, "ca.pem", "wrong.test",
        "TLS: certificate verify failed: hostname mismatch" },
    { "another address", "server", NULL, NULL, "ca.pem", "127.0.0.2",
        "TLS: certificate verify failed: IP address mismatch" },
    { "the common name is no name", "server", NULL, NULL, "ca.pem", "server",
        "TLS: certificate verify failed: hostname mismatch" },
    { "another root", "server", NULL, NULL, "other-ca.pem", NULL,
        "TLS: certificate verify failed: unable to get local issuer certificate" },
    { "the system's roots", "server", NULL, NULL, NULL, NULL,
        "TLS: certificate verify failed: unable to get local issuer certificate" },
    { "with a client's certificate", "server", "ca.pem", "client", "ca.pem", NULL, NULL },
    { "a certificate that nobody asked for", "server", NULL, "client", "ca.pem", NULL, NULL },
    { "without one", "server", "ca.pem", NULL, "ca.pem", NULL, "TLS: tlsv13 alert certificate required" },
    { "of another root", "server", "ca.pem", "other", "ca.pem", NULL, "TLS: tlsv1 alert unknown ca" },
};

static void test_trust(void **state)
{
    const tls_files *files = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        print_message("%s\n", row->what);
        gg_tls_context *server = tls_server(files, row->server, row->server_ca);
        gg_tls_context *client = tls_client(files, row->client, row->client_ca, row->name);
        fixture f;
        begin(&f, server, client);
        while (!f.ended)
            turn(&f, UV_RUN_ONCE);
        if (row->failure == NULL) {
            assert_int_equal(f.status, GG_STATUS_UNIMPLEMENTED);
            assert_string_equal(f.scheme, "https");
        } else {
            assert_int_equal(f.status, GG_STATUS_UNAVAILABLE);
            assert_non_null(strstr(f.text, row->failure));
        }
        end(&f);
        gg_tls_context_free(server);
        gg_tls_context_free(client);
    }
}

/* A server that is not spoken to as it wishes, and one that does not speak TLS. */
static void test_mismatched(void **state)
{
    const tls_files *files = *state;
    gg_tls_context *server = tls_server(files, "server", NULL), *client = tls_client(files, NULL, "ca.pem", NULL);
    gg_tls_context *const pairs[][2] = { { server, NULL }, { NULL, client } };
    for (size_t i = 0; i < 2; i++) {
        fixture f;
        begin(&f, pairs[i][0], pairs[i][1]);
        while (!f.ended)
            turn(&f, UV_RUN_ONCE);
        assert_int_equal(f.status, GG_STATUS_UNAVAILABLE);
        if (i == 1)
            assert_non_null(strstr(f.text, "TLS: wrong version number"));
        end(&f);
    }
    gg_tls_context_free(server);
    gg_tls_context_free(client);
}

/* The channel is closed after each turn of the loop. */
static void test_given_up(void **state)
{
    enum { TURNS = 30 };
    const tls_files *files = *state;
    gg_tls_context *server = tls_server(files, "server", "ca.pem");
    gg_tls_context *client = tls_client(files, "client", "ca.pem", NULL);
    for (unsigned turns = 0; turns < TURNS; turns++) {
        fixture f;
        begin(&f, server, client);
        for (unsigned i = 0; i < turns; i++)
            turn(&f, UV_RUN_NOWAIT);
        end(&f);
    }
    gg_tls_context_free(server);
    gg_tls_context_free(client);
}

/* -- a server whose ALPN does not have "h2" -- */

static void on_task(gg_task *task)
{
    (void)task;
}

static void test_no_h2(void **state)
{
    const tls_files *files = *state;
    char path[TLS_PATH_LEN];
    gg_sched sched;
    gg_task wake = { .run = on_task }, opened = { .run = on_task };
    gg_sched_init(&sched);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_file(ctx, tls_file(files, "server.pem", path), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(ctx, tls_file(files, "server.key", path), SSL_FILETYPE_PEM);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    gg_tls_context *client = tls_client(files, NULL, "ca.pem", "server.test");
    gg_codec *codec = gg_tls_connect_new(&(gg_tls_connect){ client, "", &sched, NULL, &wake, &opened });
    assert_non_null(codec);
    while (!codec->ops->done(codec)) {
        char bytes[4096];
        gg_str said = codec->ops->output(codec);
        BIO_write(in, said.ptr, (int)said.len);
        codec->ops->sent(codec, said.len);
        SSL_do_handshake(ssl);
        int len = BIO_read(out, bytes, sizeof bytes);
        assert_true(len > 0);
        codec->ops->receive(codec, gg_str_of(bytes, (size_t)len));
    }
    assert_string_equal(gg_tls_failure(codec).ptr, "TLS: the server does not offer HTTP/2 (ALPN)");
    assert_false(opened.queued);
    codec->ops->free(codec);
    gg_sched_run(&sched, 0);
    gg_tls_context_free(client);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
}

/* A client's context and the beginning of its handshake, each allocation failing in turn. */
static void test_no_memory(void **state)
{
    const tls_files *files = *state;
    const gg_tls_provider *provider = gg_tls_provider_of(gg_tls_openssl());
    char ca[TLS_PATH_LEN];
    gg_tls_client_config config;
    gg_tls_client_config_init(&config);
    config.ca_file = tls_file(files, "ca.pem", ca);
    config.server_name = "server.test";
    bool failing = true;
    for (size_t n = 0; failing; n++) {
        gg_sched sched;
        char error[GG_TLS_ERROR_LEN] = "";
        gg_task wake = { .run = on_task }, opened = { .run = on_task };
        gg_sched_init(&sched);
        gg_fail_after(n);
        gg_tls_context *context = provider->client(&config, error);
        gg_codec *codec = NULL;
        if (context != NULL)
            codec = gg_tls_connect_new(&(gg_tls_connect){ context, "", &sched, NULL, &wake, &opened });
        failing = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        if (context == NULL)
            assert_string_equal(error, "out of memory");
        if (codec != NULL && codec->ops->done(codec))
            assert_string_equal(gg_tls_failure(codec).ptr, "TLS: out of memory");
        assert_true(failing || (codec != NULL && codec->ops->output(codec).len > 0));
        if (codec != NULL)
            codec->ops->free(codec);
        gg_sched_cancel(&sched, &wake);
        if (context != NULL)
            gg_tls_context_free(context);
    }
}

/* -- files -- */

static const struct file_row {
    const char *cert, *key, *ca;
    const char *error; /* how it begins, after the folder, and what it says */
} file_rows[] = {
    { "server.pem", "server.key", NULL, NULL },
    { "both.pem", "both.pem", "ca.pem", NULL },
    { "none.pem", "server.key", NULL, "none.pem: No such file or directory" },
    { "server.pem", "none.key", NULL, "none.key: No such file or directory" },
    { "server.pem", "server.key", "none.pem", "none.pem: No such file or directory" },
    { ".", "server.key", NULL, ".: Is a directory" },
    { "empty", "server.key", NULL, "empty: the file is empty" },
    { "text", "server.key", NULL, "text: holds no certificate in PEM" },
    { "server.key", "server.key", NULL, "server.key: holds no certificate in PEM" },
    { "server.pem", "text", NULL, "text: holds no private key in PEM" },
    { "server.pem", "server.pem", NULL, "server.pem: holds no private key in PEM" },
    { "server.pem", "encrypted.key", NULL, "encrypted.key: the key is encrypted; give one without a passphrase" },
    { "server.pem", "client.key", NULL, "client.key: the key does not belong to the certificate in " },
    { "server.pem", "server.key", "text", "text: holds no certificate in PEM" },
    { "server.pem", "server.key", "server.key", "server.key: holds no certificate in PEM" },
};

static void test_files(void **state)
{
    const tls_files *files = *state;
    const gg_tls_provider *provider = gg_tls_provider_of(gg_tls_openssl());
    for (size_t i = 0; i < sizeof file_rows / sizeof file_rows[0]; i++) {
        const struct file_row *row = &file_rows[i];
        char cert[TLS_PATH_LEN], key[TLS_PATH_LEN], ca[TLS_PATH_LEN];
        for (int is_client = 0; is_client < 2; is_client++) {
            char error[GG_TLS_ERROR_LEN] = "";
            gg_tls_server_config server = { tls_file(files, row->cert, cert), tls_file(files, row->key, key),
                row->ca != NULL ? tls_file(files, row->ca, ca) : NULL };
            gg_tls_client_config client;
            gg_tls_client_config_init(&client);
            client.cert_file = cert;
            client.key_file = key;
            client.ca_file = server.client_ca_file;
            gg_tls_context *context = is_client ? provider->client(&client, error) : provider->server(&server, error);
            print_message("%s\n", error);
            assert_int_equal(context == NULL, row->error != NULL);
            if (row->error != NULL) {
                size_t folder_len = strlen(files->folder);
                assert_memory_equal(error, files->folder, folder_len);
                assert_memory_equal(error + folder_len + 1, row->error, strlen(row->error));
            }
            gg_tls_context_free(context);
        }
    }
}

static void test_client_config(void **state)
{
    (void)state;
    const gg_tls_provider *provider = gg_tls_provider_of(gg_tls_openssl());
    char error[GG_TLS_ERROR_LEN] = "";
    gg_tls_client_config config = { 0 };
    assert_null(provider->client(&config, error));
    assert_string_equal(error, "gg_tls_client_config was not initialised");
    gg_tls_client_config_init(&config);
    config.cert_file = "server.pem";
    assert_null(provider->client(&config, error));
    assert_string_equal(error, "a client's certificate and its key belong together");
    gg_extension other = { GG_EXTENSION_TLS, GG_TLS_ABI + 1, provider };
    assert_null(gg_tls_provider_of(&other));
    assert_null(gg_tls_provider_of(NULL));
}

static int set_up(void **state)
{
    tls_files *files = calloc(1, sizeof *files);
    tls_files_make(files);
    *state = files;
    return 0;
}

static int tear_down(void **state)
{
    tls_files_remove(*state);
    free(*state);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_mismatched),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_no_h2),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_client_config),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
