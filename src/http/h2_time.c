/* h2_time.c -- the time of an HTTP/2 connection: its limits, its PINGs, the peer's PINGs, its drain.
 *
 *   drain: GOAWAY(2^31-1) and PING --- answer, or GG_H2_DRAIN_NS ---> GOAWAY(last stream) --- last stream ends
 *          ---> done                                               (RFC 9113, 6.8)
 *
 *   header_ns    the client's SETTINGS, and every header block once begun      above: ENHANCE_YOUR_CALM
 *   idle_ns      no stream                                                     drain
 *   age_ns       of the connection; then age_grace_ns for its streams          drain; then the end
 *   keepalive    silence; then its timeout after a PING                        PING; then the end
 *
 * A request body has no limit here: a gRPC stream may rest as long as it likes.  Elsewhere: limits of single streams
 * (h2_stall.c).  Spec: gRPC keepalive.md, proposals A8 and A9. */
#include "http/h2.h"

#define H2_OF(member, ptr) ((gg_h2 *)(void *)((char *)(ptr)-offsetof(gg_h2, member)))

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* -- what is due, and when -- */

static uint64_t idle_due(const gg_h2 *h2)
{
    if (h2->streams != NULL || h2->drain != GG_H2_SERVING)
        return UINT64_MAX;
    return gg_later(h2->idle_since_ns, h2->config->limits.idle_ns);
}

static uint64_t keepalive_due(const gg_h2 *h2)
{
    return gg_h2_keepalive_due(&h2->config->limits.keepalive, h2->heard_ns, h2->pinged_ns);
}

static uint64_t next_due(const gg_h2 *h2)
{
    uint64_t due = earlier(h2->drain_due_ns, earlier(h2->head_due_ns, h2->age_due_ns));
    return earlier(due, earlier(idle_due(h2), keepalive_due(h2)));
}

void gg_h2_reschedule(gg_h2 *h2)
{
    uint64_t due = h2->broken ? UINT64_MAX : next_due(h2);
    if (due != UINT64_MAX && (!h2->timer.armed || h2->timer.due_ns > due))
        gg_timer_start(h2->config->sched, &h2->timer, due);
}

static void submit(gg_h2 *h2, int rc)
{
    if (nghttp2_is_fatal(rc))
        gg_h2_break(h2, NGHTTP2_INTERNAL_ERROR);
    gg_h2_wake(h2);
}

/* -- PINGs -- */

void gg_h2_ping(gg_h2 *h2, int32_t about)
{
    uint32_t word = (uint32_t)about;
    uint8_t data[GG_H2_PING_LEN] = { (uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
        (uint8_t)word };
    submit(h2, nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, data));
}

static void second_goaway(gg_h2 *h2)
{
    h2->drain = GG_H2_GONE_AWAY;
    h2->drain_due_ns = UINT64_MAX;
    int32_t last = nghttp2_session_get_last_proc_stream_id(h2->session);
    submit(h2, nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0));
}

void gg_h2_ping_answered(gg_h2 *h2, const uint8_t data[GG_H2_PING_LEN])
{
    uint32_t word = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
    int32_t about = (int32_t)(word & INT32_MAX);
    gg_h2_stream *stream = about > 0 ? nghttp2_session_get_stream_user_data(h2->session, about) : NULL;
    if (stream != NULL && stream->response_sent)
        gg_h2_reset(stream, NGHTTP2_NO_ERROR);
    else if (about == GG_H2_PING_DRAIN && h2->drain == GG_H2_NOTICED)
        second_goaway(h2);
}

/* The peer has sent nothing for a while. */
static void silence(gg_h2 *h2, uint64_t now)
{
    if (gg_out_len(&h2->out) >= GG_H2_OUT_LEN) { /* it is we who do not read */
        h2->heard_ns = now;
        h2->pinged_ns = 0;
    } else if (h2->pinged_ns != 0) {
        gg_h2_break(h2, NGHTTP2_NO_ERROR);
    } else {
        h2->pinged_ns = now;
        gg_h2_ping(h2, GG_H2_PING_KEEPALIVE);
    }
}

