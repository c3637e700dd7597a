/* log.h -- JSON lines on a file descriptor, one write(2) a line.
 *
 *   {"level":"info","msg":"HTTP server listening at [::]:8080","time":"2026-11-23T11:12:00+01:00"}
 *
 * Extra fields come between level and time in the order given.  Usable from any thread: a line is
 * formatted on the stack and written by one call.  Text is escaped as JSON; invalid UTF-8 becomes
 * U+FFFD.  A line is cut at GG_LOG_LINE_LEN bytes, the JSON kept whole. */
#ifndef GG_SRC_BASE_LOG_H
#define GG_SRC_BASE_LOG_H

#include "gg/base.h"

#include "gg/log.h" /* gg_log_level */

enum { GG_LOG_LINE_LEN = 4096 };

typedef struct gg_log {
    int fd;
    gg_log_level level; /* lines above it are left out */
} gg_log;

typedef struct gg_log_field {
    const char *name;
    gg_str value;
} gg_log_field;

static inline bool gg_log_on(const gg_log *log, gg_log_level level)
{
    return level <= log->level;
}
void gg_log_write(const gg_log *log, gg_log_level level, gg_str msg, const gg_log_field *fields, size_t field_count);
void gg_logf(const gg_log *log, gg_log_level level, const char *format, ...) GG_PRINTF(3, 4);
/* "warn" to GG_LOG_WARN, exact lower case. */
gg_rc gg_log_level_parse(gg_str text, gg_log_level *level);

#endif
