/* h2_mem.c -- free lists of small blocks for one nghttp2 session. */
#include "http/h2_mem.h"

#include "base/asan.h"

#include <stdlib.h>

struct gg_h2_block {   /* before every block */
    gg_h2_block *next; /* when kept */
    size_t len;        /* usable bytes */
    _Alignas(max_align_t) unsigned char data[];
};

static size_t class_of(size_t len)
{
    return len == 0 ? 0 : (len - 1) / GG_H2_BLOCK_STEP;
}

static gg_h2_block *block_of(void *ptr)
{
    return (gg_h2_block *)(void *)((unsigned char *)ptr - offsetof(gg_h2_block, data));
}

void *gg_h2_malloc(size_t len, void *user)
{
    gg_h2_mem *mem = user;
    size_t class_ = class_of(len);
    size_t usable = len;
    gg_h2_block *block = NULL;
    if (class_ < GG_H2_BLOCK_CLASSES) {
        usable = (class_ + 1) * GG_H2_BLOCK_STEP;
        block = mem->free[class_];
        if (block != NULL) {
            mem->free[class_] = block->next;
            mem->kept_len -= usable;
        }
    } else if (len > SIZE_MAX - sizeof *block) {
        return NULL;
    }
    if (block == NULL)
        block = malloc(sizeof *block + usable);
    if (block == NULL)
        return NULL;
    block->len = usable;
    GG_UNPOISON(block->data, usable);
    return block->data;
}

void *gg_h2_calloc(size_t count, size_t len, void *user)
{
    if (len != 0 && count > SIZE_MAX / len)
        return NULL;
    void *ptr = gg_h2_malloc(count * len, user);
    return ptr != NULL ? memset(ptr, 0, count * len) : NULL;
}

void gg_h2_free(void *ptr, void *user)
{
    gg_h2_mem *mem = user;
    if (ptr == NULL)
        return;
    gg_h2_block *block = block_of(ptr);
    size_t class_ = class_of(block->len);
    if (class_ >= GG_H2_BLOCK_CLASSES || mem->kept_len + block->len > GG_H2_KEEP_LEN) {
        free(block);
        return;
    }
    GG_POISON(block->data, block->len); /* so that ASan still sees a use after free */
    mem->kept_len += block->len;
    block->next = mem->free[class_];
    mem->free[class_] = block;
}

void *gg_h2_realloc(void *ptr, size_t len, void *user)
{
    size_t old_len = ptr != NULL ? block_of(ptr)->len : 0;
    if (ptr != NULL && len <= old_len)
        return ptr;
    void *grown = gg_h2_malloc(len, user);
    if (grown != NULL && ptr != NULL) {
        memcpy(grown, ptr, old_len);
        gg_h2_free(ptr, user);
    }
    return grown;
}

void gg_h2_mem_trim(gg_h2_mem *mem)
{
    for (size_t i = 0; i < GG_H2_BLOCK_CLASSES; i++) {
        for (gg_h2_block *next; mem->free[i] != NULL; mem->free[i] = next) {
            next = mem->free[i]->next;
            GG_UNPOISON(mem->free[i]->data, mem->free[i]->len);
            free(mem->free[i]);
        }
    }
    mem->kept_len = 0;
}
