/* lambda_floor.c -- the smallest Lambda bootstrap: one blocking socket to the Runtime API, a fixed answer.
 *
 * What is left of a start and of an event when nothing is done with it: the limit of what bench/lambda_stub.c can
 * measure.  It reads of an event only the request id, and takes the stub's word for everything else.
 * Spec: the Lambda Runtime API, version 2018-06-01. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_MAX = 1 << 16, REQUEST_MAX = 1024, ID_LEN = 36 };

static const char NEXT[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n";
static const char RESPONSE[] = "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: runtime\r\n"
                               "Content-Length: %zu\r\n\r\n%s";
static const char ANSWER[] = "{\"statusCode\":200,\"headers\":{\"Content-Type\":\"application/json\"},"
                             "\"body\":\"{\\\"message\\\":\\\"Pong\\\"}\"}";

/* Sends a request and reads the whole reply, which is left in `reply` as a string.  Ends the program on failure. */
static void exchange(int fd, const char *request, size_t request_len, char *reply)
{
    if (write(fd, request, request_len) != (ssize_t)request_len)
        exit(1);
    for (size_t len = 0; len < REPLY_MAX - 1;) {
        ssize_t got = read(fd, reply + len, REPLY_MAX - 1 - len);
        if (got <= 0)
            exit(1);
        len += (size_t)got;
        reply[len] = '\0';
        const char *end = strstr(reply, "\r\n\r\n"), *length = strstr(reply, "Content-Length: ");
        if (end != NULL && length != NULL &&
            len >= (size_t)(end + 4 - reply) + strtoul(length + strlen("Content-Length: "), NULL, 10))
            return;
    }
    exit(1);
}

static int connect_to(const char *api) /* "127.0.0.1:9001" */
{
    const char *colon = api == NULL ? NULL : strchr(api, ':');
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || colon == NULL)
        return -1;
    address.sin_port = htons((unsigned short)strtoul(colon + 1, NULL, 10));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

int main(void)
{
    char reply[REPLY_MAX], request[REQUEST_MAX];
    int fd = connect_to(getenv("AWS_LAMBDA_RUNTIME_API"));
    if (fd < 0)
        return 1;
    for (;;) {
        exchange(fd, NEXT, sizeof NEXT - 1, reply);
        const char *id = strstr(reply, "Request-Id: ");
        if (id == NULL)
            return 1;
        int len =
            snprintf(request, sizeof request, RESPONSE, ID_LEN, id + strlen("Request-Id: "), sizeof ANSWER - 1, ANSWER);
        exchange(fd, request, (size_t)len, reply);
    }
}
