/* text.h -- small codecs on slices: base64, percent coding, UTF-8, numbers.  No I/O. */
#ifndef GG_SRC_BASE_TEXT_H
#define GG_SRC_BASE_TEXT_H

#include "gg/base.h"

/* -- base64 (RFC 4648, 4 and 5) -- */
typedef enum { GG_BASE64_PADDED, GG_BASE64_UNPADDED, GG_BASE64_URL_UNPADDED } gg_base64_form;
size_t gg_base64_encoded_len(size_t len, gg_base64_form form);
/* Writes exactly gg_base64_encoded_len bytes; returns that. */
size_t gg_base64_encode(char *out, gg_str bytes, gg_base64_form form);
/* Either alphabet, padded or not.  out holds at least text.len / 4 * 3 + 2 bytes.  Returns GG_OK and
 * *out_len, or GG_EPROTO. */
gg_rc gg_base64_decode(char *out, size_t *out_len, gg_str text);

/* -- percent coding (RFC 3986, 2.1) -- */
typedef enum {
    GG_UNESCAPE_ALL,
    GG_UNESCAPE_ALL_EXCEPT_SLASH,   /* %2F stays as received */
    GG_UNESCAPE_ALL_EXCEPT_RESERVED /* RFC 6570 reserved characters stay as received */
} gg_unescape_mode;
/* Decodes once; out holds text.len bytes (may be text.ptr itself).  plus_is_space for queries.
 * GG_EPROTO for a malformed escape. */
gg_rc gg_percent_decode(char *out, size_t *out_len, gg_str text, gg_unescape_mode mode, bool plus_is_space);
/* grpc-message (gRPC PROTOCOL-HTTP2, "Percent-Byte-Encoded"): out holds 3 * text.len bytes. */
size_t gg_grpc_message_encode(char *out, gg_str text);
/* The other way; out holds text.len bytes (may be text.ptr itself).  A malformed escape stays as it is. */
size_t gg_grpc_message_decode(char *out, gg_str text);

/* -- UTF-8 (RFC 3629): no surrogates, no overlong forms -- */
bool gg_utf8_valid(gg_str text);
/* Bytes of the longest valid prefix. */
size_t gg_utf8_valid_len(gg_str text);
/* Encodes one scalar value; returns 1 to 4. */
size_t gg_utf8_encode(char *out, uint32_t scalar);

/* -- numbers -- */
enum { GG_I64_TEXT_LEN = 20, GG_DOUBLE_TEXT_LEN = 32 };
size_t gg_u64_print(char *out, uint64_t value); /* at most GG_I64_TEXT_LEN bytes, no NUL */
size_t gg_i64_print(char *out, int64_t value);
/* Whole text, base 10, an optional sign.  GG_EPROTO if it is no integer, GG_ETOOBIG if out of range. */
gg_rc gg_i64_parse(gg_str text, int64_t *value);
gg_rc gg_u64_parse(gg_str text, uint64_t *value);
/* The shortest decimal that reads back as the same value; finite values only; no NUL. */
size_t gg_double_print(char *out, double value);
size_t gg_float_print(char *out, float value);
/* Whole text in JSON's number form (RFC 8259, 6), correctly rounded.  GG_ETOOBIG on overflow. */
gg_rc gg_double_parse(gg_str text, double *value);
gg_rc gg_float_parse(gg_str text, float *value);

/* -- case -- */
bool gg_str_eq_nocase(gg_str a, gg_str b); /* ASCII */
bool gg_str_starts(gg_str s, gg_str prefix);
bool gg_str_starts_nocase(gg_str s, gg_str prefix);

#endif
