/* drive.c -- does what it reads from stdin, line by line, and answers each with a line.
 *
 *   call          a unary call: its status's name, and its message, or the process that answered
 *   start         the same, which waits for a connection; "started" at once
 *   join          how the call of the last `start` ended
 *   connect       "connecting"
 *   state         the channel's state
 *   until STATE   waits for it: it, or the state in the end
 *
 * Options: wait (for ready), round-robin, quick (a short backoff). */
#include "drive.h"

#include "client.h"

#include <pthread.h>

static const char *const states[] = { "IDLE", "CONNECTING", "READY", "TRANSIENT_FAILURE", "SHUTDOWN" };

typedef struct driver {
    gg_channel *channel;
    pthread_t thread;
    gg_status code; /* of the call on it */
} driver;

static gg_status call(driver *d, gg_wait wait, bool tell)
{
    static const gg_metadata_entry who = { GG_STR_INIT("x-who"), GG_STR_INIT("?") };
    gg_call_options options;
    gg_call_options_init(&options);
    options.wait_for_ready = wait;
    options.timeout_ns = PATIENCE_NS;
    options.metadata = (gg_metadata){ &who, 1 };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    test_v1_StreamRequest request = { .payload = GG_STR("hello") };
    test_v1_StreamResponse response;
    gg_client_status status;
    gg_status code = test_v1_StreamingClient_Unary(d->channel, &options, &request, &response, arena, &status);
    gg_str text = code == GG_STATUS_OK ? gg_metadata_get(&status.headers, who.key) : status.message;
    if (tell)
        printf("%s %.*s\n", gg_status_name(code), GG_STR_ARG(text));
    gg_arena_unref(arena);
    return code;
}

static void *call_and_wait(void *arg)
{
    driver *d = arg;
    d->code = call(d, GG_WAIT_FOR_READY, false);
    return NULL;
}

static void obey(driver *d, const char *word, const char *rest)
{
    if (strcmp(word, "call") == 0) {
        call(d, GG_WAIT_DEFAULT, true);
    } else if (strcmp(word, "start") == 0) {
        puts(pthread_create(&d->thread, NULL, call_and_wait, d) == 0 ? "started" : "no thread");
    } else if (strcmp(word, "join") == 0) {
        pthread_join(d->thread, NULL);
        puts(gg_status_name(d->code));
    } else if (strcmp(word, "connect") == 0) {
        gg_channel_connect(d->channel);
        puts("connecting");
    } else if (strcmp(word, "state") == 0) {
        puts(states[gg_channel_state(d->channel)]);
    } else if (strcmp(word, "until") == 0) {
        bool there = false;
        for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
            if (strcmp(states[i], rest) == 0)
                there = gg_channel_wait_for_state(d->channel, (gg_connectivity)i, PATIENCE_NS);
        puts(there ? rest : states[gg_channel_state(d->channel)]);
    } else {
        puts("what?");
    }
    fflush(stdout);
}

int drive(const char *target, char **words)
{
    driver d = { 0 };
    char why[GG_WHY_LEN];
    gg_channel_options options;
    gg_channel_options_init(&options);
    for (; *words != NULL; words++) {
        options.wait_for_ready |= strcmp(*words, "wait") == 0;
        if (strcmp(*words, "round-robin") == 0)
            options.balancing = GG_ROUND_ROBIN;
        if (strcmp(*words, "quick") == 0)
            options.backoff_ns = options.backoff_max_ns = 20 * 1000 * 1000;
    }
    d.channel = gg_channel_new(target, &options, why);
    if (d.channel == NULL) {
        printf("no channel: %s\n", why);
        return 1;
    }
    char line[64], word[64], rest[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        rest[0] = '\0';
        if (sscanf(line, "%63s %63s", word, rest) >= 1)
            obey(&d, word, rest);
    }
    gg_channel_free(d.channel);
    return 0;
}
