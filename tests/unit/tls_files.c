/* tls_files.c -- one run of a shell script. */
#include "tls_files.h"

#include <stdio.h>
#include <stdlib.h>

static const char script[] =
    "set -e\n"
    "root() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj \"/CN=$1\" -keyout $1.key"
    " -out $1.pem; }\n"
    "leaf() { openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj \"/CN=$2\" -keyout $2.key"
    " -out $2.csr\n"
    "  printf 'subjectAltName=%s\\n' \"$3\" >$2.ext\n"
    "  openssl x509 -req -in $2.csr -CA $1.pem -CAkey $1.key -CAcreateserial -days 2 -extfile $2.ext -out $2.pem; }\n"
    "root ca; root other-ca\n"
    "leaf ca server DNS:server.test,DNS:*.wild.test,IP:127.0.0.1\n"
    "leaf ca client DNS:client.test; leaf other-ca other DNS:server.test,DNS:other.test\n"
    "openssl pkey -in server.key -aes128 -passout pass:secret -out encrypted.key\n"
    "cat server.pem server.key >both.pem; : >empty; echo text >text\n";

void tls_files_make(tls_files *files)
{
    char command[sizeof script + 200];
    snprintf(files->folder, sizeof files->folder, "/tmp/gg-tls-XXXXXX");
    if (mkdtemp(files->folder) == NULL)
        abort();
    snprintf(command, sizeof command, "cd %s && exec 2>log >&2\n%s", files->folder, script);
    if (system(command) != 0) {
        fprintf(stderr, "the openssl command failed, see %s/log\n", files->folder);
        abort();
    }
}

void tls_files_remove(tls_files *files)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", files->folder);
    if (system(command) != 0)
        abort();
}

const char *tls_file(const tls_files *files, const char *name, char out[TLS_PATH_LEN])
{
    snprintf(out, TLS_PATH_LEN, "%s/%s", files->folder, name);
    return out;
}

static const gg_tls_provider *provider(void)
{
    return gg_tls_provider_of(gg_tls_openssl());
}

static gg_tls_context *made(gg_tls_context *context, const char *error)
{
    if (context != NULL)
        return context;
    fprintf(stderr, "%s\n", error);
    abort();
}

gg_tls_context *tls_server(const tls_files *files, const char *name, const char *ca)
{
    char cert[TLS_PATH_LEN], key[TLS_PATH_LEN], ca_path[TLS_PATH_LEN], leaf[2][40], error[GG_TLS_ERROR_LEN] = "";
    snprintf(leaf[0], sizeof leaf[0], "%s.pem", name);
    snprintf(leaf[1], sizeof leaf[1], "%s.key", name);
    const gg_tls_server_config config = { .cert_file = tls_file(files, leaf[0], cert),
        .key_file = tls_file(files, leaf[1], key),
        .client_ca_file = ca != NULL ? tls_file(files, ca, ca_path) : NULL };
    return made(provider()->server(&config, error), error);
}

gg_tls_context *tls_client(const tls_files *files, const char *name, const char *ca, const char *server_name)
{
    char cert[TLS_PATH_LEN], key[TLS_PATH_LEN], ca_path[TLS_PATH_LEN], leaf[2][40], error[GG_TLS_ERROR_LEN] = "";
    gg_tls_client_config config;
    gg_tls_client_config_init(&config);
    if (name != NULL) {
        snprintf(leaf[0], sizeof leaf[0], "%s.pem", name);
        snprintf(leaf[1], sizeof leaf[1], "%s.key", name);
        config.cert_file = tls_file(files, leaf[0], cert);
        config.key_file = tls_file(files, leaf[1], key);
    }
    config.ca_file = ca != NULL ? tls_file(files, ca, ca_path) : NULL;
    config.server_name = server_name;
    return made(provider()->client(&config, error), error);
}
