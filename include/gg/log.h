/* gg/log.h -- the levels of the log. */
#ifndef GG_LOG_H
#define GG_LOG_H

#include "gg/base.h"

/* From what always must be said to what is rarely wanted.  A logger at a level writes that level and
 * those above it in this list. */
typedef enum gg_log_level {
    GG_LOG_PANIC,
    GG_LOG_FATAL,
    GG_LOG_ERROR,
    GG_LOG_WARN,
    GG_LOG_INFO,
    GG_LOG_DEBUG,
    GG_LOG_TRACE
} gg_log_level;

#endif
