/* headers.c -- lists of header fields, and the rules for a single one.
 *
 * Spec: RFC 9110, 5.1 (names), 5.5 (values), 5.6.2 (tokens). */
#include "http/field.h"

gg_rc gg_headers_add(gg_headers *headers, gg_arena *arena, gg_str name, gg_str value)
{
    enum { FIRST = 16 };
    if (headers->count == headers->cap) {
        size_t cap = headers->cap > 0 ? headers->cap * 2 : FIRST;
        gg_header *items =
            gg_arena_grow(arena, headers->items, headers->cap * sizeof *headers->items, cap * sizeof *headers->items);
        if (items == NULL)
            return GG_ENOMEM;
        headers->items = items;
        headers->cap = cap;
    }
    headers->items[headers->count++] = (gg_header){ name, value };
    return GG_OK;
}

gg_str gg_headers_get(const gg_headers *headers, gg_str name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (gg_str_eq(headers->items[i].name, name))
            return headers->items[i].value;
    return gg_str_of(NULL, 0);
}

/* clang-format off */
const unsigned char gg_field_lower[256] = {
    ['!'] = '!', ['#'] = '#', ['$'] = '$', ['%'] = '%', ['&'] = '&', ['\''] = '\'', ['*'] = '*', ['+'] = '+',
    ['-'] = '-', ['.'] = '.', ['^'] = '^', ['_'] = '_', ['`'] = '`', ['|'] = '|', ['~'] = '~',
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9',
    ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h',
    ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',
    ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x',
    ['Y'] = 'y', ['Z'] = 'z',
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h',
    ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p',
    ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z',
};

/* Never taken from a front: about the connection, or written by the codec. */
static const gg_str reserved[] = {
    GG_STR_INIT("connection"), GG_STR_INIT("keep-alive"), GG_STR_INIT("proxy-connection"), GG_STR_INIT("te"),
    GG_STR_INIT("transfer-encoding"), GG_STR_INIT("upgrade"), GG_STR_INIT("content-length"), GG_STR_INIT("date"),
};
/* clang-format on */

bool gg_field_value_valid(gg_str value)
{
    unsigned bad = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bad |= (unsigned)(c < ' ' && c != '\t') | (unsigned)(c == 0x7f);
    }
    return bad == 0;
}

gg_str gg_field_trim(gg_str value)
{
    while (value.len > 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t'))
        value.ptr++, value.len--;
    while (value.len > 0 && (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t'))
        value.len--;
    return value;
}

bool gg_field_sendable(const gg_header *field)
{
    if (field->name.len == 0 || !gg_field_value_valid(field->value))
        return false;
    for (size_t i = 0; i < field->name.len; i++) {
        unsigned char c = (unsigned char)field->name.ptr[i];
        if (gg_field_lower[c] != c || c == 0)
            return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (gg_str_eq(field->name, reserved[i]))
            return false;
    return true;
}
