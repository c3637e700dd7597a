/* test_server.h -- the parts of the test server. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include "gg/app.h"
#include "gg/message.h"
#include "test/v1/slow.gg.h"
#include "test/v1/streams.gg.h"

/* -- wire.c: just enough of protobuf's wire format to write a raw handler -- */
enum { WIRE_PREFIX_LEN = 11 }; /* the most that wire_put writes before the bytes */
/* A length-delimited field, number below 16; how many bytes it took. */
size_t wire_put(char *out, unsigned number, gg_str bytes);
size_t wire_put_varint(char *out, uint64_t value);
/* Takes the next field off *wire: a varint or a length-delimited one; false at the end or if it is neither. */
bool wire_next(gg_str *wire, unsigned *number, uint64_t *varint, gg_str *bytes);

/* -- slow.c: test.v1.Slow/Wait -- */
gg_status slow_wait(gg_call *call, const test_v1_WaitRequest *request, test_v1_WaitResponse *response);
gg_status slow_wait_raw(gg_call *call, gg_str request, gg_str *response);

/* -- streams.c: test.v1.Streaming; style: callback, or blocking for all but Unary.  What is wrong, or NULL. -- */
const char *streams_register(gg_app *app, gg_str style);
/* gzip, deflate; any other name is identity. */
gg_compression compression_of(gg_str name);
/* -- streams_blocking.c -- */
void streams_register_blocking(gg_app *app);
/* Lets those who wait at the barrier pass. */
void barrier_open(void);

/* -- intercept.c: ping's logging interceptor, and one that does as metadata says -- */
void intercept(gg_app *app);

#endif
