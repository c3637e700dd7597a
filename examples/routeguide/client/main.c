/* main.c -- the client's program.
 *
 *   routeguide-client [--callbacks] TARGET COMMAND [WORD...]
 *
 * TARGET "in-process": no server, the guide is in this program.  All the same for the commands. */
#include "client.h"

#include <stdio.h>

#include "guide/guide.h"

static const char help[] = "usage: routeguide-client [--callbacks] TARGET COMMAND\n"
                           "\n"
                           "TARGET    localhost:8081, unix:/path, dns:host:port; or in-process, without a server\n"
                           "COMMAND   place NAME...               where these are\n"
                           "          places [KIND]               all there are: sight, food, station\n"
                           "          route EAST,NORTH...         how long that way is\n"
                           "          chat EAST,NORTH TEXT...     leaves notes, and shows those of others\n"
                           "\n"
                           "--callbacks   the same by the other half of the library's functions\n";

static command_fn find_command(const commands *from, const char *name)
{
    const struct {
        const char *name;
        command_fn fn;
    } known[] = { { "place", from->place }, { "places", from->places }, { "route", from->route },
        { "chat", from->chat } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].fn;
    return NULL;
}

static int run(gg_channel *channel, command_fn command, char **words)
{
    outcome o = command(channel, words);
    if (o.code == GG_STATUS_OK)
        return 0;
    fprintf(stderr, "routeguide-client: %s: %s\n", gg_status_name(o.code), o.text);
    return 1;
}

static int run_at(const char *target, command_fn command, char **words)
{
    char why[GG_WHY_LEN];
    gg_channel *channel = gg_channel_new(target, NULL, why);
    if (channel == NULL) {
        fprintf(stderr, "routeguide-client: %s: %s\n", target, why);
        return 2;
    }
    int status = run(channel, command, words);
    gg_channel_free(channel);
    return status;
}

static int run_in_process(command_fn command, char **words)
{
    char why[GG_WHY_LEN] = "out of memory";
    guide g;
    gg_app *app = gg_app_new("routeguide-client");
    int status = 2;
    gg_channel *channel = NULL;
    if (!guide_init(&g)) {
        gg_app_free(app);
        fprintf(stderr, "routeguide-client: %s\n", why);
        return status;
    }
    guide_register(app, &g);
    channel = gg_channel_in_process(app, NULL, why);
    if (channel != NULL)
        status = run(channel, command, words);
    else
        fprintf(stderr, "routeguide-client: %s\n", why);
    gg_channel_free(channel);
    gg_app_free(app);
    guide_deinit(&g);
    return status;
}

int main(int argc, char **argv)
{
    (void)argc;
    char **words = argv + 1;
    bool callbacks = *words != NULL && strcmp(*words, "--callbacks") == 0;
    words += callbacks;
    command_fn command = words[0] != NULL && words[1] != NULL
        ? find_command(callbacks ? &callback_commands : &blocking_commands, words[1])
        : NULL;
    if (command == NULL) {
        fputs(help, stderr);
        return 2;
    }
    if (strcmp(words[0], "in-process") == 0)
        return run_in_process(command, words + 2);
    return run_at(words[0], command, words + 2);
}
