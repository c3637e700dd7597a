/* no_dl.c -- dlopen of a static program with OpenSSL: it says no.
 *
 * OpenSSL refers to it for providers and engines in files, which a static program cannot load, and the linker warns.
 * glibc's own dlopen is part of every static program, so it cannot just be defined here: the package gg-tls has static
 * programs linked with --wrap=dlopen, which makes what they refer to this one.
 * Spec: POSIX.1-2017, dlopen; ld, --wrap. */
#include <stddef.h>

/* The linker makes the name.  NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming) */
void *__wrap_dlopen(const char *file, int mode);

/* NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming) */
void *__wrap_dlopen(const char *file, int mode)
{
    (void)file, (void)mode;
    return NULL;
}
