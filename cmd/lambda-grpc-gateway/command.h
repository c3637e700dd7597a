/* command.h -- the subcommands of lambda-grpc-gateway, and what all of them do alike. */
#ifndef GG_CMD_COMMAND_H
#define GG_CMD_COMMAND_H

#include "app/flags.h"
#include "base/buf.h"
#include "gg/schema.h"

/* Exit statuses. */
enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

/* argv[0] is the subcommand's name.  Returns the exit status. */
typedef int command_fn(int argc, char **argv);

typedef struct subcommand {
    const char *name, *summary;
    command_fn *run;
} subcommand;

/* -- the subcommands, rows of the table in main.c -- */
command_fn json_command;

/* -- errors -- */
/* "lambda-grpc-gateway json: ...", one line on standard error that holds nothing but text.  Returns status. */
int complain(int status, const char *command, const char *format, ...) GG_PRINTF(3, 4);

/* -- files (io.c) -- */
/* Up to len bytes of standard input, fewer only at its end.  GG_OK, or GG_EIO and errno. */
gg_rc read_input(char *bytes, size_t len, size_t *got);
/* The rest of a file descriptor, at most `limit` bytes.  GG_OK; GG_ETOOBIG; GG_ENOMEM; GG_EIO and errno. */
gg_rc read_all(int fd, size_t limit, gg_buf *buf);
/* All of the bytes to standard output.  GG_OK, or GG_EIO and errno. */
gg_rc write_output(gg_str bytes);

/* -- schemas (schema_file.c) -- */
/* The schema of a file with a FileDescriptorSet, to be freed with gg_schema_free; NULL: every fault was
 * reported. */
gg_schema *load_schema_file(const char *command, gg_str path);
/* The message type of that name; NULL: reported, with the names that may have been meant. */
const gg_message_type *find_message_type(const char *command, const gg_schema *schema, gg_str name);
/* The names of all message types, a line each, in *text. */
gg_rc list_message_types(const gg_schema *schema, gg_buf *text);

#endif
