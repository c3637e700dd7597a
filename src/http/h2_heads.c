/* h2_heads.c -- finds frame heads (h2_heads.h). */
#include "http/h2_heads.h"

static gg_h2_head decode(const unsigned char *p)
{
    return (gg_h2_head){ .len = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2],
        .type = p[3],
        .flags = p[4],
        .id = (int32_t)((uint32_t)(p[5] & 0x7f) << 24 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 8 | p[8]) };
}

bool gg_h2_heads_next(gg_h2_heads *heads, gg_str bytes, size_t *at, size_t *begin, gg_h2_head *head)
{
    size_t left = bytes.len - *at;
    size_t skipped = heads->skip < left ? heads->skip : left;
    heads->skip -= (uint32_t)skipped;
    *at += skipped;
    left -= skipped;
    *begin = heads->len == 0 ? *at : 0;
    size_t missing = GG_H2_HEAD_LEN - heads->len;
    size_t taken = missing < left ? missing : left;
    memcpy(heads->bytes + heads->len, bytes.ptr + *at, taken);
    heads->len += taken;
    *at += taken;
    if (heads->len < GG_H2_HEAD_LEN)
        return false;
    *head = decode(heads->bytes);
    heads->len = 0;
    heads->skip = head->len;
    return true;
}
