/* no_nss.c -- the passwd and resolver functions of a static program: they say no.
 *
 * libuv refers to them for uv_os_homedir, uv_getaddrinfo and the like, OpenSSL for BIO_gethostbyname; libgg calls none
 * of those.  In a
 * static program glibc's own would load NSS modules at run time, of exactly the glibc version linked in, and
 * the linker warns about each; with these no such code is in the program and there is nothing to warn of.
 *
 * Its own library, libgg-static.a, which only static programs link, after libuv and OpenSSL: a dynamic program keeps
 * glibc's.  Numeric addresses need none of this (inet_pton).
 * Spec: POSIX.1-2017, getpwuid_r, getaddrinfo, getnameinfo. */
#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

/* glibc's own parameter names are its secret.  NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

int getpwuid_r(uid_t uid, struct passwd *restrict entry, char *restrict buf, size_t buf_len,
    struct passwd **restrict result)
{
    (void)uid, (void)entry, (void)buf, (void)buf_len;
    *result = NULL;
    return ENOENT;
}

int getpwnam_r(const char *restrict name, struct passwd *restrict entry, char *restrict buf, size_t buf_len,
    struct passwd **restrict result)
{
    (void)name, (void)entry, (void)buf, (void)buf_len;
    *result = NULL;
    return ENOENT;
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
    struct addrinfo **restrict result)
{
    (void)node, (void)service, (void)hints;
    *result = NULL;
    return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *list)
{
    (void)list; /* getaddrinfo above never makes one */
}

int getnameinfo(const struct sockaddr *restrict address, socklen_t address_len, char *restrict host, socklen_t host_len,
    char *restrict service, socklen_t service_len, int flags)
{
    (void)address, (void)address_len, (void)host, (void)host_len, (void)service, (void)service_len, (void)flags;
    return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name)
{
    (void)name;
    return NULL;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
