#include "watch_view.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "number.h"
#include "record.h"
#include "sparkline.h"
#include "units.h"
#include "wrap.h"

enum { CELL = 32, CHANGES_SHOWN = 10, GROUPS_SHOWN = 8, MEMBERS_SHOWN = 20 };

static const double mib = 1 << 20;

static const char *bytes_text(int64_t bytes, char *out, size_t size)
{
    if (bytes == RECORD_NA)
        (void)snprintf(out, size, "n/a");
    else
        (void)units_format_bytes((double)bytes, out, size);
    return out;
}

const char *watch_view_change(int64_t bytes, char *out, size_t size)
{
    size_t sign = bytes != 0;
    out[0] = bytes > 0 ? '+' : '-';
    (void)units_format_bytes((double)llabs(bytes), out + sign, size - sign);
    return out;
}

static bool is_shown(const struct watch_view *view, const struct watch_column *column)
{
    return column->head && column->when != (view->agent ? WATCH_WITHOUT_AGENT : WATCH_WITH_AGENT);
}

void watch_view_head(const struct watch_view *view, const struct watch_target *target)
{
    const struct passwd *owner = target->uid == RECORD_NA ? NULL : getpwuid((uid_t)target->uid);
    (void)printf("process %d (%s) of %s%s, MiB\n\n", (int)target->pid, target->name,
                 owner ? owner->pw_name : "an unknown user",
                 view->tree ? " and its descendants" : "");
    (void)printf("%8s", "TIME");
    for (const struct watch_column *column = watch_columns; column->name; column++)
        if (is_shown(view, column))
            (void)printf(" %7s", column->head);
    (void)printf(" %4s\n", view->tree ? "PROC" : "THR");
}

/* "00:01:05", and where looks are less than a second apart "01:05.20". */
static const char *time_text(const struct watch_view *view, int64_t elapsed_ns, char *out,
                             size_t size)
{
    int64_t hundredths = (elapsed_ns + CLOCK_NS_PER_S / 200) / (CLOCK_NS_PER_S / 100);
    int64_t seconds = (elapsed_ns + CLOCK_NS_PER_S / 2) / CLOCK_NS_PER_S;
    if (view->every_ns < CLOCK_NS_PER_S)
        (void)snprintf(out, size, "%02" PRId64 ":%02" PRId64 ".%02" PRId64, hundredths / 6000,
                       hundredths / 100 % 60, hundredths % 100);
    else
        (void)snprintf(out, size, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600,
                       seconds / 60 % 60, seconds % 60);
    return out;
}

void watch_view_look(struct watch_view *view, const struct watch_reading *reading,
                     int64_t elapsed_ns)
{
    char cell[CELL];
    char spark[SPARKLINE_TEXT_MAX];
    double top = 0;
    (void)memmove(view->curve, view->curve + 1, sizeof view->curve - sizeof *view->curve);
    view->curve[WATCH_VIEW_CELLS - 1] = (double)reading->rss_bytes;
    view->shown += view->shown < WATCH_VIEW_CELLS;
    const double *curve = view->curve + WATCH_VIEW_CELLS - view->shown;
    for (size_t i = 0; i < view->shown; i++)
        top = fmax(top, curve[i]);
    (void)sparkline(curve, view->shown, top, view->shown, view->style.utf8, spark);
    (void)printf("%8s", time_text(view, elapsed_ns, cell, sizeof cell));
    for (const struct watch_column *column = watch_columns; column->name; column++) {
        int64_t value = watch_column_value(column, reading);
        if (is_shown(view, column))
            (void)printf(" %7s", number_format(value == RECORD_NA ? NAN : (double)value / mib, cell,
                                               sizeof cell));
    }
    (void)printf(" %4" PRId64 "  %s\n", view->tree ? reading->processes : reading->threads, spark);
}

/* A path without its folders. */
static const char *short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

