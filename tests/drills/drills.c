/* drills.c -- runs the drills of documents.c, and says what each of them cost.
 *
 *   drills count   every drill at n, 2n and 4n: the work and the memory must grow no faster than the input
 *   drills large   those with millions of elements, once: the memory must stay below the limit
 *   drills time    as count, all of it TIME_SCALE times as large; prints CPU time, and judges nothing by it
 *
 * Work is the number of basic blocks that were run and of bytes that the C library moved or compared: the same
 * on every machine (work.c).  A drill has a process and a small stack of its own.  What was read is written
 * again, and what was written is read and written once more: that must come out the same.
 * Prints a line for every drill and a closing line; exit status 1 if one failed. */
#include "documents.h"
#include "work.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    HANG_S = 60,               /* of CPU: only to name the drill that does not come back */
    SIZES = 3,                 /* n, 2n, 4n */
    TIME_SCALE = 8,            /* so that a clock of 4 ms is fine enough */
    STACK_LEN = 512 << 10,     /* bytes: for the deepest message that the limits allow */
    RESIDENT_SLACK = 8 << 20,  /* bytes of the process beside its arena and a copy of the input */
    WORK_GROWTH_PERCENT = 225, /* of twice the input: sorting is n log n, the only thing that is not linear */
    WORK_SLACK = 100000,
    MEMORY_GROWTH = 8,       /* of four times the input: room is taken in powers of two; n squared were 16 */
    MEMORY_SLACK = 256 << 10 /* bytes: chunks */
};

typedef struct result {
    gg_rc rc;
    bool differs; /* read and written again, it came out otherwise */
    size_t input, arena;
    uint64_t work, cpu_ns;
} result;

typedef struct report {
    result sizes[SIZES];
    size_t resident; /* bytes that the process grew by, at most */
} report;

/* -- one document -- */
static gg_rc read_json(const drill *d, void *message, gg_str input, gg_arena *arena)
{
    gg_decode_error error;
    gg_json_decoder *decoder = gg_json_decoder_new(d->type, message, NULL, NULL, arena);
    gg_rc rc = decoder == NULL ? GG_ENOMEM : GG_NEED_MORE;
    size_t step = d->feed > 0 ? d->feed : input.len;
    for (size_t at = 0; rc == GG_NEED_MORE; at += step) {
        size_t len = input.len - at < step ? input.len - at : step;
        char *piece = malloc(len + 1); /* goes away after the call */
        if (piece == NULL)
            abort();
        memcpy(piece, input.ptr + at, len);
        rc = gg_json_decoder_feed(decoder, gg_str_of(piece, len), at + len == input.len, &error);
        free(piece);
    }
    return rc;
}

/* Whether the bytes, read and written again, are the same bytes. */
static bool is_stable(const gg_message_type *type, gg_str wire, const drill *d)
{
    gg_codec_options options;
    gg_codec_options_init(&options);
    gg_arena *arena = gg_arena_new(NULL, 4 * (d->limit > 0 ? d->limit : GG_ARENA_LIMIT));
    gg_str again = { 0 };
    gg_rc rc = gg_wire_to_wire(type, wire, &options, arena, &again, NULL);
    bool same = rc == GG_OK && again.len == wire.len && (wire.len == 0 || memcmp(again.ptr, wire.ptr, wire.len) == 0);
    gg_arena_unref(arena);
    return same;
}

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void run_document(const drill *d, gg_str input, result *r)
{
    gg_arena *arena = gg_arena_new(NULL, d->limit > 0 ? d->limit : GG_ARENA_LIMIT);
    gg_str wire = { 0 }, json;
    uint64_t before = cpu_ns(), work = work_done();
    void *message = gg_message_new(d->type, arena);
    gg_rc rc = message == NULL ? GG_ENOMEM
        : d->form == FROM_JSON ? read_json(d, message, input, arena)
                               : gg_message_from_wire(d->type, message, input, NULL, arena, &(gg_decode_error){ 0 });
    if (rc == GG_OK)
        rc = gg_message_to_wire(d->type, message, arena, &wire);
    if (rc == GG_OK && d->form == FROM_WIRE)
        rc = gg_message_to_json(d->type, message, NULL, arena, &json, &(gg_decode_error){ 0 });
    *r = (result){ .rc = rc,
        .input = input.len,
        .arena = gg_arena_taken(arena),
        .work = work_done() - work,
        .cpu_ns = cpu_ns() - before };
    r->differs = rc == GG_OK && !is_stable(d->type, wire, d);
    gg_arena_unref(arena);
}

/* -- memory of the process -- */
static size_t status_bytes(const char *name)
{
    char line[256];
    size_t kib = 0, len = strlen(name);
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, name, len) == 0)
            kib = strtoull(line + len, NULL, 10);
    fclose(status);
    return kib * 1024;
}

/* The peak is from now on counted anew. */
static void forget_peak(void)
{
    FILE *refs = fopen("/proc/self/clear_refs", "w");
    if (refs == NULL)
        return;
    fputs("5", refs);
    fclose(refs);
}

