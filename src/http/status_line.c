/* status_line.c -- reason phrases, and the Date field.
 *
 * Spec: RFC 9110, 15 and the IANA registry of status codes; 5.6.7 (IMF-fixdate). */
#include "http/field.h"

#include <time.h>

/* clang-format off */
#define REASON_MAP(X)                                                                                     \
    X(100, "Continue") X(200, "OK") X(201, "Created") X(202, "Accepted") X(204, "No Content")             \
    X(206, "Partial Content") X(301, "Moved Permanently") X(302, "Found") X(303, "See Other")             \
    X(304, "Not Modified") X(307, "Temporary Redirect") X(308, "Permanent Redirect")                      \
    X(400, "Bad Request") X(401, "Unauthorized") X(402, "Payment Required") X(403, "Forbidden")           \
    X(404, "Not Found") X(405, "Method Not Allowed") X(406, "Not Acceptable") X(408, "Request Timeout")   \
    X(409, "Conflict") X(410, "Gone") X(411, "Length Required") X(412, "Precondition Failed")             \
    X(413, "Content Too Large") X(414, "URI Too Long") X(415, "Unsupported Media Type")                   \
    X(417, "Expectation Failed") X(421, "Misdirected Request") X(422, "Unprocessable Content")            \
    X(429, "Too Many Requests") X(431, "Request Header Fields Too Large") X(499, "Client Closed Request") \
    X(500, "Internal Server Error") X(501, "Not Implemented") X(502, "Bad Gateway")                       \
    X(503, "Service Unavailable") X(504, "Gateway Timeout") X(505, "HTTP Version Not Supported")
/* clang-format on */

gg_str gg_http_reason(int status)
{
#define REASON(code, phrase) \
    case code: \
        return GG_STR(phrase);
    switch (status) {
        REASON_MAP(REASON)
    default:
        return GG_STR("");
    }
#undef REASON
}

static char *two_digits(char *p, int value)
{
    p[0] = (char)('0' + value / 10 % 10);
    p[1] = (char)('0' + value % 10);
    return p + 2;
}

static char *put(char *p, const char *text, size_t len)
{
    memcpy(p, text, len);
    return p + len;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT".  The civil date is computed here because gmtime reads the time zone
 * files, which allocates. */
void gg_date_print(char *out, int64_t unix_s)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1 January 1970 was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day = unix_s / 86400;
    int second = (int)(unix_s % 86400);
    /* Howard Hinnant's civil_from_days: years begin in March, eras have 400 years. */
    int64_t z = day + 719468;
    int64_t era = z / 146097;
    int64_t day_of_era = z % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int day_of_month = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    int month = (int)(march_month < 10 ? march_month + 2 : march_month - 10); /* 0: January */
    int year = (int)(year_of_era + era * 400 + (month < 2));

    char *p = put(out, days + day % 7 * 3, 3);
    p = put(p, ", ", 2);
    p = two_digits(p, day_of_month);
    *p++ = ' ';
    p = put(p, months + month * 3, 3);
    *p++ = ' ';
    p = two_digits(p, year / 100);
    p = two_digits(p, year);
    *p++ = ' ';
    p = two_digits(p, second / 3600);
    *p++ = ':';
    p = two_digits(p, second / 60 % 60);
    *p++ = ':';
    p = two_digits(p, second % 60);
    put(p, " GMT", 4);
}

gg_str gg_date_now(gg_date *date, uint64_t now_ns)
{
    if (now_ns >= date->until_ns) {
        struct timespec wall;
        clock_gettime(CLOCK_REALTIME, &wall);
        gg_date_print(date->text, wall.tv_sec);
        date->until_ns = now_ns + 1000000000u - (uint64_t)wall.tv_nsec;
    }
    return gg_str_of(date->text, GG_DATE_LEN);
}
