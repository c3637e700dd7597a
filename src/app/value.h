/* value.h -- one option and how its text becomes a value. */
#ifndef GG_SRC_APP_VALUE_H
#define GG_SRC_APP_VALUE_H

#include "gg/base.h"

enum { GG_OPTION_ERROR_LEN = 512 };

typedef enum gg_option_kind {
    GG_OPTION_TEXT,     /* gg_str */
    GG_OPTION_WORD,     /* gg_str, one of `words` */
    GG_OPTION_LEVEL,    /* gg_log_level, one of `words` */
    GG_OPTION_COUNT,    /* size_t */
    GG_OPTION_U32,      /* uint32_t */
    GG_OPTION_SIZE,     /* size_t: bytes, with KiB, MiB, GiB */
    GG_OPTION_U32_SIZE, /* uint32_t: the same */
    GG_OPTION_DURATION, /* uint64_t nanoseconds, with ms, s, m, h */
    GG_OPTION_SWITCH,   /* bool */
    GG_OPTION_ACTION    /* bool; no setting, so there is no environment variable: --help */
} gg_option_kind;

typedef struct gg_option {
    const char *name, *value_name; /* value_name NULL: a switch */
    gg_option_kind kind;
    size_t offset; /* of its member in the settings */
    const char *default_value;
    uint64_t least, most;     /* numbers only */
    const char *const *words; /* WORD, LEVEL: all that are accepted, NULL after the last */
    const char *help;
} gg_option;

/* Checks and stores.  from: what the error names.  GG_OK, or GG_EINVAL and one line in error
 * (GG_OPTION_ERROR_LEN bytes). */
gg_rc gg_option_set(void *settings, const gg_option *option, const char *from, const char *value, char *error);

#endif
