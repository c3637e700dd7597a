/* main.c -- the public client against a server of test.v1.Streaming.
 *
 *   test-client run TARGET [HOW]          all cases; TARGET "in-process": an app in this program, HOW its handlers are
 *                                         (callback, blocking); else a server's address, HOW "foreign": it is not ours
 *   test-client drive TARGET [OPTION...]  does what it reads, line by line, and says how that went (drive.c)
 *
 * The cases are the same wherever the channel leads. */
#include "client.h"

#include "drive.h"
#include "test_server.h"

gg_channel *another_channel(const fixture *f, const gg_channel_options *options)
{
    const char *why = NULL;
    gg_channel *channel =
        f->app != NULL ? gg_channel_in_process(f->app, options, &why) : gg_channel_new(f->target, options, &why);
    if (channel == NULL)
        printf("  no channel: %s\n", why);
    return channel;
}

static bool run_cases(fixture *f, const test_case *cases)
{
    bool ok = true;
    for (; cases->name != NULL; cases++) {
        if (f->foreign && cases->ours)
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

static bool run(const char *target, const char *how)
{
    fixture f = { .target = target, .foreign = strcmp(how, "foreign") == 0 };
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

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "run") == 0)
        return run(argv[2], argc > 3 ? argv[3] : "callback") ? 0 : 1;
    if (argc >= 3 && strcmp(argv[1], "drive") == 0)
        return drive(argv[2], argv + 3);
    fprintf(stderr, "usage: test-client run|drive TARGET ...\n");
    return 2;
}
