#include "mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "line.h"
#include "map_line.h"
#include "mapping_marks.h"
#include "text.h"

const char *const mapping_kind_names[] = {"heap",          "arenas", "stacks", "anonymous",
                                          "shared memory", "files",  NULL};
const char *const mapping_event_names[] = {"grown", "shrunk", "new", "gone", NULL};

static const struct {
    const char *name;
    size_t offset; /* in struct mapping */
} keys[] = {
    {"Rss:", offsetof(struct mapping, rss_bytes)},
    {"Pss:", offsetof(struct mapping, pss_bytes)},
    {"Anonymous:", offsetof(struct mapping, anon_bytes)},
    {"LazyFree:", offsetof(struct mapping, lazy_free_bytes)},
    {"AnonHugePages:", offsetof(struct mapping, anon_huge_bytes)},
    {"Swap:", offsetof(struct mapping, swap_bytes)},
};

static int read_all(int dir_fd, char **out, struct err *err);
static bool parse_head(const char *text, struct mapping *out);
static void settle(struct mapping_changes *changes);
static int by_change(const void *a, const void *b);

/* An address space; no figure of a mapping is larger, so that sums of them fit. */
#define SPACE_MAX (INT64_C(1) << 47)

/* "VmFlags: rd wr mr mw me gu ac nh": each flag is two letters. */
static bool has_flag(const char *line, const char *flag)
{
    const char *end = line + strcspn(line, "\n");
    for (const char *at = strchr(line, ' '); at && at + 2 < end; at = strchr(at + 1, ' '))
        if (strncmp(at + 1, flag, 2) == 0)
            return true;
    return false;
}

/* One "Key:   12 kB" of an entry. True when it was its Rss line, which each entry has. */
static bool parse_value(const char *line, struct mapping *mapping)
{
    if (strncmp(line, "VmFlags:", strlen("VmFlags:")) == 0)
        mapping->guards_inside = has_flag(line, "gu") && has_flag(line, "nh");
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        size_t length = strlen(keys[i].name);
        if (strncmp(line, keys[i].name, length) == 0) {
            char *member = (char *)mapping + keys[i].offset;
            struct line rest = line_first(line + length);
            int64_t kib = 0;
            if (rest.text && line_take(&rest, " "))
                (void)line_take_count(&rest, &kib);
            *(int64_t *)(void *)member = kib <= SPACE_MAX / 1024 ? kib * 1024 : 0;
            return i == 0;
        }
    }
    return false;
}

int mappings_parse(const char *text, struct mappings *out)
{
    AUTO(mappings) struct mappings mappings = {.count = 0};
    bool whole = true; /* the last entry has its Rss line */
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        struct mapping mapping;
        if (parse_head(line, &mapping)) {
            mappings.count -= !whole;
            mappings.list = grow(mappings.list, mappings.count, sizeof mapping);
            mappings.list[mappings.count++] = mapping;
            whole = false;
        } else if (mappings.count == 0) {
            return -EPROTO;
        } else {
            whole |= parse_value(line, &mappings.list[mappings.count - 1]);
        }
    }
    mappings.count -= !whole;
    *out = (struct mappings){.list = TAKE_PTR(mappings.list), .count = mappings.count};
    return 0;
}

int mappings_read(int dir_fd, struct mappings *out, struct err *err)
{
    AUTO_FREE char *text = NULL;
    int code = read_all(dir_fd, &text, err);
    if (code < 0 || !text)
        return code;
    code = mappings_parse(text, out);
    if (code < 0)
        return err_set(err, code, "smaps: not in the format the kernel documents");
    mapping_marks_set(dir_fd, out);
    return 0;
}

/* Add a mapping of one look to the piece of memory it belongs to, or begin a new piece. Entries
 * come in order of address, so a piece it may belong to is one of the last. */
static void add(struct mapping_changes *changes, const struct mapping *mapping, bool after)
{
    enum { LOOK_BACK = 8 };
    struct mapping_change *piece = NULL;
    for (size_t i = changes->count; i > 0 && i + LOOK_BACK > changes->count && !piece; i--) {
        struct mapping_change *candidate = &changes->list[i - 1];
        if (candidate->end > mapping->start && strcmp(candidate->name, mapping->name) == 0)
            piece = candidate;
    }
    if (!piece) {
        changes->list = grow(changes->list, changes->count, sizeof *changes->list);
        piece = &changes->list[changes->count++];
        *piece = (struct mapping_change){.start = mapping->start, .kind = mapping->kind};
        (void)text_copy(piece->name, sizeof piece->name, mapping->name);
    }
    int64_t size = (int64_t)(mapping->end - mapping->start);
    piece->end = mapping->end > piece->end ? mapping->end : piece->end;
    *(after ? &piece->size_after : &piece->size_before) += size;
    *(after ? &piece->rss_after : &piece->rss_before) += mapping->rss_bytes;
    if (after)
        piece->kind = mapping->kind;
}

