/* io.c -- standard input and output, and whole files (command.h). */
#include "command.h"

#include <errno.h>
#include <unistd.h>

enum { PIECE_LEN = 1u << 16 };

static gg_rc read_some(int fd, char *bytes, size_t len, size_t *got)
{
    ssize_t n;
    do
        n = read(fd, bytes, len);
    while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 ? GG_OK : GG_EIO;
}

gg_rc read_input(char *bytes, size_t len, size_t *got)
{
    size_t n = 1;
    *got = 0;
    while (*got < len && n > 0) {
        gg_rc rc = read_some(STDIN_FILENO, bytes + *got, len - *got, &n);
        if (rc != GG_OK)
            return rc;
        *got += n;
    }
    return GG_OK;
}

gg_rc read_all(int fd, size_t limit, gg_buf *buf)
{
    for (;;) { /* ends: each round adds a byte, up to the limit */
        char *bytes = gg_buf_reserve(buf, PIECE_LEN);
        size_t n;
        if (bytes == NULL)
            return GG_ENOMEM;
        gg_rc rc = read_some(fd, bytes, PIECE_LEN, &n);
        if (rc != GG_OK || n == 0)
            return rc;
        gg_buf_added(buf, n);
        if (buf->len > limit)
            return GG_ETOOBIG;
    }
}

gg_rc write_output(gg_str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return GG_EIO;
        size_t written = n > 0 ? (size_t)n : 0;
        bytes = gg_str_of(bytes.ptr + written, bytes.len - written);
    }
    return GG_OK;
}
