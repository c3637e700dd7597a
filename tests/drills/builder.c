/* builder.c -- makes the documents of the drills (builder.h). */
#include "builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void put(builder *b, const void *bytes, size_t len)
{
    if (len > b->cap - b->len) {
        b->cap = 2 * (b->len + len);
        b->data = realloc(b->data, b->cap);
        if (b->data == NULL)
            abort();
    }
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
}

void put_text(builder *b, const char *text)
{
    put(b, text, strlen(text));
}

void put_many(builder *b, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        put_text(b, text);
}

void put_format(builder *b, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof text)
        abort();
    put(b, text, (size_t)len);
}

void put_varint(builder *b, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put(b, &(char){ (char)(value | 0x80) }, 1);
    put(b, &(char){ (char)value }, 1);
}

void put_tag(builder *b, uint32_t number, unsigned wire)
{
    put_varint(b, (uint64_t)number << 3 | wire);
}

void put_number(builder *b, uint32_t number, uint64_t value)
{
    put_tag(b, number, VARINT);
    put_varint(b, value);
}

void put_bytes(builder *b, uint32_t number, const void *bytes, size_t len)
{
    put_tag(b, number, LEN);
    put_varint(b, len);
    put(b, bytes, len);
}

void wrap(builder *b, size_t from, uint32_t number)
{
    builder head = { 0 };
    put_tag(&head, number, LEN);
    put_varint(&head, b->len - from);
    size_t len = b->len - from;
    put(b, head.data, head.len); /* makes the room */
    memmove(b->data + from + head.len, b->data + from, len);
    memcpy(b->data + from, head.data, head.len);
    free(head.data);
}

static size_t varint_len(uint64_t value)
{
    size_t len = 1;
    for (; value >= 0x80; value >>= 7)
        len++;
    return len;
}

void put_nested(builder *b, uint32_t number, size_t times)
{
    uint32_t *lens = calloc(times + 1, sizeof *lens);
    if (lens == NULL)
        abort();
    for (size_t i = 1; i <= times; i++) /* from the innermost, which is empty */
        lens[i] = (uint32_t)(varint_len(number << 3) + varint_len(lens[i - 1]) + lens[i - 1]);
    for (size_t i = times; i-- > 0;) {
        put_tag(b, number, LEN);
        put_varint(b, lens[i]);
    }
    free(lens);
}

size_t scattered(size_t i, size_t n)
{
    return (i * 0x9e3779b1u + 12345) & (n - 1); /* odd factor: one to one */
}
