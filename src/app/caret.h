/* caret.h -- shows a place in what somebody gave us, on two lines of a terminal.
 *
 *   "qty": "abc"                    ... 08 96 01 12 ff 03 ...
 *          ^                                        ^^
 *
 * Whatever the text holds, what is printed moves no cursor and hides nothing. */
#ifndef GG_SRC_APP_CARET_H
#define GG_SRC_APP_CARET_H

#include <stdio.h>

#include "gg/base.h"

enum {
    GG_CARET_COLUMNS = 100, /* of a line that are shown */
    GG_CARET_BEFORE = 60,   /* ... of them before the place, at most */
    GG_CARET_BYTES = 8      /* shown on either side of a byte */
};

/* The line around text.ptr[at] (at <= text.len) and a caret; nothing if the line is blank.
 *   cut  text does not begin at the beginning of a line */
void gg_caret_text(FILE *out, gg_str text, size_t at, bool cut);
/* The bytes around bytes.ptr[at] (at <= bytes.len) in hexadecimal, and a caret. */
void gg_caret_bytes(FILE *out, gg_str bytes, size_t at);
/* Text of a peer's: what is not UTF-8 or not to be seen is printed as U+FFFD, a tab as a space. */
void gg_put_plain(FILE *out, gg_str text);

#endif
