/* builtin.c -- finding one of the files that are built in (builtin.h; their bytes: builtin_files.c). */
#include "proto/builtin.h"

const gg_file_type *gg_builtin_file(gg_str name)
{
    for (size_t i = 0; i < gg_builtin_file_count; i++)
        if (gg_str_eq(gg_builtin_files[i]->name, name))
            return gg_builtin_files[i];
    return NULL;
}
