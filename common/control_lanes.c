#include "control_lanes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

static const uint32_t layout = LANES << 16 | CONTROL_LINE_MAX;

/* Until it is another than `seen`, or somebody wakes us for nothing. `until_ns` < 0: for ever. */
static void await(_Atomic uint32_t *word, uint32_t seen, int64_t until_ns)
{
    struct timespec until = {.tv_sec = until_ns / CLOCK_NS_PER_S,
                             .tv_nsec = until_ns % CLOCK_NS_PER_S};
    (void)syscall(SYS_futex, word, FUTEX_WAIT_BITSET, seen, until_ns < 0 ? NULL : &until, NULL,
                  FUTEX_BITSET_MATCH_ANY);
}

static void wake(_Atomic uint32_t *word)
{
    (void)syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void set(_Atomic uint32_t *word, uint32_t value)
{
    atomic_store(word, value);
    wake(word);
}

static bool turns(struct lane *lane, uint32_t from, uint32_t to)
{
    return atomic_compare_exchange_strong(&lane->state, &from, to);
}

static struct lanes *map(int fd)
{
    void *memory = mmap(NULL, sizeof(struct lanes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

int64_t lanes_filters(const char *status)
{
    enum { SIZE = 4096 };
    static const char key[] = "\nSeccomp_filters:\t"; /* from Linux 5.9 on */
    char text[SIZE];
    AUTO_CLOSE int fd = open(status, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    const char *at = strstr(text, key);
    return at ? strtoll(at + strlen(key), NULL, 10) : 0;
}

int lanes_make(int *out_fd, struct lanes **out, struct err *err)
{
    AUTO_CLOSE int fd = memfd_create("heapchurn-lanes", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, sizeof(struct lanes)) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0 ||
        fchmod(fd, 0666) < 0 || !(*out = map(fd)))
        return err_set(err, -errno, "memory cannot be shared with agents: %s", strerror(errno));
    (*out)->layout = layout;
    (*out)->filters = (uint32_t)lanes_filters("/proc/self/status");
    *out_fd = TAKE_FD(fd);
    return 0;
}

struct lanes *lanes_map(const char *path)
{
    struct stat file;
    AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) < 0 || file.st_size != (off_t)sizeof(struct lanes))
        return NULL;
    struct lanes *lanes = map(fd);
    if (lanes && lanes->layout != layout) {
        lanes_unmap(lanes);
        return NULL;
    }
    return lanes;
}

void lanes_unmap(struct lanes *lanes)
{
    if (lanes)
        (void)munmap(lanes, sizeof *lanes);
}

struct lane *lanes_take(struct lanes *lanes)
{
    for (size_t i = 0; i < LANES; i++)
        if (turns(&lanes->lane[i], LANE_FREE, LANE_AGENT))
            return &lanes->lane[i];
    return NULL;
}

int lane_say(struct lanes *lanes, struct lane *lane, const struct control_line *line,
             int64_t until_ns)
{
    if (line->overflow)
        return -EMSGSIZE;
    uint32_t now;
    while ((now = atomic_load(&lane->state)) != LANE_AGENT &&
           !turns(lane, LANE_QUIET, LANE_AGENT)) {
        if (clock_now_ns() >= until_ns)
            return -ETIMEDOUT;
        if (now != LANE_QUIET)
            await(&lane->state, now, until_ns);
    }
    (void)memcpy(lane->text, line->text, line->length);
    lane->length = (uint32_t)line->length;
    atomic_store(&lane->state, LANE_SAID);
    lanes_ring(lanes);
    return 0;
}

/* What stands in a lane, which the other side may change meanwhile. */
static int copy(const struct lane *lane, struct control_line *out)
{
    uint32_t length = *(const volatile uint32_t *)&lane->length;
    out->overflow = length >= sizeof out->text;
    out->length = out->overflow ? 0 : length;
    (void)memcpy(out->text, lane->text, out->length);
    out->text[out->length] = '\0';
    return control_check(out);
}

int lane_hear(struct lane *lane, struct control_line *out)
{
    uint32_t now;
    while ((now = atomic_load(&lane->state)) != LANE_ASKED)
        await(&lane->state, now, -1);
    int code = copy(lane, out);
    atomic_store(&lane->state, LANE_AGENT);
    return code;
}

void lanes_await(struct lanes *lanes, uint32_t seen)
{
    while (atomic_load(&lanes->said) == seen)
        await(&lanes->said, seen, -1);
}

void lanes_ring(struct lanes *lanes)
{
    (void)atomic_fetch_add(&lanes->said, 1);
    wake(&lanes->said);
}

bool lane_is_quiet(const struct lane *lane)
{
    return atomic_load(&lane->state) == LANE_QUIET;
}

bool lane_collect(struct lane *lane, struct control_line *out)
{
    if (atomic_load(&lane->state) != LANE_SAID)
        return false;
    bool is_line = copy(lane, out) == 0;
    set(&lane->state, LANE_QUIET);
    return is_line;
}

int lane_ask(struct lane *lane, const struct control_line *line)
{
    if (!turns(lane, LANE_QUIET, LANE_DRIVER))
        return -EAGAIN;
    (void)memcpy(lane->text, line->text, line->length);
    lane->length = (uint32_t)line->length;
    set(&lane->state, LANE_ASKED);
    return 0;
}

void lane_clear(struct lane *lane)
{
    set(&lane->state, LANE_FREE);
}
