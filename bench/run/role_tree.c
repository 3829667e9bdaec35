#include "role_tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "grow.h"
#include "mappings.h"
#include "orphans.h"
#include "record_fields.h"
#include "text.h"

/* AnonHugePages and LazyFree count in each process that has them: told while what is anonymous and
 * shared is less than this of all that is anonymous. */
static const double shared_limit = 0.02;

void role_tree_name(struct role_process *process)
{
    char text[64];
    if (procfs_slurp(process->procfs.dir_fd, "comm", text, sizeof text) <= 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    text_printable(text);
    if (process->row)
        (void)snprintf(process->name, sizeof process->name, "%.40s/%zu", text, process->row);
    else
        (void)text_copy(process->name, sizeof process->name, text);
}

static void trouble(struct role_tree *tree, const char *name, const char *what)
{
    if (!tree->trouble[0])
        (void)snprintf(tree->trouble, sizeof tree->trouble, "%.60s: %.180s", name, what);
}

static void become_several(struct role_tree *tree)
{
    tree->several = tree->several || tree->count > 1;
    for (size_t i = 0; i < tree->count; i++)
        tree->list[i].procfs.shares = tree->several;
}

static bool open_process(struct role_tree *tree, pid_t pid, struct role_process *out)
{
    struct err err = ERR_INIT;
    int64_t rss = 0, anon = 0;
    *out = (struct role_process){.procfs = PROCFS_INIT, .agent = TREE_AGENT_INIT};
    int code = procfs_open(pid, &out->procfs, &err);
    if (code < 0 && code != -ENOENT && code != -ESRCH)
        trouble(tree, "one of its processes", err.text);
    if (code < 0 || procfs_read_statm(&out->procfs, &rss, &anon) < 0) {
        procfs_close(&out->procfs);
        return false;
    }
    tree->seen++;
    tree->changed = true;
    role_tree_name(out);
    return true;
}

int role_tree_attach(struct role_tree *tree, pid_t pid, struct err *err)
{
    struct role_process root = {.procfs = PROCFS_INIT, .agent = TREE_AGENT_INIT};
    int code = procfs_open(pid, &root.procfs, err);
    if (code < 0)
        return code;
    role_tree_name(&root);
    tree->list = grow(tree->list, tree->count, sizeof *tree->list);
    (void)memmove(tree->list + 1, tree->list, tree->count * sizeof *tree->list);
    tree->list[0] = root;
    tree->count++;
    tree->seen++;
    tree->attached = true;
    become_several(tree);
    return 0;
}

struct role_process *role_tree_add(struct role_tree *tree, pid_t pid)
{
    struct role_process process;
    for (size_t i = 0; i < tree->count; i++)
        if (tree->list[i].procfs.pid == pid && !tree->list[i].ended)
            return &tree->list[i];
    if (role_tree_living(tree) >= ROLE_TREE_MAX) {
        trouble(tree, "too many processes", "heapchurn measures 256 of a role at one time");
        return NULL;
    }
    if (!open_process(tree, pid, &process))
        return NULL;
    tree->list = grow(tree->list, tree->count, sizeof *tree->list);
    tree->list[tree->count++] = process;
    become_several(tree);
    return &tree->list[tree->count - 1];
}

size_t role_tree_living(const struct role_tree *tree)
{
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++)
        count += !tree->list[i].ended;
    return count;
}

/* What lost its parent is the driver's child, and somebody's. */
static void add_orphans(struct process_tree *now, const struct process_tree *others)
{
    AUTO(process_tree) struct process_tree left = {.count = 0};
    orphans_list(&left);
    for (size_t i = 0; i < left.count; i++) {
        pid_t parent = 0, group = 0;
        if (!process_tree_has(others, left.list[i]) &&
            process_tree_parent(left.list[i], &parent, &group) == 0 &&
            !process_tree_has(others, group))
            process_tree_add(now, left.list[i]);
    }
}

static void note_end(struct role_tree *tree, struct role_process *process)
{
    role_tree_note_last(tree, process);
    process->ended = true;
    tree->changed = true;
    cleanup_close(&process->procfs.statm_fd);
    process->procfs.statm_fd = -1;
    tree_agent_dismiss(&process->agent, "it has ended");
}

