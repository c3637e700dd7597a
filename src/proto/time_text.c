/* time_text.c -- Timestamp and Duration as text.
 *
 * Days are counted in the proleptic Gregorian calendar; a year is taken to begin in March, so that the
 * day that leap years add is the last one and every month has a fixed offset.
 * Left out: leap seconds (RFC 3339 allows :60; protobuf does not).
 * Spec: RFC 3339, 5.6; google/protobuf/timestamp.proto, duration.proto; Go time.ParseDuration. */
#include "proto/well_known.h"

enum {
    DAY = 86400, /* seconds */
    NANOS = 1000000000,
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    DAYS_IN_400_YEARS = 146097
};
#define TIMESTAMP_MIN INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define TIMESTAMP_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define DURATION_MAX INT64_C(315576000000)  /* seconds, 10000 years */

typedef struct civil_day {
    unsigned year, month, day; /* month and day from 1 */
} civil_day;

/* Days since 1970-01-01; year 1 to 9999. */
static int64_t days_of(civil_day date)
{
    unsigned year = date.month <= 2 ? date.year - 1 : date.year;
    unsigned month = date.month <= 2 ? date.month + 9 : date.month - 3; /* March is 0 */
    unsigned days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date.day - 1;
    return (int64_t)days - DAYS_TO_1970;
}

static civil_day civil_of(int64_t days)
{
    unsigned n = (unsigned)(days + DAYS_TO_1970);
    unsigned era = n / DAYS_IN_400_YEARS, day = n % DAYS_IN_400_YEARS;
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365; /* of the era */
    day -= 365 * year + year / 4 - year / 100;
    unsigned month = (5 * day + 2) / 153; /* March is 0 */
    civil_day date = { era * 400 + year, month < 10 ? month + 3 : month - 9, day - (153 * month + 2) / 5 + 1 };
    date.year += date.month <= 2;
    return date;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (unsigned)(month == 2 && leap);
}

/* -- printing -- */
static char *put_digits(char *out, unsigned value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + width;
}

/* ".250", ".250001", ".250001002" or nothing. */
static char *put_fraction(char *out, unsigned nanos)
{
    if (nanos == 0)
        return out;
    *out++ = '.';
    if (nanos % 1000 != 0)
        return put_digits(out, nanos, 9);
    return nanos % 1000000 != 0 ? put_digits(out, nanos / 1000, 6) : put_digits(out, nanos / 1000000, 3);
}

size_t gg_timestamp_print(char *out, int64_t seconds, int32_t nanos)
{
    if (seconds < TIMESTAMP_MIN || seconds > TIMESTAMP_MAX || nanos < 0 || nanos >= NANOS)
        return 0;
    uint64_t since = (uint64_t)(seconds - TIMESTAMP_MIN); /* year 1: no negative division */
    unsigned second = (unsigned)(since % DAY);
    civil_day date = civil_of((int64_t)(since / DAY) + TIMESTAMP_MIN / DAY);
    char *p = put_digits(out, date.year, 4);
    *p++ = '-';
    p = put_digits(p, date.month, 2);
    *p++ = '-';
    p = put_digits(p, date.day, 2);
    *p++ = 'T';
    p = put_digits(p, second / 3600, 2);
    *p++ = ':';
    p = put_digits(p, second / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, second % 60, 2);
    p = put_fraction(p, (unsigned)nanos);
    *p++ = 'Z';
    return (size_t)(p - out);
}

size_t gg_duration_print(char *out, int64_t seconds, int32_t nanos)
{
    if (seconds < -DURATION_MAX || seconds > DURATION_MAX || nanos <= -NANOS || nanos >= NANOS)
        return 0;
    if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
        return 0;
    char *p = out;
    bool negative = seconds < 0 || nanos < 0;
    uint64_t whole = (uint64_t)(seconds < 0 ? -seconds : seconds), limit = 10;
    unsigned width = 1;
    for (; whole >= limit; limit *= 10)
        width++;
    if (negative)
        *p++ = '-';
    for (unsigned i = width; i-- > 0; whole /= 10)
        p[i] = (char)('0' + whole % 10);
    p = put_fraction(p + width, (unsigned)(nanos < 0 ? -nanos : nanos));
    *p++ = 's';
    return (size_t)(p - out);
}

/* -- parsing: each takes its part off the front of *text -- */
static bool take_char(gg_str *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    *text = gg_str_of(text->ptr + 1, text->len - 1);
    return true;
}

