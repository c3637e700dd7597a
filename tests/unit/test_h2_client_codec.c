/* test_h2_client_codec.c -- the codec of a client's connection, alone: a server that does not read. */
#include "http/h2_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

static void nothing(gg_task *task)
{
    (void)task;
}

static void on_closed(gg_client_stream *stream, gg_client_stream_ending end, uint32_t h2_error)
{
    (void)stream, (void)end, (void)h2_error;
}

/* What it sends is read all the same: it may wait for that.  Only PINGs, which nobody answers then, have a bound. */
static void test_reads_while_sending(void **state)
{
    (void)state;
    static const char pings[] = "\0\0\x08\x06\0\0\0\0\0"
                                "12345678",
                      body[2 * GG_CLIENT_OUT_LEN];
    static const gg_client_stream_events events = { .closed = on_closed };
    gg_sched sched;
    gg_sched_init(&sched);
    gg_task wake = { .run = nothing }, changed = { .run = nothing };
    gg_h2_client_config config = { .sched = &sched, .header_bytes = 1024, .header_count = 16 };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_h2_client *client = gg_h2_client_new(&config, &wake, &changed);
    gg_headers fields = { 0 };
    gg_client_stream stream = { .events = &events, .arena = arena };
    gg_codec *codec = &client->base;
    assert_int_equal(gg_headers_add(&fields, arena, GG_STR(":method"), GG_STR("POST")), GG_OK);
    assert_int_equal(gg_headers_add(&fields, arena, GG_STR(":scheme"), GG_STR("http")), GG_OK);
    assert_int_equal(gg_headers_add(&fields, arena, GG_STR(":authority"), GG_STR("a")), GG_OK);
    assert_int_equal(gg_headers_add(&fields, arena, GG_STR(":path"), GG_STR("/")), GG_OK);
    assert_int_equal(codec->ops->receive(codec, GG_STR("\0\0\0\x04\0\0\0\0\0")), GG_OK); /* SETTINGS */
    assert_int_equal(gg_client_stream_open(&stream, client, &fields), GG_OK);
    gg_client_stream_write(&stream, gg_str_of(body, sizeof body), GG_STR(""));
    codec->ops->output(codec); /* and the socket takes nothing of it */
    size_t len = gg_out_len(&client->out), count = 0;
    assert_true(len >= GG_CLIENT_OUT_LEN);
    assert_true(codec->ops->wants_input(codec));
    while (codec->ops->receive(codec, gg_str_of(pings, 17)) == GG_OK)
        assert_true(++count < 10000);
    assert_false(codec->ops->wants_input(codec));
    assert_int_equal(gg_out_len(&client->out), len);
    codec->ops->free(codec);
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_while_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
