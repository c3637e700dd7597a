/* tls_files.h -- keys and certificates for a test, made by the openssl command in a folder of its own.
 *
 *   ca.pem                     a root
 *   server.pem, server.key     of server.test, *.wild.test and 127.0.0.1, by ca
 *   client.pem, client.key     of a client, by ca
 *   other-ca.pem               another root
 *   other.pem, other.key       of server.test and of a client, by other-ca
 *   encrypted.key              server.key with a passphrase
 *   both.pem                   server.pem and server.key
 *   empty, text                files that are no PEM */
#ifndef GG_TESTS_TLS_FILES_H
#define GG_TESTS_TLS_FILES_H

#include "http/tls.h"

enum { TLS_PATH_LEN = 128 };

typedef struct tls_files {
    char folder[64];
} tls_files;

/* Fails the test program if the command does. */
void tls_files_make(tls_files *files);
void tls_files_remove(tls_files *files);
/* The path of one of them; out is returned. */
const char *tls_file(const tls_files *files, const char *name, char out[TLS_PATH_LEN]);

/* Contexts from them; NULL for a name: without.  They fail the test if there is none. */
gg_tls_context *tls_server(const tls_files *files, const char *name, const char *ca);
gg_tls_context *tls_client(const tls_files *files, const char *name, const char *ca, const char *server_name);

#endif
