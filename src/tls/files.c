/* files.c -- PEM files into an SSL_CTX, and one line about the one that does not fit.
 *
 * Nothing of a file's contents ever gets into such a line. */
#include "tls/openssl.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

static bool fail(char *error, const char *file, const char *why)
{
    snprintf(error, GG_TLS_ERROR_LEN, "%s: %s", file, why);
    ERR_clear_error();
    return false;
}

/* What OpenSSL says is wrong with a file that can be read; `wanted` is what it should hold. */
static bool fail_pem(char *error, const char *file, const char *wanted)
{
    unsigned long code = ERR_peek_error();
    bool none = ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_NO_CERTIFICATE_OR_CRL_FOUND;
    if (none || ERR_GET_LIB(code) == ERR_LIB_PEM || ERR_GET_LIB(code) == ERR_LIB_ASN1 ||
        ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER)
        return fail(error, file, wanted);
    const char *reason = ERR_reason_error_string(code);
    return fail(error, file, reason != NULL ? reason : wanted);
}

/* OpenSSL's own words for a file that cannot be read leave the reason out. */
static bool can_read(const char *file, char *error)
{
    FILE *stream = fopen(file, "rb");
    if (stream == NULL)
        return fail(error, file, strerror(errno));
    int first = fgetc(stream);
    int why = ferror(stream) ? errno : 0; /* a directory */
    fclose(stream);
    if (why != 0)
        return fail(error, file, strerror(why));
    return first != EOF || fail(error, file, "the file is empty");
}

/* Instead of asking on the terminal. */
static int no_passphrase(char *buf, int cap, int writing, void *encrypted)
{
    (void)buf, (void)cap, (void)writing;
    *(bool *)encrypted = true;
    return -1;
}

static bool use_key(SSL_CTX *ctx, const char *cert_file, const char *key_file, char *error)
{
    bool encrypted = false;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, &encrypted);
    bool used = SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb(ctx, NULL);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, NULL);
    if (used && SSL_CTX_check_private_key(ctx) == 1)
        return true;
    unsigned long code = ERR_peek_last_error();
    if (encrypted)
        return fail(error, key_file, "the key is encrypted; give one without a passphrase");
    if (used || ERR_GET_LIB(code) == ERR_LIB_X509) {
        snprintf(error, GG_TLS_ERROR_LEN, "%s: the key does not belong to the certificate in %s", key_file, cert_file);
        ERR_clear_error();
        return false;
    }
    return fail_pem(error, key_file, "holds no private key in PEM");
}

bool gg_openssl_use_certificate(SSL_CTX *ctx, const char *cert_file, const char *key_file, char error[GG_TLS_ERROR_LEN])
{
    if (!can_read(cert_file, error) || !can_read(key_file, error))
        return false;
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
        return fail_pem(error, cert_file, "holds no certificate in PEM");
    return use_key(ctx, cert_file, key_file, error);
}

bool gg_openssl_use_ca(SSL_CTX *ctx, const char *ca_file, bool is_client, char error[GG_TLS_ERROR_LEN])
{
    if (!can_read(ca_file, error))
        return false;
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(ctx, ca_file) != 1)
        return fail_pem(error, ca_file, "holds no certificate in PEM");
    STACK_OF(X509_NAME) *names = is_client ? NULL : SSL_load_client_CA_file(ca_file);
    if (names == NULL && !is_client)
        return fail_pem(error, ca_file, "holds no certificate in PEM");
    if (names != NULL)
        SSL_CTX_set_client_CA_list(ctx, names); /* owns them now */
    ERR_clear_error();
    return true;
}
