/* h2_stall.c -- streams that stand still: a request body that does not go on, a response that the peer makes no
 * room for; a request that goes on after its response.
 *
 * The connection may be lively all the same, its PINGs answered, so each stream has its own limits (body_ns,
 * write_ns) and is reset with CANCEL when one is up.  A client-streaming call may pause as long as it likes: its
 * front says so (gg_exchange.patient).  One timer serves all streams: it is due when the first of them is. */
#include "http/h2.h"

static uint64_t due_of(const gg_h2_stream *stream)
{
    const gg_http_limits *limits = &stream->h2->config->limits;
    const gg_exchange *x = stream->x;
    uint64_t due = UINT64_MAX;
    if (!stream->seen || stream->reset)
        return due;
    if (stream->response_sent)
        return stream->pinged ? due : gg_later(stream->sent_ns, GG_H2_EARLY_NS);
    bool has_room = stream->unconsumed < limits->stream_window; /* else it waits for us */
    if (!stream->request_ended && gg_exchange_listens(x) && !x->patient && has_room)
        due = gg_later(stream->heard_ns, limits->body_ns);
    uint64_t write_due = stream->out.len > 0 ? gg_later(stream->sent_ns, limits->write_ns) : UINT64_MAX;
    return write_due < due ? write_due : due;
}

void gg_h2_watch(gg_h2_stream *stream)
{
    gg_timer *timer = &stream->h2->stall;
    uint64_t due = due_of(stream);
    if (due != UINT64_MAX && (!timer->armed || due < timer->due_ns))
        gg_timer_start(stream->h2->config->sched, timer, due);
}

void gg_h2_stalled(gg_timer *timer)
{
    gg_h2 *h2 = (gg_h2 *)(void *)((char *)timer - offsetof(gg_h2, stall));
    uint64_t now = h2->config->sched->now_ns;
    for (gg_h2_stream *stream = h2->streams; stream != NULL && !h2->broken; stream = stream->next) {
        if (due_of(stream) <= now && stream->response_sent) {
            stream->pinged = true;
            gg_h2_ping(h2, stream->id); /* RST_STREAM follows the answer */
        } else if (due_of(stream) <= now) {
            gg_h2_reset(stream, NGHTTP2_CANCEL); /* it leaves the list when the frame is sent */
        } else {
            gg_h2_watch(stream);
        }
    }
}