/* Nothing can be read of it any more. */
static void drop_collected(struct role_tree *tree)
{
    struct record_snapshot cpu;
    size_t kept = 0;
    for (size_t i = 0; i < tree->count; i++) {
        struct role_process *process = &tree->list[i];
        if (i == 0 || !process->ended || procfs_read_cpu(&process->procfs, &cpu) == 0) {
            tree->list[kept++] = *process;
            continue;
        }
        tree->lost = tree->lost || process->at_baseline;
        procfs_close(&process->procfs);
        tree_agent_close(&process->agent);
    }
    tree->count = kept;
}

void role_tree_walk(struct role_tree *tree, const struct process_tree *others)
{
    AUTO(process_tree) struct process_tree now = {.count = 0};
    int64_t rss = 0, anon = 0;
    tree->walked_ns = clock_now_ns();
    for (size_t i = 0; i < tree->count; i++) {
        struct role_process *process = &tree->list[i];
        if (!process->ended && procfs_read_statm(&process->procfs, &rss, &anon) < 0)
            note_end(tree, process);
        if (!process->ended)
            process_tree_add(&now, process->procfs.pid);
    }
    drop_collected(tree);
    add_orphans(&now, others);
    process_tree_grow(&now);
    for (size_t i = 0; i < now.count && !tree->trouble[0]; i++)
        (void)role_tree_add(tree, now.list[i]);
}

void role_tree_begin(struct role_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        tree->list[i].at_baseline = !tree->list[i].ended;
        (void)procfs_reset_peak(&tree->list[i].procfs);
    }
}

static int64_t above_zero(int64_t value)
{
    return value > 0 ? value : 0;
}

int role_tree_read_statm(struct role_tree *tree, int64_t *out_rss, int64_t *out_anon)
{
    int64_t rss = 0, anon = 0;
    size_t living = 0;
    for (size_t i = 0; i < tree->count; i++) {
        struct role_process *process = &tree->list[i];
        int64_t own_rss = 0, own_anon = 0;
        if (process->ended)
            continue;
        if (procfs_read_statm(&process->procfs, &own_rss, &own_anon) < 0 || own_rss == 0) {
            if (tree->several) /* one that has ended holds nothing */
                note_end(tree, process);
            continue;
        }
        rss += above_zero(own_rss - process->beyond_rss_bytes);
        own_anon = above_zero(own_anon - process->beyond_anon_bytes);
        anon += own_anon;
        if (own_anon > process->most_anon_bytes)
            process->most_anon_bytes = own_anon;
        living++;
    }
    if (living == 0 || (tree->several && tree->changed))
        return living == 0 ? -ESRCH : -EAGAIN;
    *out_rss = rss;
    *out_anon = anon;
    return 0;
}

/* NA once, NA for ever. */
static void add(int64_t *sum, int64_t term)
{
    *sum = *sum < 0 || term < 0 ? RECORD_NA : *sum + term;
}

static void add_fields(const struct field *table, size_t count, void *sum, const void *term)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].kind == FIELD_I64)
            add(field_i64(&table[i], sum), field_get_i64(&table[i], term));
}

static void clear_unshared(int64_t *bytes, int64_t shared_bytes, int64_t anon_bytes)
{
    if (*bytes > 0 && (double)shared_bytes > shared_limit * (double)anon_bytes)
        *bytes = RECORD_NA;
}

/* What is shared: statm counts it in each. */
static int64_t anon_beyond(const struct role_tree *tree)
{
    int64_t sum = 0;
    for (size_t i = 0; i < tree->count; i++)
        sum += tree->list[i].ended ? 0 : above_zero(tree->list[i].beyond_anon_bytes);
    return sum;
}

static int read_share(struct role_tree *tree, struct role_process *process,
                      struct record_sample *out)
{
    int64_t rss = 0, anon = 0;
    record_sample_init(out);
    int code =
        procfs_read_rollup(&process->procfs, record_sample_fields, record_sample_field_count, out);
    if (code == 0)
        code = procfs_read_statm(&process->procfs, &rss, &anon);
    if (code == -ESRCH || code == -ENOENT) {
        note_end(tree, process);
        return -ESRCH;
    }
    if (code < 0) {
        trouble(tree, process->name, "its share of memory is shown to others only");
        return code;
    }
    process->beyond_rss_bytes = rss - out->rss_bytes;
    process->beyond_anon_bytes = anon - out->rss_anon_bytes;
    process->share_bytes = out->pss_bytes;
    process->share_anon_bytes = out->rss_anon_bytes;
    return 0;
}

