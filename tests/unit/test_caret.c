/* test_caret.c -- the two lines that show a place in a text or in bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/caret.h"

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY
#define FFFD "\xef\xbf\xbd"
#define SPACES10 "          "
#define SPACES60 SPACES10 SPACES10 SPACES10 SPACES10 SPACES10 SPACES10

/* clang-format off */
/* The place is where the text has its first '@', which is taken out. */
static const struct { const char *what, *text, *shown; bool cut; } rows[] = {
    { "a line", "{\"a\": @1}", "  {\"a\": 1}\n        ^\n", false },
    { "its first byte", "@x", "  x\n  ^\n", false },
    { "behind its last byte", "[1@", "  [1\n    ^\n", false },
    { "behind its last byte, and a line end", "[1@\n", "  [1\n    ^\n", false },
    { "one line of several", "{\n  \"a\": 1,\n  \"b\": @x\n}\n", "  \"b\": x\n       ^\n", false },
    { "lines that end in CR LF", "[\r\n  1,\r\n  @x\r\n]\r\n", "  x\n  ^\n", false },
    { "the CR itself", "[1@\r\n]", "  [1\n    ^\n", false },
    { "a place in the indent", "  @  x", "    x\n  ^\n", false },
    { "an indent of tabs", "\t\t@x", "  x\n  ^\n", false },
    { "a tab before the place", "a\tb@c", "  a bc\n     ^\n", false },
    { "nothing", "@", "", false },
    { "a blank line", "a\n   @\nb", "", false },
    { "two-byte characters", "\"\xc3\xa9\xc3\xa9\" @x", "  \"\xc3\xa9\xc3\xa9\" x\n       ^\n", false },
    { "wide characters", "\"\xe6\x97\xa5\xe6\x9c\xac\" @x", "  \"\xe6\x97\xa5\xe6\x9c\xac\" x\n         ^\n", false },
    { "a wide character of four bytes", "\xf0\x9f\x98\x80@x", "  \xf0\x9f\x98\x80x\n    ^\n", false },
    { "a combining character", "e\xcc\x81@x", "  e\xcc\x81x\n   ^\n", false },
    { "bytes that are no text", "a\xff\xc3@b\x80", "  a" FFFD FFFD "b" FFFD "\n     ^\n", false },
    { "control characters", "a\x1b[31m\x7f@b", "  a" FFFD "[31m" FFFD "b\n         ^\n", false },
    { "a C1 control character", "a\xc2\x9b@b", "  a" FFFD "b\n    ^\n", false },
    { "a change of direction", "a\xe2\x80\xae@b", "  a" FFFD "b\n    ^\n", false },
    { "exactly the columns", "@" HUNDRED, "  " HUNDRED "\n  ^\n", false },
    { "one more", "@" HUNDRED "x", "  " HUNDRED "...\n  ^\n", false },
    { "far into a long line", FIFTY FIFTY "@x" HUNDRED,
      "  ..." FIFTY TEN "x" TEN TEN TEN "012345678...\n     " SPACES60 "^\n", false },
    { "at the end of a long line", FIFTY FIFTY "@x", "  ..." FIFTY TEN "x\n     " SPACES60 "^\n", false },
    { "a text that is the end of a line", "abc@d\nx", "  ...abcd\n        ^\n", true },
    { "a text that is the end of the line before", "abc\n  @d", "  d\n  ^\n", true },
    { "blanks of a line that is cut", "  @d", "  ...  d\n       ^\n", true },
};

static const struct { const char *what; gg_str bytes; size_t at; const char *shown; } byte_rows[] = {
    { "nothing", GG_STR_INIT(""), 0, "" },
    { "one byte", GG_STR_INIT("\x08"), 0, "  08\n  ^^\n" },
    { "the end", GG_STR_INIT("\x08\xff"), 2, "  08 ff\n        ^\n" },
    { "a zero byte", GG_STR_INIT("\x08\0\x01"), 1, "  08 00 01\n     ^^\n" },
    { "all that is shown", GG_STR_INIT("01234567x01234567"), 8,
      "  30 31 32 33 34 35 36 37 78 30 31 32 33 34 35 36 37\n                          ^^\n" },
    { "one more on both sides", GG_STR_INIT("a01234567x01234567b"), 9,
      "  ... 30 31 32 33 34 35 36 37 78 30 31 32 33 34 35 36 37 ...\n                              ^^\n" },
};
/* clang-format on */

static void assert_shown(const char *what, char *shown, const char *wanted)
{
    if (strcmp(shown, wanted) != 0)
        fail_msg("%s: got\n%swanted\n%s", what, shown, wanted);
    free(shown);
}

static void test_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *shown = NULL;
        size_t shown_len, at = strcspn(rows[i].text, "@"), len = strlen(rows[i].text) - 1;
        char *text = malloc(len + 1); /* its own block: a sanitizer sees a step over either end */
        assert_non_null(text);
        memcpy(text, rows[i].text, at);
        memcpy(text + at, rows[i].text + at + 1, len - at);
        FILE *out = open_memstream(&shown, &shown_len);
        gg_caret_text(out, gg_str_of(text, len), at, rows[i].cut);
        fclose(out);
        free(text);
        assert_shown(rows[i].what, shown, rows[i].shown);
    }
}

/* A caret at every place of bytes of every kind: two lines of bounded length, or none. */
static void test_every_place(void **state)
{
    (void)state;
    char text[4 * 256];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 37 + i / 256);
    for (size_t at = 0; at <= sizeof text; at++) {
        char *shown = NULL;
        size_t shown_len;
        FILE *out = open_memstream(&shown, &shown_len);
        gg_caret_text(out, gg_str_of(text, sizeof text), at, at % 2 == 0);
        fclose(out);
        size_t lines = 0;
        for (size_t i = 0; i < shown_len; i++) {
            lines += shown[i] == '\n';
            assert_true(shown[i] == '\n' || (unsigned char)shown[i] >= ' ');
        }
        assert_true(lines == 0 || lines == 2);
        assert_true(shown_len < 6 * GG_CARET_COLUMNS);
        free(shown);
    }
}

static void test_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof byte_rows / sizeof byte_rows[0]; i++) {
        char *shown = NULL;
        size_t shown_len;
        FILE *out = open_memstream(&shown, &shown_len);
        gg_caret_bytes(out, byte_rows[i].bytes, byte_rows[i].at);
        fclose(out);
        assert_shown(byte_rows[i].what, shown, byte_rows[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_text), cmocka_unit_test(test_every_place),
        cmocka_unit_test(test_bytes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
