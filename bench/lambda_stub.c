/* lambda_stub.c -- a Runtime API that starts a bootstrap and times it, again and again.
 *
 *   lambda_stub EVENT STARTS EVENTS BOOTSTRAP
 *
 * STARTS times: a new process, one event.  Then one process, WARM_UP events and EVENTS more.  Prints, a line each,
 * what bench/lambda reads: name, tab, figure.  The run fails on the first wrong answer: a status other than 200, a
 * body that does not say Pong, an answer to another event, an error report, the end of the process.
 *
 * One thread, one poll loop, IPv4 loopback.  It takes requests with Content-Length or in chunks, several connections
 * at once, one request at a time on each; it knows nothing of trailers, streamed answers or failures, which
 * tests/lambda/fake_runtime.py plays.  Spec: the Lambda Runtime API, version 2018-06-01. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNS_MAX = 16, BUFFER_LEN = 1 << 16, EVENT_MAX = 1 << 15, ENV_MAX = 64, WARM_UP = 300, PATIENCE_MS = 20000 };

static const char ROOT[] = "/2018-06-01/runtime/invocation/";
static const char ACCEPTED[] = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
                               "{\"status\":\"OK\"}\n";
static const char EVENT_HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                 "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012d\r\n"
                                 "Lambda-Runtime-Deadline-Ms: %lld\r\n"
                                 "Lambda-Runtime-Invoked-Function-Arn: "
                                 "arn:aws:lambda:us-east-1:123456789012:function:bench\r\n"
                                 "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1\r\n"
                                 "Content-Length: %zu\r\n\r\n";

typedef struct {
    int fd; /* -1: free */
    size_t len;
    char buffer[BUFFER_LEN];
} connection;

typedef struct {
    int listener, port;
    char event[EVENT_MAX];
    size_t event_len;
    connection conns[CONNS_MAX];
} stub;

/* One life of a bootstrap. */
typedef struct {
    pid_t pid;
    int events; /* to give, WARM_UP of them included */
    int given;
    bool answered, over;
    double started_s, next_s, response_s; /* spawn, first next, first response */
    double cpu_next_s, cpu_warm_s, cpu_end_s;
} life;

static void fail(const life *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("lambda_stub: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    if (l != NULL && l->pid > 0)
        kill(l->pid, SIGKILL);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec t = { 0 };
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_s(const life *l) /* of the whole process, ended threads included */
{
    clockid_t clock = CLOCK_MONOTONIC;
    if (clock_getcpuclockid(l->pid, &clock) != 0)
        fail(l, "the bootstrap ended");
    return seconds(clock);
}

static long max_rss_kib(const life *l)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)l->pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

/* -- one request -- */

static void send_all(const life *l, int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(fd, data, len);
        if (sent <= 0)
            fail(l, "the bootstrap does not read");
        data += sent, len -= (size_t)sent;
    }
}

static void on_next(life *l, const stub *s, int fd)
{
    char reply[sizeof EVENT_HEAD + 128 + EVENT_MAX];
    if (l->given > 0 && !l->answered)
        fail(l, "next before the answer");
    if (l->given == 0)
        l->next_s = seconds(CLOCK_MONOTONIC), l->cpu_next_s = cpu_s(l);
    if (l->given == WARM_UP)
        l->cpu_warm_s = cpu_s(l);
    if (l->given == l->events) {
        l->cpu_end_s = cpu_s(l);
        l->over = true;
        return;
    }
    l->given++;
    l->answered = false;
    long long deadline_ms = ((long long)time(NULL) + 30) * 1000;
    int len = snprintf(reply, sizeof reply, EVENT_HEAD, l->given, deadline_ms, s->event_len);
    memcpy(reply + len, s->event, s->event_len);
    send_all(l, fd, reply, (size_t)len + s->event_len);
}

