/* h2_client_private.h -- what the two files of the HTTP/2 client share. */
#ifndef GG_SRC_HTTP_H2_CLIENT_PRIVATE_H
#define GG_SRC_HTTP_H2_CLIENT_PRIVATE_H

#include "http/h2_client.h"
#include "http/h2_session.h"

/* -- h2_client.c -- */
void gg_h2_client_wake(gg_h2_client *client);
void gg_h2_client_changed(gg_h2_client *client);
/* What a function of nghttp2 answered: a fatal error breaks the connection; else there may be something to send. */
void gg_h2_client_check(gg_h2_client *client, int rc);

/* There is a sign of life, or the first stream: the silence begins now. */
void gg_h2_client_heard(gg_h2_client *client);

/* -- h2_client_stream.c -- */
void gg_h2_client_set_callbacks(nghttp2_session_callbacks *callbacks);
/* The connection is gone, and the stream with it. */
void gg_client_stream_lose(gg_client_stream *stream);

#endif