static bool alike(const struct mapping_change *left, const struct mapping_change *right)
{
    return left->event == right->event && left->kind == right->kind &&
           left->rss_after - left->rss_before == right->rss_after - right->rss_before &&
           left->size_after - left->size_before == right->size_after - right->size_before &&
           strcmp(left->name, right->name) == 0;
}

/* `times` of the same in a row are one line. */
static void print_change(const struct mapping_change *change, size_t times)
{
    char size[CELL];
    char rss[CELL];
    char now[CELL];
    char where[CELL];
    if (times > 1)
        (void)snprintf(where, sizeof where, "%zu times", times);
    else
        (void)snprintf(where, sizeof where, "%" PRIx64, change->start);
    (void)printf("  %-6s %12s %9s = %-9s size %9s  %.20s\n", mapping_event_names[change->event],
                 where, watch_view_change(change->rss_after - change->rss_before, rss, sizeof rss),
                 bytes_text(change->rss_after, now, sizeof now),
                 watch_view_change(change->size_after - change->size_before, size, sizeof size),
                 change->name[0] ? short_name(change->name) : mapping_kind_names[change->kind]);
}

void watch_view_changes(const struct mappings *before, const struct mappings *now)
{
    AUTO(mapping_changes) struct mapping_changes changes = {.count = 0};
    int64_t totals[MAPPING_KINDS];
    int64_t rest = 0;
    char text[CELL];
    const char *separator = "";
    if (before->count > 0)
        mappings_compare(before, now, &changes);
    size_t i = 0;
    for (size_t lines = 0, times = 0; i < changes.count && lines < CHANGES_SHOWN; lines++) {
        for (times = 1; i + times < changes.count; times++)
            if (!alike(&changes.list[i], &changes.list[i + times]))
                break;
        print_change(&changes.list[i], times);
        i += times;
    }
    size_t more = changes.count - i;
    for (; i < changes.count; i++)
        rest += changes.list[i].rss_after - changes.list[i].rss_before;
    if (more)
        (void)printf("  and %zu more: %s\n", more, watch_view_change(rest, text, sizeof text));
    mappings_totals(now, totals);
    (void)printf("  resident: ");
    for (int kind = 0; kind < MAPPING_KINDS; kind++) {
        if (totals[kind] == 0)
            continue;
        (void)printf("%s%s %s", separator, mapping_kind_names[kind],
                     bytes_text(totals[kind], text, sizeof text));
        separator = ", ";
    }
    (void)printf("\n");
}

void watch_view_kinds(const struct watch_view *view, const int64_t first[MAPPING_KINDS],
                      const struct mappings *last)
{
    char cell[CELL];
    int64_t now[MAPPING_KINDS];
    mappings_totals(last, now);
    (void)printf("\n%-16s %10s %10s %12s\n", "resident", "first", "last", "change");
    for (int kind = 0; kind < MAPPING_KINDS; kind++) {
        if (first[kind] == 0 && now[kind] == 0)
            continue;
        (void)printf("%-16s %10s", mapping_kind_names[kind],
                     bytes_text(first[kind], cell, sizeof cell));
        (void)printf(" %10s", bytes_text(now[kind], cell, sizeof cell));
        (void)printf(" %12s\n", watch_view_change(now[kind] - first[kind], cell, sizeof cell));
    }
    wrap_print(stdout, &view->style, LOOK_DIM, "", 0,
               "Heap and arenas are the allocator's: live, or kept. Stacks, shared memory and "
               "files lie outside it. Anonymous mappings may be either.");
}

