/* log.c -- one JSON object a line, put together on the stack.
 *
 * The end of the line (time, brace, newline) has its room reserved from the start, so a text that is too
 * long is cut and the object still closed.  Spec: RFC 8259, 7, for the escapes. */
#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const gg_str level_names[] = {
    [GG_LOG_PANIC] = GG_STR_INIT("panic"),
    [GG_LOG_FATAL] = GG_STR_INIT("fatal"),
    [GG_LOG_ERROR] = GG_STR_INIT("error"),
    [GG_LOG_WARN] = GG_STR_INIT("warn"),
    [GG_LOG_INFO] = GG_STR_INIT("info"),
    [GG_LOG_DEBUG] = GG_STR_INIT("debug"),
    [GG_LOG_TRACE] = GG_STR_INIT("trace"),
};
enum { LEVEL_COUNT = sizeof level_names / sizeof level_names[0] };

/* A line being written: text goes to data[len], as long as it ends before `limit`. */
typedef struct line {
    char data[GG_LOG_LINE_LEN];
    size_t len, limit;
} line;

enum { TIME_MEMBER_LEN = sizeof ",\"time\":\"\"}\n" + GG_RFC3339_LEN };

/* All of it or nothing. */
static bool put(line *out, gg_str text)
{
    if (out->len + text.len > out->limit)
        return false;
    if (text.len != 0)
        memcpy(out->data + out->len, text.ptr, text.len);
    out->len += text.len;
    return true;
}

/* The escape of an ASCII character that may not stand for itself; empty if it may. */
static gg_str escape(char c, char buffer[7])
{
    static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof short_forms; i += 2)
        if (short_forms[i] == c) {
            buffer[0] = '\\';
            buffer[1] = short_forms[i + 1];
            return gg_str_of(buffer, 2);
        }
    if ((unsigned char)c >= 0x20)
        return gg_str_of(NULL, 0);
    return gg_str_of(buffer, (size_t)snprintf(buffer, 7, "\\u%04x", (unsigned)c));
}

/* The text as the inside of a JSON string, cut before the first character that has no room. */
static void put_escaped(line *out, gg_str text)
{
    size_t i = 0;
    while (i < text.len) {
        char buffer[7];
        gg_str piece = escape(text.ptr[i], buffer);
        size_t used = 1;
        if (piece.len == 0) {
            size_t valid = gg_utf8_valid_len(gg_str_of(text.ptr + i, text.len - i < 4 ? text.len - i : 4));
            while (used < valid && ((unsigned char)text.ptr[i + used] & 0xc0) == 0x80)
                used++;
            piece = valid != 0 ? gg_str_of(text.ptr + i, used) : GG_STR("\xef\xbf\xbd");
        }
        if (!put(out, piece))
            return;
        i += used;
    }
}

/* ,"name":"value" -- left out when not even an empty value has room. */
static void put_member(line *out, gg_str name, gg_str value)
{
    size_t start = out->len;
    out->limit -= 1; /* for the quote that closes the value */
    bool fits = put(out, start == 1 ? GG_STR("\"") : GG_STR(",\""));
    put_escaped(out, name);
    fits = fits && put(out, GG_STR("\":\""));
    if (fits)
        put_escaped(out, value);
    out->limit += 1;
    if (fits)
        put(out, GG_STR("\""));
    else
        out->len = start;
}

void gg_log_write(const gg_log *log, gg_log_level level, gg_str msg, const gg_log_field *fields, size_t field_count)
{
    if (!gg_log_on(log, level))
        return;
    int saved_errno = errno;
    line out;
    out.len = 0;
    out.limit = sizeof out.data - TIME_MEMBER_LEN;
    put(&out, GG_STR("{"));
    put_member(&out, GG_STR("level"), level_names[(size_t)level < LEVEL_COUNT ? level : GG_LOG_TRACE]);
    put_member(&out, GG_STR("msg"), msg);
    for (size_t i = 0; i < field_count; i++)
        put_member(&out, gg_str_from(fields[i].name), fields[i].value);
    char now[GG_RFC3339_LEN];
    size_t now_len = gg_clock_rfc3339(now);
    out.limit = sizeof out.data;
    put_member(&out, GG_STR("time"), gg_str_of(now, now_len));
    put(&out, GG_STR("}\n"));
    while (write(log->fd, out.data, out.len) < 0 && errno == EINTR)
        continue;
    errno = saved_errno;
}

void gg_logf(const gg_log *log, gg_log_level level, const char *format, ...)
{
    if (!gg_log_on(log, level))
        return;
    char text[GG_LOG_LINE_LEN];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t text_len = len < 0 ? 0 : (size_t)len;
    gg_log_write(log, level, gg_str_of(text, text_len < sizeof text ? text_len : sizeof text - 1), NULL, 0);
}

gg_rc gg_log_level_parse(gg_str text, gg_log_level *level)
{
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        if (gg_str_eq(text, level_names[i])) {
            *level = (gg_log_level)i;
            return GG_OK;
        }
    return GG_EINVAL;
}