static void on_response(life *l, int fd, const char *path, const char *body)
{
    char want[80];
    snprintf(want, sizeof want, "8476a536-e9f4-11e8-9739-%012d/response ", l->given);
    if (l->answered || strncmp(path, want, strlen(want)) != 0)
        fail(l, "unexpected POST %.80s: %s", path, body);
    if (strstr(body, "\"statusCode\":200") == NULL || strstr(body, "\\\"Pong\\\"}\"") == NULL)
        fail(l, "wrong answer: %s", body);
    l->answered = true;
    if (l->given == 1)
        l->response_s = seconds(CLOCK_MONOTONIC);
    send_all(l, fd, ACCEPTED, sizeof ACCEPTED - 1);
}

static const char *header(const char *head, const char *name) /* its value, or NULL; any case */
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':')
            return line + 2 + len + 1 + strspn(line + 2 + len + 1, " ");
    return NULL;
}

/* Joins the chunks from `body` on, in place.  False if the last one is not here yet: nothing is changed then. */
static bool join_chunks(char *body)
{
    for (int copy = 0; copy < 2; copy++) { /* first only look */
        const char *from = body;
        char *to = body;
        size_t len = 0;
        do {
            char *data = NULL;
            len = strtoul(from, &data, 16);
            if (data == from || (data = strstr(data, "\r\n")) == NULL || strlen(data + 2) < len + 2)
                return false;
            from = data + 2 + len + 2;
            if (copy)
                memmove(to, data + 2, len);
            to += len;
        } while (len > 0);
        if (copy)
            *to = '\0';
    }
    return true;
}

/* Serves the request at the front of the buffer, if it is whole; it is all there is then, as no peer sends the next
 * one before the reply. */
static void serve(life *l, const stub *s, connection *c)
{
    c->buffer[c->len] = '\0';
    char *end = strstr(c->buffer, "\r\n\r\n");
    if (end == NULL)
        return;
    char *body = end + 4;
    const char *length = header(c->buffer, "Content-Length"), *coding = header(c->buffer, "Transfer-Encoding");
    if (length != NULL && strlen(body) < strtoul(length, NULL, 10))
        return;
    if (coding != NULL && !join_chunks(body))
        return;
    c->len = 0;
    char *path = strstr(c->buffer, ROOT);
    if (path == NULL || path > end)
        fail(l, "unknown request: %.80s", c->buffer);
    path += sizeof ROOT - 1;
    if (strncmp(c->buffer, "GET ", 4) == 0 && strncmp(path, "next ", 5) == 0)
        on_next(l, s, c->fd);
    else
        on_response(l, c->fd, path, body);
}

/* -- one life -- */