void watch_view_groups(const struct watch_view *view, const struct mappings *mappings,
                       int64_t threads)
{
    AUTO(mapping_groups) struct mapping_groups groups = {.count = 0};
    char text[512];
    char cell[CELL];
    char mark[2 * CELL];
    int64_t rest = 0;
    size_t resident = 0;
    mapping_groups_make(mappings, &groups);
    while (resident < groups.count && groups.list[resident].rss_bytes > 0)
        resident++;
    (void)printf("\nresident at the last look at its mappings:\n");
    for (size_t i = 0; i < resident; i++) {
        if (i >= GROUPS_SHOWN) {
            rest += groups.list[i].rss_bytes;
            continue;
        }
        (void)snprintf(mark, sizeof mark, "%10s  ",
                       bytes_text(groups.list[i].rss_bytes, cell, sizeof cell));
        wrap_print(stdout, &view->style, LOOK_PLAIN, mark, 12,
                   mapping_group_text(&groups.list[i], threads, text, sizeof text));
    }
    if (resident > GROUPS_SHOWN)
        (void)printf("%10s  in %zu other kinds of mappings\n", bytes_text(rest, cell, sizeof cell),
                     resident - GROUPS_SHOWN);
}

/* The largest first; those that have ended with what they had last. */
static int by_share(const void *a, const void *b)
{
    const struct watch_member *const *left = a;
    const struct watch_member *const *right = b;
    return ((*left)->pss_last_bytes < (*right)->pss_last_bytes) -
           ((*left)->pss_last_bytes > (*right)->pss_last_bytes);
}

void watch_view_members(const struct watch_tree *tree)
{
    char first[CELL];
    char last[CELL];
    const struct watch_member **order = calloc(tree->count + 1, sizeof(struct watch_member *));
    if (!order)
        abort();
    for (size_t i = 0; i < tree->count; i++)
        order[i] = &tree->list[i];
    qsort(order, tree->count, sizeof(struct watch_member *), by_share);
    (void)printf("\n%8s  %-16s %10s %10s\n", "PID", "processes", "first PSS", "last PSS");
    for (size_t i = 0; i < tree->count && i < MEMBERS_SHOWN; i++)
        (void)printf("%8d  %-16.16s %10s %10s%s\n", (int)order[i]->target.pid,
                     order[i]->target.name,
                     bytes_text(order[i]->pss_first_bytes, first, sizeof first),
                     bytes_text(order[i]->pss_last_bytes, last, sizeof last),
                     order[i]->ended ? "  ended" : "");
    if (tree->count > MEMBERS_SHOWN)
        (void)printf("          and %zu more, each smaller than these\n",
                     tree->count - MEMBERS_SHOWN);
    free(order);
}

void watch_view_unmapped(const struct watch_view *view, const struct unmapped_files *first,
                         const struct unmapped_files *held)
{
    char text[320];
    char bytes[32];
    char change[32];
    if (held->count == 0 && first->count == 0)
        return;
    (void)snprintf(
        text, sizeof text,
        "  unmapped: %zu memfd%s or file%s of /dev/shm that %s open and not mapped hold%s "
        "%s (%s since the first look): RSS does not count this, the cgroup does. Next: "
        "look for descriptors that are never closed",
        held->count, held->count == 1 ? "" : "s", held->count == 1 ? "" : "s",
        held->count == 1 ? "is" : "are", held->count == 1 ? "s" : "",
        units_format_bytes((double)held->bytes, bytes, sizeof bytes),
        watch_view_change(held->bytes - first->bytes, change, sizeof change));
    wrap_print(stdout, &view->style, LOOK_PLAIN, "", 2, text + 2);
}

void watch_view_unread(const struct attribution *attribution, int code)
{
    char text[320];
    const struct finding *huge = findings_get(&attribution->findings, FINDING_HUGE_PAGES);
    if (code == 0 || !huge || huge->padding_told)
        return;
    (void)snprintf(text, sizeof text, "How much of the huge pages is padding was not looked at: %s",
                   code == -EFBIG ? "the mappings that have them hold more than 2 GiB"
                   : code == -EACCES || code == -EPERM
                       ? "the kernel lets nobody but root and the parents of a process read its "
                         "memory (sysctl kernel.yama.ptrace_scope)"
                       : strerror(-code));
    wrap_print_last(stdout, "", text);
}
