/* main.c -- lambda-grpc-gateway: the subcommands, help and version.
 *
 * A new subcommand is a file of its own and a row of the table below. */
#include "command.h"

#include <signal.h>
#include <stdarg.h>

#include "app/caret.h"
#include "app/suggest.h"

#define PROGRAM "lambda-grpc-gateway"

static command_fn help_command, version_command;

static const subcommand commands[] = {
    { "json", "converts a message between JSON and protobuf, standard input to standard output", json_command },
    { "help", "prints this help, or that of a command: " PROGRAM " help json", help_command },
    { "version", "prints the version", version_command },
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* What else a command may be called. */
static const struct {
    const char *name, *command;
} aliases[] = { { "--help", "help" }, { "-h", "help" }, { "--version", "version" } };

int complain(int status, const char *command, const char *format, ...)
{
    char line[2 * GG_OPTION_ERROR_LEN];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fprintf(stderr, PROGRAM "%s%s: ", command != NULL ? " " : "", command != NULL ? command : "");
    gg_put_plain(stderr, gg_str_of(line, len < 0 ? 0 : strlen(line)));
    fputc('\n', stderr);
    return status;
}

static void print_help(FILE *out)
{
    fprintf(out, "Usage: " PROGRAM " COMMAND [flags]\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\nExit status: 0, all went well; 1, it did not; 2, the command line is wrong.\n");
}

/* After printing to stdout: whether all of it got there. */
static int printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    return complain(STATUS_FAILED, NULL, "cannot write to standard output");
}

static const subcommand *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(name, aliases[i].name) == 0)
            name = aliases[i].command;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    gg_suggestion near = gg_suggest_for(gg_str_from(name));
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        gg_suggest_offer(&near, commands[i].name);
    if (near.best != NULL)
        return complain(STATUS_USAGE, NULL, "unknown command %s; did you mean %s?", name, near.best);
    return complain(STATUS_USAGE, NULL, "unknown command %s; see " PROGRAM " help", name);
}

static int version_command(int argc, char **argv)
{
    if (argc > 1)
        return complain(STATUS_USAGE, "version", "unexpected argument \"%s\"", argv[1]);
    printf(PROGRAM " %s\n", gg_version());
    return printed();
}

static int help_command(int argc, char **argv)
{
    const subcommand *about = argc > 1 ? find_command(argv[1]) : NULL;
    if (argc > 1 && about == NULL)
        return unknown_command(argv[1]);
    if (about != NULL && about->run != help_command && about->run != version_command) {
        char help[] = "--help", *its_argv[] = { argv[1], help, NULL };
        return about->run(2, its_argv);
    }
    print_help(stdout);
    return printed();
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write, which is reported */
    if (argc < 2) {
        print_help(stderr);
        return STATUS_USAGE;
    }
    const subcommand *found = find_command(argv[1]);
    return found != NULL ? found->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