static void take_connection(const life *l, stub *s)
{
    int on = 1, fd = accept(s->listener, NULL, NULL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (int i = 0; i < CONNS_MAX; i++)
        if (s->conns[i].fd < 0) {
            s->conns[i].fd = fd, s->conns[i].len = 0;
            return;
        }
    fail(l, "too many connections");
}

static void close_connection(connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static void read_connection(life *l, const stub *s, connection *c)
{
    ssize_t got = read(c->fd, c->buffer + c->len, BUFFER_LEN - 1 - c->len);
    if (got <= 0) {
        close_connection(c);
        return;
    }
    c->len += (size_t)got;
    serve(l, s, c);
}

static void spawn(life *l, int port, char *bootstrap)
{
    extern char **environ;
    static const char *const given[] = { "AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "AWS_REGION=us-east-1",
        "LAMBDA_TASK_ROOT=/var/task", "_HANDLER=bootstrap", "TZ=:UTC" };
    enum { GIVEN = sizeof given / sizeof given[0] };
    char api[64], *env[ENV_MAX], *argv[] = { bootstrap, NULL };
    size_t count = 0;
    snprintf(api, sizeof api, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%d", port);
    env[count++] = api;
    for (size_t i = 0; i < GIVEN; i++)
        env[count++] = (char *)given[i]; /* posix_spawn writes to none of them */
    for (char **v = environ; *v != NULL && count < ENV_MAX - 1; v++)
        if (strncmp(*v, "GG_", 3) == 0)
            env[count++] = *v;
    env[count] = NULL;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    l->started_s = seconds(CLOCK_MONOTONIC);
    if (posix_spawn(&l->pid, bootstrap, &actions, NULL, argv, env) != 0)
        fail(NULL, "cannot start %s", bootstrap);
    posix_spawn_file_actions_destroy(&actions);
}

/* Starts a bootstrap and gives it the events; it waits for one more when this returns. */
static void live(life *l, stub *s, char *bootstrap)
{
    spawn(l, s->port, bootstrap);
    while (!l->over) {
        struct pollfd fds[CONNS_MAX + 1] = { { .fd = s->listener, .events = POLLIN } };
        for (int i = 0; i < CONNS_MAX; i++)
            fds[i + 1] = (struct pollfd){ .fd = s->conns[i].fd, .events = POLLIN };
        if (poll(fds, CONNS_MAX + 1, PATIENCE_MS) <= 0)
            fail(l, "no request for %d s after %d events", PATIENCE_MS / 1000, l->given);
        for (int i = 0; i < CONNS_MAX && !l->over; i++)
            if (fds[i + 1].revents != 0)
                read_connection(l, s, &s->conns[i]);
        if (fds[0].revents != 0)
            take_connection(l, s);
    }
}

static void end(life *l, stub *s)
{
    kill(l->pid, SIGKILL);
    waitpid(l->pid, NULL, 0);
    for (int i = 0; i < CONNS_MAX; i++)
        close_connection(&s->conns[i]);
}

/* -- the run -- */

static void listen_and_load(stub *s, const char *event_path)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&address, len) != 0 || listen(s->listener, CONNS_MAX) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&address, &len) != 0)
        fail(NULL, "cannot listen");
    s->port = ntohs(address.sin_port);
    FILE *file = fopen(event_path, "rb");
    s->event_len = file == NULL ? 0 : fread(s->event, 1, EVENT_MAX, file);
    if (s->event_len == 0 || s->event_len == EVENT_MAX)
        fail(NULL, "no event, or too large: %s", event_path);
    fclose(file);
    for (int i = 0; i < CONNS_MAX; i++)
        s->conns[i].fd = -1;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    int starts = argc == 5 ? atoi(argv[2]) : 0, events = argc == 5 ? atoi(argv[3]) : 0;
    if (starts < 1 || events < 1) {
        fputs("usage: lambda_stub EVENT STARTS EVENTS BOOTSTRAP\n", stderr);
        return 2;
    }
    stub *s = calloc(1, sizeof *s);
    double *next_ms = calloc((size_t)starts, sizeof *next_ms),
           *response_ms = calloc((size_t)starts, sizeof *response_ms);
    double *cpu_ms = calloc((size_t)starts, sizeof *cpu_ms);
    if (s == NULL || next_ms == NULL || response_ms == NULL || cpu_ms == NULL)
        fail(NULL, "out of memory");
    signal(SIGPIPE, SIG_IGN);
    listen_and_load(s, argv[1]);
    for (int i = 0; i < starts; i++) {
        life l = { .events = 1 };
        live(&l, s, argv[4]);
        next_ms[i] = (l.next_s - l.started_s) * 1e3;
        response_ms[i] = (l.response_s - l.started_s) * 1e3;
        cpu_ms[i] = l.cpu_next_s * 1e3;
        end(&l, s);
    }
    life warm = { .events = WARM_UP + events };
    live(&warm, s, argv[4]);
    printf("next_ms\t%.3f\nresponse_ms\t%.3f\ncpu_next_ms\t%.3f\ncpu_event_us\t%.2f\nmax_rss_mib\t%.2f\n",
        median(next_ms, starts), median(response_ms, starts), median(cpu_ms, starts),
        (warm.cpu_end_s - warm.cpu_warm_s) * 1e6 / events, (double)max_rss_kib(&warm) / 1024);
    end(&warm, s);
    free(s), free(next_ms), free(response_ms), free(cpu_ms);
    return 0;
}
