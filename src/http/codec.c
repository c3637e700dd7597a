/* codec.c -- what both codecs share: telling them apart, and the answers that no front makes.
 *
 * Spec: RFC 9113, 3.4: the client connection preface.  Every other beginning is HTTP/1.1's to judge. */
#include "http/codec.h"
#include "http/field.h"

gg_rc gg_codec_sniff(gg_str first_bytes, bool *is_h2)
{
    static const char preface[GG_H2_PREFACE_LEN + 1] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    size_t len = first_bytes.len < GG_H2_PREFACE_LEN ? first_bytes.len : GG_H2_PREFACE_LEN;
    if (len > 0 && memcmp(first_bytes.ptr, preface, len) != 0) {
        *is_h2 = false;
        return GG_OK;
    }
    if (len < GG_H2_PREFACE_LEN)
        return GG_NEED_MORE;
    *is_h2 = true;
    return GG_OK;
}

void gg_codec_error_body(const gg_codec_config *config, int status, gg_str *content_type, gg_str *body)
{
    *content_type = GG_STR("text/plain; charset=utf-8");
    *body = gg_http_reason(status);
    if (config->error_body != NULL)
        config->error_body(status, content_type, body);
}
