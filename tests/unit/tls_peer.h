/* tls_peer.h -- a TLS client by OpenSSL itself, in memory: what a server of ours is met by. */
#ifndef GG_TESTS_TLS_PEER_H
#define GG_TESTS_TLS_PEER_H

#include <openssl/ssl.h>

#include "fake_front.h"
#include "tls_files.h"

enum { PEER_HEARD_LEN = 300 * 1000 };

#define ALPN_H2 "\2h2"
#define ALPN_H1 "\10http/1.1"
#define GET_OK "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n"
#define H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"

typedef struct tls_peer_config {
    int version;      /* TLS1_3_VERSION, ...: this one alone; 0: any */
    const char *alpn; /* in wire form, "\2h2"; NULL: none */
    const char *cert; /* name of a pair of tls_files; NULL: none */
    const char *ciphers;
} tls_peer_config;

typedef struct tls_peer {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;     /* records */
    bool open, ended;  /* the handshake is done; close_notify has come */
    int failed;        /* reason of OpenSSL's first error; 0: none */
    size_t said;       /* bytes of records that the server was given */
    size_t piece;      /* how many at a time; 0: all there are */
    size_t stop_after; /* no more of them than that, then end of file */
    char heard[PEER_HEARD_LEN];
    size_t heard_len;
} tls_peer;

void tls_peer_open(tls_peer *peer, const tls_files *files, const tls_peer_config *config);
void tls_peer_close(tls_peer *peer);
/* Plain bytes; false if they cannot be sent now. */
bool tls_peer_send(tls_peer *peer, gg_str bytes);
/* Moves bytes both ways until nothing moves, or the server wants no more of them. */
void tls_peer_talk(tls_peer *peer, fake_front *front);

/* A server and such a client of it. */
typedef struct tls_fixture {
    tls_files files;
    gg_tls_context *plain, *mutual; /* without and with client certificates */
    fake_front front;
    tls_peer peer;
} tls_fixture;

/* For cmocka's groups. */
int tls_set_up(void **state);
int tls_tear_down(void **state);
/* One connection to that context, and its end. */
void tls_begin(tls_fixture *f, gg_tls_context *context, const tls_peer_config *config);
void tls_end(tls_fixture *f);
/* Whether the server is done, for a reason with these words. */
bool tls_failed(const tls_fixture *f, const char *why);
/* Whether that is the end of what the client has heard. */
bool tls_heard(const tls_fixture *f, const char *text);

#endif