bool gg_h2_ping_allowed(gg_h2 *h2)
{
    const gg_http_limits *limits = &h2->config->limits;
    uint64_t now = h2->config->sched->now_ns;
    bool idle = h2->streams == NULL && !limits->ping_idle && limits->ping_ns < GG_H2_PING_IDLE_NS;
    uint64_t next = gg_later(h2->peer_pinged_ns, idle ? GG_H2_PING_IDLE_NS : limits->ping_ns);
    bool early = !h2->ping_free && now < next;
    h2->strikes = h2->ping_free ? 0 : h2->strikes + early;
    h2->ping_free = false;
    h2->peer_pinged_ns = now;
    if (limits->ping_strikes == 0 || h2->strikes <= limits->ping_strikes)
        return true;
    gg_h2_break_saying(h2, NGHTTP2_ENHANCE_YOUR_CALM, GG_STR(GG_H2_TOO_MANY_PINGS));
    return false;
}

/* -- the end, in peace -- */

void gg_h2_drain(gg_h2 *h2)
{
    if (h2->broken || h2->drain != GG_H2_SERVING)
        return;
    h2->drain = GG_H2_NOTICED;
    h2->drain_due_ns = gg_later(h2->config->sched->now_ns, GG_H2_DRAIN_NS);
    submit(h2, nghttp2_submit_shutdown_notice(h2->session));
    gg_h2_ping(h2, GG_H2_PING_DRAIN);
    gg_h2_reschedule(h2);
}

/* The connection is old; or its streams have had their time since it was. */
static void aged(gg_h2 *h2, uint64_t now)
{
    uint64_t grace_ns = h2->config->limits.age_grace_ns;
    if (h2->aged) {
        gg_h2_break(h2, NGHTTP2_NO_ERROR);
        return;
    }
    h2->aged = true;
    h2->age_due_ns = grace_ns != 0 ? gg_later(now, grace_ns) : UINT64_MAX;
    gg_h2_drain(h2);
}

static void time_is_up(gg_timer *timer)
{
    gg_h2 *h2 = H2_OF(timer, timer);
    uint64_t now = h2->config->sched->now_ns;
    if (h2->broken)
        return;
    if (now >= h2->head_due_ns)
        gg_h2_break(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    else if (now >= h2->age_due_ns)
        aged(h2, now);
    else if (now >= h2->drain_due_ns)
        second_goaway(h2);
    else if (now >= keepalive_due(h2))
        silence(h2, now);
    else if (now >= idle_due(h2))
        gg_h2_drain(h2);
    gg_h2_reschedule(h2);
}

/* -- the beginning -- */

/* A tenth more or less, so that connections made together do not end together (A9). */
static uint64_t jittered(const gg_h2 *h2, uint64_t age_ns)
{
    enum { PARTS = 1024 };
    uint64_t seed = h2->heard_ns ^ (uint64_t)(uintptr_t)h2;
    seed = (seed ^ seed >> 31) * 0x9e3779b97f4a7c15u;
    uint64_t fifth = age_ns / 5;
    return age_ns - age_ns / 10 + fifth / PARTS * (seed >> 54);
}

void gg_h2_time_init(gg_h2 *h2)
{
    const gg_http_limits *limits = &h2->config->limits;
    uint64_t now = h2->config->sched->now_ns;
    h2->timer.fire = time_is_up;
    h2->heard_ns = h2->idle_since_ns = h2->peer_pinged_ns = now;
    h2->head_due_ns = gg_later(now, limits->header_ns);
    h2->drain_due_ns = UINT64_MAX;
    h2->age_due_ns = limits->age_ns != 0 ? gg_later(now, jittered(h2, limits->age_ns)) : UINT64_MAX;
    h2->ping_free = true;
}
