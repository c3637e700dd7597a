/* flags.h -- the settings of a program: flag over environment over default.
 *
 * A table holds each flag's name, kind, default and help; the environment variable of --a-b is GG_A_B.  Values
 * are checked when they are read, so a bad one is one line and exit status 2. */
#ifndef GG_SRC_APP_FLAGS_H
#define GG_SRC_APP_FLAGS_H

#include <stdio.h>

#include "app/value.h"

/* A flag that the program added to the table. */
typedef struct gg_own_flag {
    const char *name, *value_name, *help;
    const char *(*fn)(void *user, const char *value); /* NULL, or what the value must be */
    void *user;
} gg_own_flag;

typedef struct gg_flags {
    const gg_option *table;
    size_t count;
    void *settings; /* the struct that the table's offsets are of */
    const gg_own_flag *own;
    size_t own_count;
    bool skip_words; /* arguments that are no flags are passed over, not refused */
} gg_flags;

/* Reads defaults, then the environment, then argv from index 1.  Values are borrowed from argv and the
 * environment.  GG_OK, or GG_EINVAL with one line for people in error. */
gg_rc gg_flags_read(const gg_flags *flags, int argc, char **argv, char error[GG_OPTION_ERROR_LEN]);
/* "Flags:", a line for each, and a sentence on environment variables with `example` in it. */
void gg_flags_help(FILE *out, const gg_flags *flags, const char *example);

#endif
