/* main.c -- the public client against a server of test.v1.Streaming.
 *
 *   test-client run TARGET [HOW [CA [COMPRESSION]]]
 *                                         all cases; TARGET "in-process": an app in this program, HOW its handlers are
 *                                         (callback, blocking); else a server's address, HOW "foreign": it is not ours
 *                                         CA "-": no TLS; COMPRESSION: of requests, gzip or deflate
 *   test-client call TARGET [CA]          one call
 *   test-client drive TARGET [OPTION...]  does what it reads, line by line, and says how that went (drive.c)
 *
 * The cases are the same wherever the channel leads. */
#include "client.h"

#include "drive.h"
#include "gg/tls.h"
#include "test_server.h"

gg_channel *another_channel(const fixture *f, const gg_channel_options *given)
{
    char why[GG_WHY_LEN];
    gg_channel_options copy;
    gg_channel_options_init(&copy);
    if (given != NULL)
        copy = *given;
    gg_tls_client_config tls;
    gg_tls_client_config_init(&tls);
    tls.ca_file = f->ca;
    if (f->ca != NULL) {
        copy.tls = gg_tls_openssl();
        copy.tls_config = &tls;
    }
    if (f->compression != NULL)
        copy.compression = strcmp(f->compression, "gzip") == 0 ? GG_COMPRESSION_GZIP : GG_COMPRESSION_DEFLATE;
    const gg_channel_options *options = &copy;
    gg_channel *channel =
        f->app != NULL ? gg_channel_in_process(f->app, options, why) : gg_channel_new(f->target, options, why);
    if (channel == NULL)
        printf("  no channel: %s\n", why);
    return channel;
}

static bool run_cases(fixture *f, const test_case *cases)
{
    bool ok = true;
    for (; cases->name != NULL; cases++) {
        if ((f->foreign && cases->ours) || (f->compression != NULL && cases->plain))
            continue;
        f->failed = false;
        f->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        memset(&f->status, 0, sizeof f->status);
        cases->run(f);
        gg_arena_unref(f->arena);
        printf("%s %s\n", f->failed ? "FAIL" : "ok", cases->name);
        fflush(stdout);
        ok = ok && !f->failed;
    }
    return ok;
}

static bool run(int count, char **words)
{
    const char *target = words[0], *how = count > 1 ? words[1] : "callback";
    fixture f = { .target = target, .foreign = strcmp(how, "foreign") == 0 };
    f.ca = count > 2 && strcmp(words[2], "-") != 0 ? words[2] : NULL;
    f.compression = count > 3 ? words[3] : NULL;
    if (strcmp(target, "in-process") == 0) {
        f.app = gg_app_new("test-client");
        intercept(f.app);
        streams_register(f.app, gg_str_from(how));
    }
    bool ok = false;
    f.channel = another_channel(&f, NULL);
    if (f.channel != NULL) {
        ok = run_cases(&f, blocking_cases);
        ok = run_cases(&f, callback_cases) && ok;
        gg_channel_free(f.channel);
    }
    gg_app_free(f.app);
    return ok;
}

/* One call; says how it ended. */
static bool call_once(int count, char **words)
{
    fixture f = { .target = words[0], .ca = count > 1 ? words[1] : NULL };
    gg_channel *channel = another_channel(&f, NULL);
    if (channel == NULL)
        return false;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    test_v1_StreamRequest request = { .payload = GG_STR("x") };
    test_v1_StreamResponse response;
    gg_client_status status;
    gg_status code = test_v1_StreamingClient_Unary(channel, NULL, &request, &response, arena, &status);
    printf("%d %.*s\n", (int)code, GG_STR_ARG(status.message));
    gg_arena_unref(arena);
    gg_channel_free(channel);
    return code == GG_STATUS_OK;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "run") == 0)
        return run(argc - 2, argv + 2) ? 0 : 1;
    if (argc >= 3 && strcmp(argv[1], "call") == 0)
        return call_once(argc - 2, argv + 2) ? 0 : 1;
    if (argc >= 3 && strcmp(argv[1], "drive") == 0)
        return drive(argv[2], argv + 3);
    fprintf(stderr, "usage: test-client run|call|drive TARGET ...\n");
    return 2;
}