int role_tree_read_exact(struct role_tree *tree, struct record_sample *out)
{
    struct record_sample sum = *out, one;
    if (!tree->several)
        return procfs_read_rollup(&tree->list[0].procfs, record_sample_fields,
                                  record_sample_field_count, out);
    for (size_t i = 0; i < record_sample_field_count; i++)
        *field_i64(&record_sample_fields[i], &sum) = 0;
    tree->changed = false; /* unless somebody ends meanwhile */
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->list[i].ended)
            continue;
        int code = read_share(tree, &tree->list[i], &one);
        if (code < 0 && code != -ESRCH)
            return code;
        if (code == 0)
            add_fields(record_sample_fields, record_sample_field_count, &sum, &one);
    }
    int64_t shared_bytes = anon_beyond(tree);
    clear_unshared(&sum.lazy_free_bytes, shared_bytes, sum.rss_anon_bytes);
    clear_unshared(&sum.anon_huge_bytes, shared_bytes, sum.rss_anon_bytes);
    sum.stack_bytes = out->stack_bytes;
    sum.processes = out->processes;
    *out = sum;
    return 0;
}

int64_t role_tree_stack_bytes(const struct role_tree *tree)
{
    int64_t sum = 0;
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->list[i].ended)
            add(&sum, mappings_stack_bytes(tree->list[i].procfs.dir_fd));
    return sum;
}

void role_tree_read_snapshot(struct role_tree *tree, struct record_snapshot *out)
{
    struct record_snapshot sum = {.taken = true}, one;
    bool same = !tree->lost;
    if (!tree->several) {
        procfs_read_snapshot(&tree->list[0].procfs, out);
        return;
    }
    for (size_t i = 0; i < tree->count; i++) {
        const struct role_process *process = &tree->list[i];
        bool ended = process->ended;
        one = (struct record_snapshot){.taken = true};
        same = same && !ended && process->at_baseline;
        if (!ended) {
            fields_clear(record_snapshot_fields, record_snapshot_field_count, &one);
            procfs_read_snapshot(&process->procfs, &one);
            one.elapsed_ns = one.stack_bytes = one.stat_read_ns = one.rss_peak_bytes = 0;
        } else {
            (void)procfs_read_cpu(&process->procfs, &one); /* until it is collected */
        }
        add_fields(record_snapshot_fields, record_snapshot_field_count, &sum, &one);
    }
    int64_t shared_bytes = anon_beyond(tree);
    clear_unshared(&sum.lazy_free_bytes, shared_bytes, sum.rss_anon_bytes);
    clear_unshared(&sum.anon_huge_bytes, shared_bytes, sum.rss_anon_bytes);
    clear_unshared(&sum.huge_zero_bytes, shared_bytes, sum.rss_anon_bytes);
    sum.elapsed_ns = out->elapsed_ns;
    sum.rss_peak_bytes = RECORD_NA; /* each had its own at another time */
    if (!same)                      /* of living threads: no difference to before means anything */
        sum.run_delay_ns = sum.voluntary_switches = sum.involuntary_switches = RECORD_NA;
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sum.stat[i] = ALLOCATOR_NA;
    *out = sum;
}

void role_tree_add_life(const struct role_tree *tree, struct record_snapshot *out)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct procfs procfs = tree->list[i].procfs;
        struct record_snapshot one = {.taken = true};
        procfs.shares = true; /* with its children */
        if (procfs_read_cpu(&procfs, &one) == 0)
            add_fields(record_snapshot_fields, record_snapshot_field_count, out, &one);
    }
}

void role_tree_close(struct role_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        procfs_close(&tree->list[i].procfs);
        tree_agent_close(&tree->list[i].agent);
    }
    free(tree->list);
    *tree = (struct role_tree){.count = 0};
}