static bool is_digit(gg_str text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* Exactly `width` digits. */
static bool take_digits(gg_str *text, unsigned width, unsigned *value)
{
    *value = 0;
    for (unsigned i = 0; i < width; i++) {
        if (!is_digit(*text))
            return false;
        *value = *value * 10 + (unsigned)(text->ptr[0] - '0');
        *text = gg_str_of(text->ptr + 1, text->len - 1);
    }
    return true;
}

/* One digit or more, the value at most `max`. */
static bool take_number(gg_str *text, uint64_t max, uint64_t *value)
{
    *value = 0;
    if (!is_digit(*text))
        return false;
    while (is_digit(*text)) {
        *value = *value * 10 + (unsigned)(text->ptr[0] - '0');
        if (*value > max)
            return false;
        *text = gg_str_of(text->ptr + 1, text->len - 1);
    }
    return true;
}

/* ".25" to 250000000; nothing is 0; more than 9 digits fail. */
static bool take_fraction(gg_str *text, unsigned *nanos)
{
    *nanos = 0;
    if (!take_char(text, '.'))
        return true;
    unsigned width = 0;
    for (; is_digit(*text) && width < 9; width++) {
        *nanos = *nanos * 10 + (unsigned)(text->ptr[0] - '0');
        *text = gg_str_of(text->ptr + 1, text->len - 1);
    }
    if (width == 0 || is_digit(*text))
        return false;
    for (; width < 9; width++)
        *nanos *= 10;
    return true;
}

static bool take_date(gg_str *text, int64_t *days)
{
    civil_day date;
    if (!take_digits(text, 4, &date.year) || !take_char(text, '-') || !take_digits(text, 2, &date.month) ||
        !take_char(text, '-') || !take_digits(text, 2, &date.day))
        return false;
    if (date.year == 0 || date.month == 0 || date.month > 12 || date.day == 0 ||
        date.day > days_in_month(date.year, date.month))
        return false;
    *days = days_of(date);
    return true;
}

static bool take_time(gg_str *text, unsigned *second)
{
    unsigned hour, minute;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
        !take_char(text, ':') || !take_digits(text, 2, second))
        return false;
    if (hour > 23 || minute > 59 || *second > 59)
        return false;
    *second += 3600 * hour + 60 * minute;
    return true;
}

/* "Z" or "+01:00": seconds east of UTC. */
static bool take_offset(gg_str *text, int64_t *east)
{
    unsigned hour, minute;
    *east = 0;
    if (take_char(text, 'Z'))
        return true;
    bool west = take_char(text, '-');
    if (!west && !take_char(text, '+'))
        return false;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute))
        return false;
    *east = (int64_t)(3600 * hour + 60 * minute) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

gg_rc gg_timestamp_parse(gg_str text, int64_t *seconds, int32_t *nanos)
{
    int64_t days, east;
    unsigned second, fraction;
    if (!take_date(&text, &days) || !take_char(&text, 'T') || !take_time(&text, &second) ||
        !take_fraction(&text, &fraction) || !take_offset(&text, &east) || text.len > 0)
        return GG_EPROTO;
    *seconds = days * DAY + second - east;
    *nanos = (int32_t)fraction;
    return *seconds >= TIMESTAMP_MIN && *seconds <= TIMESTAMP_MAX ? GG_OK : GG_EPROTO;
}

gg_rc gg_duration_parse(gg_str text, int64_t *seconds, int32_t *nanos)
{
    uint64_t whole;
    unsigned fraction;
    bool negative = take_char(&text, '-');
    if (!take_number(&text, (uint64_t)DURATION_MAX, &whole) || !take_fraction(&text, &fraction) ||
        !take_char(&text, 's') || text.len > 0)
        return GG_EPROTO;
    *seconds = negative ? -(int64_t)whole : (int64_t)whole;
    *nanos = negative ? -(int32_t)fraction : (int32_t)fraction;
    return GG_OK;
}

/* Takes a unit off the front; its length in nanoseconds, 0 if there is none. */
static uint64_t take_unit(gg_str *text)
{
    static const struct {
        gg_str name;
        uint64_t ns;
    } units[] = { /* a unit before those it begins with */
        { GG_STR_INIT("ns"), 1 }, { GG_STR_INIT("us"), 1000 }, { GG_STR_INIT("\xc2\xb5s"), 1000 },
        { GG_STR_INIT("\xce\xbcs"), 1000 }, { GG_STR_INIT("ms"), 1000000 }, { GG_STR_INIT("s"), NANOS },
        { GG_STR_INIT("m"), UINT64_C(60) * NANOS }, { GG_STR_INIT("h"), UINT64_C(3600) * NANOS }
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        gg_str name = units[i].name;
        if (text->len >= name.len && memcmp(text->ptr, name.ptr, name.len) == 0) {
            *text = gg_str_of(text->ptr + name.len, text->len - name.len);
            return units[i].ns;
        }
    }
    return 0;
}

/* "1.5h": its nanoseconds are added to *total, which stays within an int64. */
static bool take_go_part(gg_str *text, uint64_t *total)
{
    uint64_t whole = 0;
    unsigned fraction;
    bool bare_fraction = text->len > 0 && text->ptr[0] == '.';
    if (!bare_fraction && !take_number(text, INT64_MAX / 10, &whole))
        return false;
    if (!take_fraction(text, &fraction))
        return false;
    uint64_t unit = take_unit(text);
    if (unit == 0 || whole > (uint64_t)INT64_MAX / unit)
        return false;
    uint64_t part = whole * unit + (unit >= NANOS ? unit / NANOS * fraction : unit * fraction / NANOS);
    if (part > (uint64_t)INT64_MAX - *total)
        return false;
    *total += part;
    return true;
}

gg_rc gg_duration_parse_go(gg_str text, int64_t *seconds, int32_t *nanos)
{
    uint64_t total = 0;
    bool negative = take_char(&text, '-');
    if (!negative)
        take_char(&text, '+');
    if (text.len == 1 && text.ptr[0] == '0')
        text.len = 0; /* the only number without a unit */
    else if (text.len == 0)
        return GG_EPROTO;
    while (text.len > 0) /* each round takes two bytes or more */
        if (!take_go_part(&text, &total))
            return GG_EPROTO;
    *seconds = (int64_t)(total / NANOS) * (negative ? -1 : 1);
    *nanos = (int32_t)(total % NANOS) * (negative ? -1 : 1);
    return GG_OK;
}
