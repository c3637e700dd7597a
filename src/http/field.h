/* field.h -- what both HTTP versions have to say about header fields.
 *
 * Spec: RFC 9110, 5 (fields) and 15 (status codes); RFC 9113, 8.2.2 (connection-specific fields). */
#ifndef GG_SRC_HTTP_FIELD_H
#define GG_SRC_HTTP_FIELD_H

#include "gg/base.h"
#include "http/exchange.h"

/* The lower-case form of a byte of a field name; 0 for a byte that no name may hold (RFC 9110, 5.6.2). */
extern const unsigned char gg_field_lower[256];
/* No byte below a space but the tab, no DEL (RFC 9110, 5.5). */
bool gg_field_value_valid(gg_str value);
/* Without leading and trailing spaces and tabs. */
gg_str gg_field_trim(gg_str value);
/* Whether a front's response field may be sent: a valid lower-case name and value, not about the
 * connection, and not one that the codec writes itself (content-length, date). */
bool gg_field_sendable(const gg_header *field);

/* The phrase after the status code; empty for one without a registered phrase. */
gg_str gg_http_reason(int status);
/* 1xx, 204 and 304 (RFC 9110, 6.4.1). */
static inline bool gg_http_has_no_body(int status)
{
    return status < 200 || status == 204 || status == 304;
}

/* The Date field's value, made once a second.  Zero-initialised is ready for use. */
enum { GG_DATE_LEN = 29 };
typedef struct gg_date {
    uint64_t until_ns; /* monotonic; when text is out of date */
    char text[GG_DATE_LEN + 1];
} gg_date;
gg_str gg_date_now(gg_date *date, uint64_t now_ns);
/* IMF-fixdate of a Unix time (RFC 9110, 5.6.7); out holds GG_DATE_LEN bytes. */
void gg_date_print(char *out, int64_t unix_s);

#endif
