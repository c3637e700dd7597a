/* extension.h -- what libgg knows of a library that it does not link: a kind, and a table behind it.
 *
 * The table's type belongs to the layer that uses it.  Both libraries are of one release: `abi` is raised whenever the
 * table changes, and what does not match is refused. */
#ifndef GG_SRC_BASE_EXTENSION_H
#define GG_SRC_BASE_EXTENSION_H

#include "gg/base.h"

typedef enum gg_extension_kind {
    GG_EXTENSION_TLS = 1 /* table: gg_tls_provider (http/tls.h) */
} gg_extension_kind;

struct gg_extension {
    uint32_t kind, abi;
    const void *table;
};

/* The table, if the extension is of that kind and made for that interface; else NULL. */
static inline const void *gg_extension_table(const gg_extension *extension, gg_extension_kind kind, uint32_t abi)
{
    bool fits = extension != NULL && extension->kind == (uint32_t)kind && extension->abi == abi;
    return fits ? extension->table : NULL;
}

#endif