void mappings_compare(const struct mappings *before, const struct mappings *after,
                      struct mapping_changes *out)
{
    struct mapping_changes changes = {.count = 0};
    size_t i = 0;
    size_t j = 0;
    while (i < before->count || j < after->count) {
        bool take_after = i == before->count ||
                          (j < after->count && after->list[j].start < before->list[i].start);
        if (take_after)
            add(&changes, &after->list[j++], true);
        else
            add(&changes, &before->list[i++], false);
    }
    settle(&changes);
    *out = changes;
}

void mappings_totals(const struct mappings *mappings, int64_t out_rss[MAPPING_KINDS])
{
    (void)memset(out_rss, 0, MAPPING_KINDS * sizeof *out_rss);
    for (size_t i = 0; i < mappings->count; i++)
        out_rss[mappings->list[i].kind] += mappings->list[i].rss_bytes;
}

int64_t mappings_stack_bytes(int dir_fd)
{
    AUTO(mappings) struct mappings mappings = {.list = NULL};
    int64_t bytes = 0;
    if (mappings_read(dir_fd, &mappings, NULL) < 0)
        return -1;
    for (size_t i = 0; i < mappings.count; i++)
        bytes += mappings.list[i].kind == MAPPING_STACK ? mappings.list[i].rss_bytes : 0;
    return bytes;
}

void mappings_release(struct mappings *mappings)
{
    free(mappings->list);
    *mappings = (struct mappings){.count = 0};
}

void mapping_changes_release(struct mapping_changes *changes)
{
    free(changes->list);
    *changes = (struct mapping_changes){.count = 0};
}

/* smaps has no size of its own: read to its end. */
static int read_all(int dir_fd, char **out, struct err *err)
{
    AUTO_CLOSE int fd = openat(dir_fd, "smaps", O_RDONLY | O_CLOEXEC);
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    size_t size = 0;
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0) {
        if (size - length < 65536) {
            size = 2 * size + 131072;
            char *larger = realloc(text, size);
            if (!larger)
                return err_set(err, -ENOMEM, "out of memory");
            text = larger;
        }
        got = read(fd, text + length, size - length - 1);
        length += got > 0 ? (size_t)got : 0;
        if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (got < 0)
        return err_set(err, errno == ENOENT ? -ESRCH : -errno, "smaps: %s", strerror(errno));
    if (length == 0)
        return err_set(err, -ESRCH, "smaps: the process has no memory any more");
    text[length] = '\0';
    *out = TAKE_PTR(text);
    return 0;
}

/* Names of shared memory: mmap's without a file, memfd_create's, shmget's, and what POSIX
 * shm_open(3) and its like put into a tmpfs. */
static bool is_shared_memory(const char *name)
{
    static const char *const names[] = {"/dev/zero (deleted)", "/memfd:", "/SYSV", "/dev/shm/"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool parse_head(const char *text, struct mapping *out)
{
    struct mapping mapping = {.kind = MAPPING_ANONYMOUS};
    struct line line = line_first(text);
    struct map_line head;
    if (!line.text || !map_line_read(&line, &head) || head.end - head.start > SPACE_MAX)
        return false;
    mapping.start = head.start;
    mapping.end = head.end;
    (void)memcpy(mapping.permissions, head.permissions.text, head.permissions.length);
    (void)snprintf(mapping.name, sizeof mapping.name, "%.*s", (int)head.name.length,
                   head.name.text);
    text_printable(mapping.name);
    if (strcmp(mapping.name, "[heap]") == 0)
        mapping.kind = MAPPING_HEAP;
    else if (strncmp(mapping.name, "[stack", 6) == 0)
        mapping.kind = MAPPING_STACK;
    else if (is_shared_memory(mapping.name) ||
             (mapping.permissions[3] == 's' && mapping.name[0] != '/'))
        mapping.kind = MAPPING_SHARED;
    else if (mapping.name[0] == '/')
        mapping.kind = MAPPING_FILE;
    *out = mapping;
    return true;
}

/* Name what happened to each piece, drop what did not change, order by size of change. */
static void settle(struct mapping_changes *changes)
{
    size_t kept = 0;
    for (size_t i = 0; i < changes->count; i++) {
        struct mapping_change *piece = &changes->list[i];
        if (piece->rss_before == piece->rss_after && piece->size_before == piece->size_after)
            continue;
        bool more = piece->rss_after != piece->rss_before ? piece->rss_after > piece->rss_before
                                                          : piece->size_after > piece->size_before;
        piece->event = piece->size_before == 0  ? MAPPING_NEW
                       : piece->size_after == 0 ? MAPPING_GONE
                       : more                   ? MAPPING_GROWN
                                                : MAPPING_SHRUNK;
        changes->list[kept++] = *piece;
    }
    changes->count = kept;
    if (kept > 1)
        qsort(changes->list, kept, sizeof *changes->list, by_change);
}

static int by_change(const void *a, const void *b)
{
    const struct mapping_change *left = a;
    const struct mapping_change *right = b;
    int64_t l = llabs(left->rss_after - left->rss_before);
    int64_t r = llabs(right->rss_after - right->rss_before);
    if (l != r)
        return l < r ? 1 : -1;
    return left->start < right->start ? -1 : left->start > right->start;
}
