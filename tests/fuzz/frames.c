/* frames.c -- steps and laws of the targets of HTTP/2 (frames.h). */
#include "frames.h"

#include <nghttp2/nghttp2.h>

enum { FRAME_MAX = 16384, OUT_MAX = 1 << 20 /* bytes that a codec may have to say at once */ };

bool frames_next(gg_str *input, frames_step *step)
{
    if (input->len == 0)
        return false;
    unsigned char head = (unsigned char)input->ptr[0];
    *input = gg_str_of(input->ptr + 1, input->len - 1);
    *step = (frames_step){ .kind = FRAMES_BYTES, .number = head & 63 };
    if (head >> 6 >= 2) {
        step->kind = head >> 6 == 2 ? FRAMES_TIME : FRAMES_OTHER;
        return true;
    }
    size_t len = step->number * (head >> 6 == 1 ? 8 : 1);
    len = len < input->len ? len : input->len;
    step->bytes = gg_str_of(input->ptr, len);
    *input = gg_str_of(input->ptr + len, input->len - len);
    return true;
}

void frames_take(frames_sent *sent, gg_codec *codec)
{
    size_t total = 0;
    for (gg_str out; (out = codec->ops->output(codec)).len > 0;) {
        size_t at = 0, begin = 0;
        gg_h2_head head;
        while (gg_h2_heads_next(&sent->heads, out, &at, &begin, &head)) {
            LAW(!sent->over, "a frame of type %u after the last GOAWAY", head.type);
            LAW(head.len <= FRAME_MAX, "a frame of %u bytes", head.len);
            LAW(sent->count > 0 || head.type == NGHTTP2_SETTINGS, "type %u before SETTINGS", head.type);
            bool whole = out.len - at >= 8;
            LAW(head.type != NGHTTP2_GOAWAY || whole, "half a GOAWAY");
            sent->over = head.type == NGHTTP2_GOAWAY && memcmp(out.ptr + at + 4, "\0\0\0\0", 4) != 0;
            sent->count++;
        }
        total += out.len;
        LAW(total < OUT_MAX, "it says more and more");
        codec->ops->sent(codec, out.len);
    }
    LAW(sent->heads.len == 0 && sent->heads.skip == 0, "half a frame");
}

void frames_settle(frames_sent *sent, gg_codec *codec, gg_sched *sched, uint64_t ns)
{
    gg_sched_run(sched, sched->now_ns + ns);
    frames_take(sent, codec);
    while (sched->head != NULL) { /* ends: each step of a front is caused by bytes */
        gg_sched_run(sched, sched->now_ns);
        frames_take(sent, codec);
    }
}
