/* schema.c -- what it costs to load a descriptor set: time, memory of the tables, memory at the peak.
 *
 *   bench-schema [MB...]        by default 5, 10 and 20: time must grow as the input does
 *
 * The set is made here, shaped like googleapis: files of twelve messages, an enum and a service, which refer to each
 * other and to the file before.  No source info, as descriptor sets are deployed.  Time is the best of three loads. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "gg/schema.h"

enum { MESSAGES = 12, FIELDS = 12, VALUES = 10, METHODS = 6, ROUNDS = 3 };

static void check(bool ok)
{
    if (!ok) {
        fprintf(stderr, "bench-schema: out of memory, or the set does not load\n");
        exit(1);
    }
}

/* -- a message being written -- */
typedef struct text {
    char *data;
    size_t len, cap;
} text;

static void append(text *out, const void *bytes, size_t len)
{
    while (out->cap - out->len < len) {
        out->cap = out->cap > 0 ? 2 * out->cap : 4096;
        out->data = realloc(out->data, out->cap);
        check(out->data != NULL);
    }
    memcpy(out->data + out->len, bytes, len);
    out->len += len;
}

static void put_varint(text *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        append(out, (const unsigned char[]){ (unsigned char)(0x80 | (value & 0x7f)) }, 1);
    append(out, (const unsigned char[]){ (unsigned char)value }, 1);
}

static void put_number(text *out, uint32_t number, uint64_t value)
{
    put_varint(out, number << 3);
    put_varint(out, value);
}

static void put_bytes(text *out, uint32_t number, const char *bytes, size_t len)
{
    put_varint(out, number << 3 | 2);
    put_varint(out, len);
    append(out, bytes, len);
}

GG_PRINTF(3, 4) static void put_text(text *out, uint32_t number, const char *format, ...)
{
    char line[128];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    put_bytes(out, number, line, (size_t)len);
}

/* Moves a finished message into the one around it. */
static void put_inner(text *out, uint32_t number, text *inner)
{
    put_bytes(out, number, inner->data, inner->len);
    inner->len = 0;
}

/* -- the set -- */
static void put_field(text *message, text *field, int file, int m, int i)
{
    static const uint64_t types[FIELDS] = { 9, 3, 11, 14, 8, 9, 5, 11, 12, 1, 9, 11 };
    put_text(field, 1, "field_of_message_%d_%d", m, i);
    put_number(field, 3, (uint64_t)i + 1);
    put_number(field, 4, i % 4 == 3 ? 3 : 1);
    put_number(field, 5, types[i]);
    if (types[i] == 11)
        put_text(field, 6, ".acme.service%d.v1.Message%d", i == 7 && file > 0 ? file - 1 : file, (m + i) % MESSAGES);
    if (types[i] == 14)
        put_text(field, 6, ".acme.service%d.v1.State", file);
    put_text(field, 10, "fieldOfMessage%d%d", m, i);
    put_inner(message, 2, field);
}

static void put_file(text *set, int number)
{
    text file = { 0 }, outer = { 0 }, inner = { 0 };
    put_text(&file, 1, "acme/service%d/v1/service.proto", number);
    put_text(&file, 2, "acme.service%d.v1", number);
    if (number > 0)
        put_text(&file, 3, "acme/service%d/v1/service.proto", number - 1);
    for (int m = 0; m < MESSAGES; m++) {
        put_text(&outer, 1, "Message%d", m);
        for (int i = 0; i < FIELDS; i++)
            put_field(&outer, &inner, number, m, i);
        put_inner(&file, 4, &outer);
    }
    put_text(&outer, 1, "State");
    for (int v = 0; v < VALUES; v++) {
        put_text(&inner, 1, "STATE_%d", v);
        put_number(&inner, 2, (uint64_t)v);
        put_inner(&outer, 2, &inner);
    }
    put_inner(&file, 5, &outer);
    put_text(&outer, 1, "Service");
    for (int m = 0; m < METHODS; m++) {
        put_text(&inner, 1, "Method%d", m);
        put_text(&inner, 2, ".acme.service%d.v1.Message%d", number, m);
        put_text(&inner, 3, ".acme.service%d.v1.Message%d", number, m + 1);
        put_inner(&outer, 2, &inner);
    }
    put_inner(&file, 6, &outer);
    put_text(&file, 12, "proto3");
    put_inner(set, 1, &file);
    free(file.data);
    free(outer.data);
    free(inner.data);
}

/* -- the measure -- */
static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(size_t set_len)
{
    text set = { 0 };
    int files = 0;
    double best_ms = 0;
    size_t memory = 0;
    while (set.len < set_len)
        put_file(&set, files++);
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_ms();
        gg_schema *schema = gg_schema_load(gg_str_of(set.data, set.len), NULL, NULL);
        double ms = now_ms() - start;
        check(schema != NULL);
        memory = gg_schema_memory(schema);
        if (i == 0 || ms < best_ms)
            best_ms = ms;
        gg_schema_free(schema);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("schema set_len=%zu files=%d messages=%d load_ms=%.1f ns_per_byte=%.1f tables_len=%zu "
           "tables_per_byte=%.2f peak_rss=%ld\n",
        set.len, files, files * MESSAGES, best_ms, best_ms * 1e6 / (double)set.len, memory,
        (double)memory / (double)set.len, usage.ru_maxrss * 1024);
    free(set.data);
}

int main(int argc, char **argv)
{
    if (argc == 1)
        for (size_t mb = 5; mb <= 20; mb *= 2)
            measure(mb << 20);
    for (int i = 1; i < argc; i++)
        measure((size_t)strtoul(argv[i], NULL, 10) << 20);
    return 0;
}
