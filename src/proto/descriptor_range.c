/* descriptor_range.c -- numbers and names that are reserved, and numbers left to extensions (descriptor.h).
 *
 *   message M { reserved 2, 9 to 11; reserved "old"; extensions 100 to 199; }
 *
 * Ranges are sorted and must not overlap, so each number is looked up in one of them.
 * Spec: google/protobuf/descriptor.proto, DescriptorProto.ExtensionRange and ReservedRange. */
#include "proto/descriptor.h"

#include <stdlib.h>

static int compare_ranges(const void *a, const void *b)
{
    const gg_desc_range *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* open: the end does not belong to the range. */
static bool reaches(const gg_desc_range *range, bool open, int32_t number)
{
    return open ? number < range->end : number <= range->end;
}

/* Of ranges that overlap the later one is made to end where both have ended: one look finds every number still. */
static void sort_ranges(gg_desc_set *set, const gg_desc_file *file, gg_str symbol, gg_desc_range *ranges, size_t count,
    bool open)
{
    if (count > 1)
        qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].end < ranges[i].start || (open && ranges[i].end == ranges[i].start))
            gg_desc_fault(set, file, symbol, "a range of numbers from %d to %d", (int)ranges[i].start,
                (int)ranges[i].end);
        else if (i > 0 && reaches(&ranges[i - 1], open, ranges[i].start))
            gg_desc_fault(set, file, symbol, "two ranges of numbers with %d in them", (int)ranges[i].start);
        if (i > 0 && ranges[i].end < ranges[i - 1].end)
            ranges[i].end = ranges[i - 1].end;
    }
}

static bool is_in(const gg_desc_range *ranges, size_t count, bool open, int32_t number)
{
    size_t low = 0, high = count;
    while (low < high) { /* the last range that begins at the number or before */
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].start <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && reaches(&ranges[low - 1], open, number);
}

/* The names as a set. */
static gg_rc name_set(gg_desc_set *set, const gg_str *names, size_t count, gg_map *out)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < count && rc != GG_ENOMEM; i++)
        if (names[i].len > 0)
            rc = gg_map_put(out, names[i], "");
    set->out_of_memory |= rc == GG_ENOMEM;
    return rc == GG_ENOMEM ? rc : GG_OK;
}

void gg_desc_sort_ranges(gg_desc_set *set, gg_desc_message *m)
{
    sort_ranges(set, m->file, m->full_name, m->extension_ranges, m->extension_range_count, true);
    sort_ranges(set, m->file, m->full_name, m->reserved_ranges, m->reserved_range_count, true);
}

gg_rc gg_desc_check_ranges(gg_desc_set *set, const gg_desc_message *m)
{
    gg_map reserved = { 0 };
    gg_rc rc = name_set(set, m->reserved_names, m->reserved_name_count, &reserved);
    for (size_t i = 0; i < m->field_count && rc == GG_OK; i++) {
        const gg_desc_field *f = &m->fields[i];
        if (is_in(m->reserved_ranges, m->reserved_range_count, true, f->number))
            gg_desc_fault(set, m->file, f->full_name, "number %d is reserved", (int)f->number);
        if (is_in(m->extension_ranges, m->extension_range_count, true, f->number))
            gg_desc_fault(set, m->file, f->full_name, "number %d is left to extensions", (int)f->number);
        if (gg_map_get(&reserved, f->name) != NULL)
            gg_desc_fault(set, m->file, f->full_name, "the name is reserved");
    }
    gg_map_deinit(&reserved);
    return rc;
}

gg_rc gg_desc_check_enum_ranges(gg_desc_set *set, gg_desc_enum *e)
{
    gg_map reserved = { 0 };
    sort_ranges(set, e->file, e->full_name, e->reserved_ranges, e->reserved_range_count, false);
    gg_rc rc = name_set(set, e->reserved_names, e->reserved_name_count, &reserved);
    for (size_t i = 0; i < e->value_count && rc == GG_OK; i++) {
        const gg_desc_enum_value *v = &e->values[i];
        if (is_in(e->reserved_ranges, e->reserved_range_count, false, v->number))
            gg_desc_fault(set, e->file, e->full_name, "number %d of %.*s is reserved", (int)v->number,
                GG_STR_ARG(v->name));
        if (gg_map_get(&reserved, v->name) != NULL)
            gg_desc_fault(set, e->file, e->full_name, "the name %.*s is reserved", GG_STR_ARG(v->name));
    }
    gg_map_deinit(&reserved);
    return rc;
}

gg_rc gg_desc_check_extension_number(gg_desc_set *set, const gg_desc_field *extension)
{
    const gg_desc_message *m = extension->extendee;
    if (is_in(m->extension_ranges, m->extension_range_count, true, extension->number))
        return GG_OK;
    return gg_desc_fault(set, extension->file, extension->full_name, "%.*s leaves no number %d to extensions",
        GG_STR_ARG(m->full_name), (int)extension->number);
}
