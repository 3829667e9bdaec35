#include "compiled_once.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary.h"
#include "text.h"

/* Of what file the compiled one was made, and how. */
struct made_of {
    dev_t device;
    ino_t inode;
    struct timespec changed;
    int64_t slices, image;
};

static struct {
    bool made;
    struct made_of of;
    struct compiled_once once;
    char *damage;
    struct trace_facts told;
    struct compiled_slice *slices;
    int fd;
} kept = {.fd = -1};

static bool same(const struct made_of *a, const struct made_of *b)
{
    return a->device == b->device && a->inode == b->inode && a->slices == b->slices &&
           a->image == b->image && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

static const struct traced_image *choose_image(const struct trace_file *file, int64_t number,
                                               struct err *err)
{
    const struct traced_image *image =
        number == 0 ? trace_file_main_image(file) : trace_file_image(file, (uint32_t)number);
    if (!image)
        (void)err_set(err, -EINVAL,
                      "%s has no program of number %" PRId64 "; 'heapchurn trace' lists "
                      "them",
                      file->path, number);
    return image;
}

static int read_slices(int fd, uint32_t count, struct err *err)
{
    struct compiled_header header;
    size_t bytes = count * sizeof *kept.slices;
    free(kept.slices);
    kept.once.slices = kept.slices = malloc(bytes);
    if (!kept.slices)
        abort();
    if (pread(fd, &header, sizeof header, 0) != sizeof header ||
        pread(fd, kept.slices, bytes, (off_t)header.slices_at) != (ssize_t)bytes)
        return err_set(err, -EIO, "the compiled trace cannot be read: %s", strerror(errno));
    return 0;
}

/* Of programs that were recorded with it, and are not played. */
static int count_others(struct trace_file *file, const struct traced_image *played,
                        uint64_t *out_events, struct err *err)
{
    int code = 0;
    *out_events = 0;
    for (size_t i = 0; code == 0 && i < file->image_count; i++) {
        uint64_t events = 0;
        if (file->images[i].number != played->number)
            code = trace_order_count(file, &file->images[i], &events, err);
        *out_events += events;
    }
    return code;
}

static int read_told(const struct trace_file *file, struct err *err)
{
    trace_facts_release(&kept.told);
    trace_facts_init(&kept.told);
    kept.once.told = NULL;
    kept.once.cores = 0;
    if (!file->facts)
        return 0;
    if (trace_facts_read(file->facts, file->facts_bytes, &kept.told, err) < 0)
        return err_wrap(err, "%s", file->path);
    kept.once.told = &kept.told;
    int64_t cores = trace_facts_cores(&kept.told);
    if (cores > 0 && cores <= CPU_SETSIZE)
        kept.once.cores = (int)cores;
    return 0;
}

static void tell_slices(uint32_t count)
{
    struct trace_facts *told = &kept.told;
    free(told->slices);
    told->slice_count = count;
    told->slices = calloc(count, sizeof *told->slices);
    if (!told->slices)
        abort();
    for (uint32_t i = 0; i < count; i++)
        told->slices[i].end_us = kept.slices[i].time_ns / 1000;
}

static int make(const struct workload *workload, struct err *err)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    AUTO_CLOSE int fd = temporary_file(err);
    int code = fd < 0 ? fd : trace_file_open(workload->trace.file, &file, err);
    if (code < 0)
        return code;
    code = read_told(&file, err);
    if (code < 0)
        return code;
    const struct traced_image *image = choose_image(&file, workload->trace.image, err);
    code = image
               ? compile_trace(&file, image, (uint32_t)workload->rounds, fd, &kept.once.facts, err)
               : -EINVAL;
    if (code == 0)
        code = count_others(&file, image, &kept.once.other_events, err);
    if (code == 0)
        code = read_slices(fd, (uint32_t)workload->rounds, err);
    if (code < 0)
        return code;
    free(kept.damage);
    kept.damage = file.damage ? text_own(file.damage) : NULL;
    kept.once.damage = kept.damage;
    tell_slices((uint32_t)workload->rounds);
    kept.once.lost_events = file.control.lost_events;
    kept.once.unknown_frees = file.control.unknown_frees;
    kept.once.images = file.control.images;
    kept.once.image = image->number;
    kept.once.images_unrecorded = file.control.images_unrecorded;
    if (kept.fd >= 0)
        (void)close(kept.fd);
    kept.fd = TAKE_FD(fd);
    (void)snprintf(kept.once.path, sizeof kept.once.path, "/proc/%d/fd/%d", (int)getpid(), kept.fd);
    return 0;
}

int compiled_once(const struct workload *workload, const struct compiled_once **out,
                  struct err *err)
{
    struct stat status;
    if (stat(workload->trace.file, &status) < 0)
        return err_set(err, -errno, "%s: %s", workload->trace.file, strerror(errno));
    const struct made_of of = {.device = status.st_dev,
                               .inode = status.st_ino,
                               .changed = status.st_mtim,
                               .slices = workload->rounds,
                               .image = workload->trace.image};
    if (!kept.made || !same(&of, &kept.of)) {
        kept.made = false;
        int code = make(workload, err);
        if (code < 0)
            return code;
        kept.made = true;
        kept.of = of;
    }
    *out = &kept.once;
    return 0;
}
