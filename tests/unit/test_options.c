/* test_options.c -- flags, environment and the lines that say what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/options.h"
#include "app/suggest.h"
#include "base/clock.h"

enum { ARGS = 4 };

static const char *color(void *user, const char *value)
{
    if (strcmp(value, "red") != 0)
        return "must be red";
    *(const char **)user = value;
    return NULL;
}

static gg_rc read_args(gg_options *options, const char *const args[ARGS], char *error)
{
    static const char *seen;
    gg_own_flag own = { "color", "COLOR", "of the answer", color, &seen };
    gg_own_flags flags = { &own, 1, 1 };
    char *argv[ARGS + 2] = { (char *)(uintptr_t) "prog" };
    int argc = 1;
    for (size_t i = 0; i < ARGS && args[i] != NULL; i++)
        argv[argc++] = (char *)(uintptr_t)args[i];
    error[0] = '\0';
    return gg_options_read(options, &flags, argc, argv, error);
}

static void test_defaults(void **state)
{
    (void)state;
    gg_options o;
    char error[GG_OPTION_ERROR_LEN];
    assert_int_equal(read_args(&o, (const char *const[ARGS]){ NULL }, error), GG_OK);
    assert_true(gg_str_eq(o.http_network, GG_STR("tcp")));
    assert_true(gg_str_eq(o.http_address, GG_STR("0.0.0.0:8080")));
    assert_true(gg_str_eq(o.grpc_address, GG_STR("0.0.0.0:8081")));
    assert_true(gg_str_eq(o.grpc_compression, GG_STR("identity")));
    assert_int_equal(o.log_level, GG_LOG_DEBUG);
    assert_int_equal(o.workers, 1);
    assert_int_equal(o.limits.header_ns, 60 * (uint64_t)GG_NS_PER_S);
    assert_int_equal(o.limits.idle_ns, 300 * (uint64_t)GG_NS_PER_S);
    assert_int_equal(o.limits.body_bytes, 4 << 20);
    assert_int_equal(o.shutdown_ns, 10 * (uint64_t)GG_NS_PER_S);
    assert_false(o.help || o.version);
}

/* clang-format off */
/* error NULL: accepted; else the line must contain it. */
static const struct {
    const char *args[ARGS];
    const char *error;
} rows[] = {
    { { "--http-address", ":0" }, NULL },
    { { "--http-address=[::]:8080" }, NULL },
    { { "--http-network=unix", "--http-address", "/tmp/x.sock" }, NULL },
    { { "--workers", "4", "--log-level", "warn" }, NULL },
    { { "--idle-timeout", "500ms" }, NULL },
    { { "--max-body-bytes", "1GiB" }, NULL },
    { { "--color", "red" }, NULL },
    { { "-h" }, NULL },
    { { "--color", "blue" }, "--color \"blue\": must be red" },
    { { "--http-adress", ":1" }, "unknown flag --http-adress; did you mean --http-address?" },
    { { "--colour", "red" }, "did you mean --color?" },
    { { "--xyzzy" }, "unknown flag --xyzzy; see --help" },
    { { "--workers" }, "--workers needs a value" },
    { { "--workers", "0" }, "must be from 1 to 256" },
    { { "--workers", "-1" }, "must be a whole number" },
    { { "--workers", "99999999999999999999" }, "must be a whole number" },
    { { "--log-level", "wrn" }, "did you mean warn?" },
    { { "--log-level", "" }, "must be one of trace, debug, info, warn, error, fatal, panic" },
    { { "--http-network", "udp" }, "must be one of tcp, unix" },
    { { "--http-address", "nonsense" }, "--http-address \"nonsense\"" },
    { { "--http-address", "1.2.3.4:99999" }, "--http-address \"1.2.3.4:99999\"" },
    { { "--idle-timeout", "5 minutes" }, "must be a time" },
    { { "--idle-timeout", "0s" }, "must be from 1" },
    { { "--max-body-bytes", "4MB" }, "must be a size" },
    { { "--version=no" }, "is a switch" },
    { { "serve" }, "unexpected argument \"serve\"" },
    { { "--" }, "unexpected argument" },
};
/* clang-format on */

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_options o;
        char error[GG_OPTION_ERROR_LEN];
        gg_rc rc = read_args(&o, rows[i].args, error);
        if (rows[i].error == NULL ? rc != GG_OK : rc != GG_EINVAL || strstr(error, rows[i].error) == NULL)
            fail_msg("row %zu (%s): rc %d, \"%s\"", i, rows[i].args[0], (int)rc, error);
        assert_null(strchr(error, '\n'));
    }
}

static void test_environment(void **state)
{
    (void)state;
    gg_options o;
    char error[GG_OPTION_ERROR_LEN];
    setenv("GG_HTTP_ADDRESS", "127.0.0.1:1", 1);
    assert_int_equal(read_args(&o, (const char *const[ARGS]){ NULL }, error), GG_OK);
    assert_true(gg_str_eq(o.http_address, GG_STR("127.0.0.1:1")));
    assert_int_equal(read_args(&o, (const char *const[ARGS]){ "--http-address", ":2" }, error), GG_OK);
    assert_true(gg_str_eq(o.http_address, GG_STR(":2")));
    unsetenv("GG_HTTP_ADDRESS");
    setenv("GG_WORKERS", "many", 1);
    assert_int_equal(read_args(&o, (const char *const[ARGS]){ NULL }, error), GG_EINVAL);
    assert_non_null(strstr(error, "GG_WORKERS \"many\""));
    unsetenv("GG_WORKERS");
}

static void test_suggestions(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *want;
    } words[] = {
        { "debgu", "debug" },
        { "INFO", NULL },
        { "inf", "info" },
        { "", NULL },
        { "information", NULL },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        gg_suggestion near = gg_suggest_for(gg_str_from(words[i].typed));
        gg_suggest_offer(&near, "debug");
        gg_suggest_offer(&near, "info");
        if (words[i].want == NULL)
            assert_null(near.best);
        else
            assert_string_equal(near.best, words[i].want);
    }
}

/* Inside Lambda the handler's name may stand among the arguments. */
static void test_in_lambda(void **state)
{
    (void)state;
    gg_options o;
    char error[GG_OPTION_ERROR_LEN];
    const char *const args[ARGS] = { "app.handler", "--workers", "2", "more" };
    setenv("AWS_LAMBDA_RUNTIME_API", "", 1);
    assert_int_equal(read_args(&o, args, error), GG_EINVAL);
    assert_null(o.runtime_api);
    setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1);
    assert_int_equal(read_args(&o, args, error), GG_OK);
    assert_string_equal(o.runtime_api, "127.0.0.1:9001");
    assert_true(gg_str_eq(o.lambda_socket, GG_STR("/tmp/grpc.sock")));
    assert_int_equal(o.workers, 2);
    unsetenv("AWS_LAMBDA_RUNTIME_API");
    assert_int_equal(read_args(&o, (const char *const[ARGS]){ "--lambda-socket", "" }, error), GG_EINVAL);
    assert_non_null(strstr(error, "--lambda-socket \"\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_in_lambda),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
