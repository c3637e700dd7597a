/* generator.c -- the output text, and the bytes and comments in it (generator.h). */
#include "generator.h"

#include <stdio.h>

#include "proto/source_info.h"

/* -- text -- */
void put(generator *g, const char *format, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    char *p = len >= 0 && !g->out_of_memory ? gg_buf_reserve(&g->out, (size_t)len + 1) : NULL;
    if (p == NULL) {
        g->out_of_memory = true;
    } else {
        if ((size_t)len < sizeof small)
            memcpy(p, small, (size_t)len);
        else
            vsnprintf(p, (size_t)len + 1, format, again);
        gg_buf_added(&g->out, (size_t)len);
    }
    va_end(again);
    va_end(args);
}

gg_str text(generator *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str s = gg_arena_vprintf(g->arena, format, args);
    va_end(args);
    if (s.ptr == NULL) {
        g->out_of_memory = true;
        return gg_str_of("", 0);
    }
    return s;
}

void fail(generator *g, const gg_desc_file *file, gg_str symbol, const char *format, ...)
{
    if (g->error.len > 0)
        return;
    va_list args;
    va_start(args, format);
    gg_str reason = gg_arena_vprintf(g->arena, format, args);
    va_end(args);
    g->error = text(g, "%.*s: %.*s: %.*s", GG_STR_ARG(file->name), GG_STR_ARG(symbol), GG_STR_ARG(reason));
}

/* -- bytes -- */
/* The longest string literal that C17 promises to take (5.2.4.1). */
enum { LITERAL_LEN = 4095, LITERAL_LINE = 100, BYTES_LINE = 16 };

/* One byte of a literal; how many characters it took. */
static int put_literal_byte(generator *g, unsigned char c)
{
    int shown = c == '\n' ? 'n' : c == '\t' ? 't' : c == '"' || c == '\\' || c == '?' ? c : 0; /* ?: no trigraphs */
    if (shown != 0)
        return put(g, "\\%c", shown), 2;
    if (c >= ' ' && c < 127)
        return put(g, "%c", c), 1;
    return put(g, "\\%03o", c), 4;
}

void put_escaped(generator *g, gg_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        put_literal_byte(g, (unsigned char)bytes.ptr[i]);
}

void put_str(generator *g, gg_str s)
{
    put(g, "GG_STR_INIT(\"");
    put_escaped(g, s);
    put(g, "\")");
}

static void put_literal_lines(generator *g, gg_str bytes)
{
    int column = 0;
    put(g, "\n    \"");
    for (size_t i = 0; i < bytes.len; i++) {
        if (column >= LITERAL_LINE) {
            put(g, "\"\n    \"");
            column = 0;
        }
        column += put_literal_byte(g, (unsigned char)bytes.ptr[i]);
    }
    put(g, "\"");
}

void put_bytes(generator *g, gg_str name, gg_str bytes)
{
    if (bytes.len <= LITERAL_LEN) {
        put(g, "static const char %.*s[] =", GG_STR_ARG(name));
        put_literal_lines(g, bytes);
        put(g, ";\n");
        return;
    }
    put(g, "static const unsigned char %.*s[] = {", GG_STR_ARG(name));
    for (size_t i = 0; i < bytes.len; i++)
        put(g, "%s0x%02x,", i % BYTES_LINE == 0 ? "\n    " : " ", (unsigned char)bytes.ptr[i]);
    put(g, "\n};\n");
}

void put_bytes_slice(generator *g, gg_str name, gg_str bytes)
{
    if (bytes.len <= LITERAL_LEN)
        put(g, "GG_STR_INIT(%.*s)", GG_STR_ARG(name));
    else
        put(g, "{ (const char *)%.*s, sizeof(%.*s) }", GG_STR_ARG(name), GG_STR_ARG(name));
}

/* -- comments -- */
void load_comments(generator *g, const gg_desc_file *file)
{
    gg_map_deinit(&g->comments);
    g->comments = (gg_map){ 0 };
    if (gg_source_info_read(file->source_info, g->arena, &g->comments) != GG_OK)
        g->out_of_memory = true;
}

/* A line without what may stand around it: one space before, any space after. */
static gg_str trim_line(gg_str line)
{
    while (line.len > 0 &&
        (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    if (line.len > 0 && line.ptr[0] == ' ')
        line = gg_str_of(line.ptr + 1, line.len - 1);
    return line;
}

/* The next line of *rest, which it is taken off. */
static gg_str take_line(gg_str *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '\n')
        len++;
    gg_str line = gg_str_of(rest->ptr, len);
    size_t taken = len < rest->len ? len + 1 : len;
    *rest = gg_str_of(rest->ptr + taken, rest->len - taken);
    return trim_line(line);
}

/* A line of a comment; nothing in it begins or ends one. */
static void put_comment_text(generator *g, gg_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        bool apart =
            i > 0 && ((line.ptr[i - 1] == '*' && line.ptr[i] == '/') || (line.ptr[i - 1] == '/' && line.ptr[i] == '*'));
        put(g, "%s%c", apart ? " " : "", line.ptr[i]);
    }
}

bool put_path_comment(generator *g, int indent, gg_str path)
{
    const gg_source_comment *comment = gg_map_get(&g->comments, path);
    size_t lines = 0, blanks = 0;
    if (comment == NULL)
        return false;
    for (gg_str rest = comment->leading.len > 0 ? comment->leading : comment->trailing; rest.len > 0;) {
        gg_str line = take_line(&rest);
        if (line.len == 0) { /* kept between lines, not around them */
            blanks++;
            continue;
        }
        for (; lines > 0 && blanks > 0; blanks--)
            put(g, "\n%*s *", indent, "");
        blanks = 0;
        if (lines++ == 0)
            put(g, "%*s/* ", indent, "");
        else
            put(g, "\n%*s * ", indent, "");
        put_comment_text(g, line);
    }
    if (lines > 0)
        put(g, " */\n");
    return lines > 0;
}

/* A path, or the empty one when there is no memory for it. */
static gg_str made(generator *g, gg_str path)
{
    g->out_of_memory |= path.ptr == NULL;
    return path.ptr != NULL ? path : gg_str_of("", 0);
}

void put_comment(generator *g, int indent, gg_str parent, int number, size_t index)
{
    put_path_comment(g, indent, made(g, gg_child_path(g->arena, parent, number, index)));
}

gg_str message_path(generator *g, const gg_desc_message *message)
{
    return made(g, gg_message_path(g->arena, message));
}

gg_str enum_path(generator *g, const gg_desc_enum *e)
{
    return made(g, gg_enum_path(g->arena, e));
}