/* -- one drill, in a thread with a small stack, in a process -- */
typedef struct job {
    const drill *drill;
    unsigned sizes;
    report *report;
} job;

static void *run_job(void *arg)
{
    const job *j = arg;
    for (unsigned i = 0; i < j->sizes; i++) {
        builder b = { 0 };
        j->drill->build(&b, j->drill->n << i);
        char *exact = malloc(b.len + 1); /* nothing behind it that might be read */
        if (exact == NULL)
            abort();
        memcpy(exact, b.data, b.len);
        free(b.data);
        forget_peak();
        size_t before = status_bytes("VmRSS:");
        run_document(j->drill, gg_str_of(exact, b.len), &j->report->sizes[i]);
        size_t peak = status_bytes("VmHWM:");
        j->report->resident = peak > before ? peak - before : 0; /* the last one counts */
        free(exact);
    }
    return NULL;
}

static void run_child(const drill *d, unsigned sizes, int out)
{
    setrlimit(RLIMIT_CPU, &(struct rlimit){ HANG_S, HANG_S });
    report got = { 0 };
    job j = { d, sizes, &got };
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_LEN);
    bool ran = pthread_create(&thread, &attributes, run_job, &j) == 0 && pthread_join(thread, NULL) == 0;
    bool told = ran && write(out, &got, sizeof got) == (ssize_t)sizeof got;
    _exit(told ? 0 : 1);
}

static bool run_drill(const drill *d, unsigned sizes, report *got)
{
    int ends[2], status = -1;
    fflush(stdout);
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0)
        run_child(d, sizes, ends[1]);
    close(ends[1]);
    bool read_it = read(ends[0], got, sizeof *got) == (ssize_t)sizeof *got;
    close(ends[0]);
    return waitpid(child, &status, 0) == child && status == 0 && read_it;
}

/* -- verdicts -- */
static unsigned outcome(gg_rc rc)
{
    return rc == GG_OK ? RIGHT : rc == GG_ETOOBIG ? TOO_BIG : rc == GG_ENOMEM ? NO_MEMORY : rc == GG_EPROTO ? WRONG : 0;
}

/* NULL if all is well. */
static const char *fault_of(const drill *d, unsigned sizes, const report *got)
{
    size_t limit = d->limit > 0 ? d->limit : GG_ARENA_LIMIT;
    for (unsigned i = 0; i < sizes; i++) {
        const result *r = &got->sizes[i];
        if (!(outcome(r->rc) & d->want))
            return "another result";
        if (r->differs)
            return "written and read again, it is another message";
        if (r->arena > limit)
            return "more memory than the limit";
        if (i == SIZES - 1 && r->arena > MEMORY_GROWTH * got->sizes[0].arena + MEMORY_SLACK)
            return "memory grows faster than the input";
        if (i > 0 && r->work > r[-1].work / 100 * WORK_GROWTH_PERCENT + WORK_SLACK)
            return "work grows faster than the input";
    }
    if (!WORK_SANITIZED && got->resident > limit + got->sizes[sizes - 1].input + RESIDENT_SLACK)
        return "the process takes more memory than the limit";
    return NULL;
}

static void print_costs(unsigned sizes, const report *got)
{
    printf(" (rc %d, input %zu KiB, arena", got->sizes[sizes - 1].rc, got->sizes[sizes - 1].input >> 10);
    for (unsigned i = 0; i < sizes; i++)
        printf(" %zu", got->sizes[i].arena >> 10);
    printf(" KiB, process %zu KiB, CPU", got->resident >> 10);
    for (unsigned i = 0; i < sizes; i++)
        printf(" %.2f", (double)got->sizes[i].cpu_ns / 1e6);
    printf(" ms");
    for (unsigned i = 0; i < sizes && got->sizes[i].work > 0; i++)
        printf("%s %llu", i == 0 ? ", work" : "", (unsigned long long)got->sizes[i].work);
    puts(")");
}

int main(int argc, char **argv)
{
    bool big = argc > 1 && strcmp(argv[1], "large") == 0, timed = argc > 1 && strcmp(argv[1], "time") == 0;
    const drill *list = big ? large : drills;
    size_t count = big ? large_count : drill_count, passed = 0, failed = 0;
    unsigned sizes = big ? 1 : SIZES;
    const char *only = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < count; i++) {
        report got = { 0 };
        drill d = list[i];
        if (strstr(d.what, only) == NULL)
            continue;
        if (timed) {
            d.n *= TIME_SCALE;
            d.limit = TIME_SCALE * (d.limit > 0 ? d.limit : GG_ARENA_LIMIT);
        }
        const char *fault = run_drill(&d, sizes, &got) ? fault_of(&d, sizes, &got) : "it crashed";
        passed += fault == NULL;
        failed += fault != NULL;
        printf("%s %s%s%s", fault == NULL ? "ok" : "FAIL", d.what, fault == NULL ? "" : ": ",
            fault == NULL ? "" : fault);
        print_costs(sizes, &got);
    }
    printf("%zu passed, %zu failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
