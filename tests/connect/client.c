/* client.c -- the client under test of the Connect conformance suite.
 *
 *   stdin    length, ClientCompatRequest    length, ClientCompatRequest ...   to the end of file
 *   stdout   length, ClientCompatResponse ...
 *
 * Lengths have 4 bytes, big-endian.  Several threads read, call (client_call.c) and write: many of the cases wait.
 * Spec: connectrpc/conformance, docs/testing_clients.md. */
#include "client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "connectrpc/conformance/v1/client_compat.gg.h"
#include "gg/message.h"

enum { THREADS = 8, PREFIX_LEN = 4, MESSAGE_LEN_MAX = 64 << 20, ARENA_LEN = 256 << 20 };

static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER, writing = PTHREAD_MUTEX_INITIALIZER;

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "connect-client: %s\n", why);
    exit(1);
}

void *take(gg_arena *arena, size_t len)
{
    void *bytes = gg_arena_alloc(arena, len);
    if (bytes == NULL)
        give_up("out of memory");
    return memset(bytes, 0, len);
}

/* False at the end of the input. */
static bool read_frame(gg_arena *arena, gg_str *frame)
{
    unsigned char prefix[PREFIX_LEN];
    size_t got = fread(prefix, 1, sizeof prefix, stdin);
    if (got == 0)
        return false;
    size_t len = (size_t)prefix[0] << 24 | (size_t)prefix[1] << 16 | (size_t)prefix[2] << 8 | prefix[3];
    if (got < sizeof prefix || len > MESSAGE_LEN_MAX)
        give_up("a request is cut short, or too long");
    char *bytes = take(arena, len + 1);
    if (fread(bytes, 1, len, stdin) != len)
        give_up("a request is cut short");
    *frame = gg_str_of(bytes, len);
    return true;
}

static void write_frame(gg_str frame)
{
    unsigned char prefix[PREFIX_LEN] = { (unsigned char)(frame.len >> 24), (unsigned char)(frame.len >> 16),
        (unsigned char)(frame.len >> 8), (unsigned char)frame.len };
    if (fwrite(prefix, 1, sizeof prefix, stdout) != sizeof prefix ||
        fwrite(frame.ptr, 1, frame.len, stdout) != frame.len || fflush(stdout) != 0)
        give_up("nobody reads the responses");
}

/* One request, answered; false when there is none. */
static bool answer_next(void)
{
    gg_arena *arena = gg_arena_new(NULL, ARENA_LEN);
    if (arena == NULL)
        give_up("out of memory");
    gg_str frame;
    pthread_mutex_lock(&reading);
    bool more = read_frame(arena, &frame);
    pthread_mutex_unlock(&reading);
    if (more) {
        connectrpc_conformance_v1_ClientCompatRequest request = { 0 };
        connectrpc_conformance_v1_ClientCompatResponse response = { 0 };
        if (gg_message_from_wire(&connectrpc_conformance_v1_ClientCompatRequest_type, &request, frame, NULL, arena,
                NULL) != GG_OK)
            give_up("a request is malformed");
        make_call(&request, arena, &response);
        if (gg_message_to_wire(&connectrpc_conformance_v1_ClientCompatResponse_type, &response, arena, &frame) != GG_OK)
            give_up("a response cannot be serialized");
        pthread_mutex_lock(&writing);
        write_frame(frame);
        pthread_mutex_unlock(&writing);
    }
    gg_arena_unref(arena);
    return more;
}

static void *answer_all(void *arg)
{
    while (answer_next())
        continue;
    return arg;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, answer_all, NULL) != 0)
            give_up("no thread");
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
