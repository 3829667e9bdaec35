#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "recorder.h"
#include "recording_state.h"
#include "text.h"

enum { BACKLOG = 1024, TICK_MS = 1, RECORDING_PAGE_BYTES = 4096, AS_SHARE = 8 };

int recording_listen(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    (void)memcpy(address.sun_path + abstract, path, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) < 0 ||
        listen(fd, BACKLOG) < 0) {
        int code = -errno;
        cleanup_close(&fd);
        return code;
    }
    return fd;
}

static int open_doors(struct recording *recording, const char *folder, struct err *err)
{
    uint64_t nonce = 0;
    (void)getrandom(&nonce, sizeof nonce, 0);
    (void)snprintf(recording->name, sizeof recording->name, "heapchurn-record-%d-%" PRIx64,
                   (int)getpid(), nonce);
    recording->door_fd[0] = recording_listen(recording->name, true);
    if (recording->door_fd[0] < 0)
        return err_set(err, recording->door_fd[0], "cannot listen for the recorder: %s",
                       strerror(-recording->door_fd[0]));
    int length = snprintf(recording->path, sizeof recording->path, "%s/record", folder);
    if (length < (int)sizeof recording->path)
        recording->door_fd[1] = recording_listen(recording->path, false);
    /* A program that changes its user connects, too. */
    if (recording->door_fd[1] < 0 || chmod(recording->path, 0777) < 0)
        recording->path[0] = '\0';
    return 0;
}

static int64_t size_of_file(const struct recording_settings *settings)
{
    int64_t bytes = settings->file_bytes ? settings->file_bytes : RECORDING_FILE_BYTES;
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < (rlim_t)bytes)
        bytes = (int64_t)limit.rlim_cur;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur / AS_SHARE < (rlim_t)bytes)
        bytes = (int64_t)(limit.rlim_cur / AS_SHARE); /* it is mapped as a whole to be packed */
    return bytes / TRACE_SLOT_BYTES * TRACE_SLOT_BYTES;
}

static int open_file(struct recording *recording, const char *path,
                     const struct recording_settings *settings, struct err *err)
{
    recording->file_bytes = size_of_file(settings);
    if (recording->file_bytes < 2 * TRACE_SLOT_BYTES)
        return err_set(err, -EFBIG,
                       "%s: events need a file of %d KiB or more, and may have one of %" PRId64
                       " KiB (--limit, ulimit -f, an eighth of ulimit -v)",
                       path, 2 * TRACE_SLOT_BYTES >> 10, recording->file_bytes >> 10);
    recording->file_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (recording->file_fd < 0 && errno == EEXIST)
        return err_set(err, -EEXIST,
                       "%s is there: of a recording that goes on, or was killed; then 'heapchurn "
                       "record --recover %s -o FILE.trace' makes a trace of it. Remove it, or "
                       "record to another file",
                       path, path);
    if (recording->file_fd < 0 || ftruncate(recording->file_fd, recording->file_bytes) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    /* The page is written through the mapping: its block must be there. */
    int code = posix_fallocate(recording->file_fd, 0, TRACE_CONTROL_BYTES);
    if (code)
        return err_set(err, -code, "%s: %s", path, strerror(code));
    void *control =
        mmap(NULL, TRACE_CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, recording->file_fd, 0);
    if (control == MAP_FAILED)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    recording->control = control;
    return 0;
}

static void set_control(const struct recording *recording,
                        const struct recording_settings *settings)
{
    struct timespec now;
    struct trace_control *control = recording->control;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    control->version = TRACE_VERSION;
    control->byte_order = TRACE_BYTE_ORDER;
    control->form = TRACE_RAW;
    control->slot_bytes = TRACE_SLOT_BYTES;
    control->began_unix_ns = (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
    control->touch_least_bytes = (uint64_t)settings->touch_least_bytes;
    control->look_ms = (uint32_t)settings->look_ms;
    control->bump_bytes = RECORDER_BUMP_BYTES;
    recorder_shared(control)->slots = (uint32_t)(recording->file_bytes / TRACE_SLOT_BYTES);
    recorder_shared(control)->next_slot = 1;
    (void)memcpy(control->magic, TRACE_MAGIC, sizeof control->magic);
}

static void tick(struct recording *recording)
{
    uint64_t *clock = &recording->control->clock;
    uint64_t ms = (uint64_t)((clock_now_ns() - recording->began_ns) / CLOCK_NS_PER_MS);
    uint64_t told = trace_clock_ms(__atomic_load_n(clock, __ATOMIC_RELAXED));
    if (ms > told)
        (void)__atomic_fetch_add(clock, (ms - told) << TRACE_CLOCK_BITS, __ATOMIC_RELAXED);
}

static void *serve(void *of)
{
    struct recording *recording = of;
    while (!__atomic_load_n(&recording->stop, __ATOMIC_ACQUIRE)) {
        struct pollfd doors[RECORDING_DOORS];
        for (size_t i = 0; i < RECORDING_DOORS; i++)
            doors[i] = (struct pollfd){.fd = recording->door_fd[i], .events = POLLIN};
        (void)poll(doors, RECORDING_DOORS, TICK_MS);
        tick(recording);
        recording_make_slots(recording);
        for (size_t i = 0; i < RECORDING_DOORS; i++)
            if (doors[i].revents & POLLIN)
                recording_let_in(recording, doors[i].fd);
        recording_hear_guests(recording);
    }
    recording_hear_guests(recording);
    return NULL;
}

/* The thread takes no signal: they are the command's. */
static int start_thread(struct recording *recording, struct err *err)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&recording->thread, NULL, serve, recording);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code)
        return err_set(err, -code, "no thread could be started: %s", strerror(code));
    recording->running = true;
    return 0;
}

int recording_check_page(int64_t page_bytes, struct err *err)
{
    if (page_bytes == RECORDING_PAGE_BYTES)
        return 0;
    return err_set(err, -ENOTSUP,
                   "this kernel has pages of %" PRId64 " KiB, and programs are recorded where they "
                   "have 4; a trace that was recorded elsewhere can be replayed here",
                   page_bytes >> 10);
}

int recording_open(const char *raw_path, const struct recording_settings *settings,
                   const char *folder, struct recording **out, struct err *err)
{
    struct recording *recording = calloc(1, sizeof *recording);
    if (!recording)
        abort();
    recording->file_fd = recording->door_fd[0] = recording->door_fd[1] = -1;
    (void)pthread_mutex_init(&recording->lock, NULL);
    int code = recording_check_page(sysconf(_SC_PAGESIZE), err);
    if (code == 0)
        code = open_file(recording, raw_path, settings, err);
    if (code == 0)
        code = open_doors(recording, folder, err);
    if (code == 0) {
        set_control(recording, settings);
        recording_make_slots(recording);
        recording->began_ns = clock_now_ns();
        code = start_thread(recording, err);
    }
    if (code < 0 && recording->file_fd >= 0)
        (void)unlink(raw_path);
    if (code < 0)
        recording_close(recording);
    else
        *out = recording;
    return code;
}

int recording_environment(const struct recording *recording, const char *library,
                          const char *behind, struct words *out, struct err *err)
{
    const char *const paths[] = {library, behind ? behind : ""};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        if (strpbrk(paths[i], " "))
            return err_set(err, -EINVAL,
                           "%s cannot be preloaded: the loader takes a space for the end of a "
                           "path; move it to a path without",
                           paths[i]);
    words_add(out, "LD_PRELOAD=%s%s%s", library, behind ? ":" : "", behind ? behind : "");
    words_add(out, RECORDER_NAME_ENV "=%s", recording->name);
    if (recording->path[0])
        words_add(out, RECORDER_PATH_ENV "=%s", recording->path);
    return 0;
}

void recording_phase(struct recording *recording, const char *name)
{
    uint64_t clock = __atomic_load_n(&recording->control->clock, __ATOMIC_RELAXED);
    recording->phases = grow(recording->phases, recording->phase_count, sizeof *recording->phases);
    recording->phases[recording->phase_count++] =
        (struct trace_phase){.ms = (int64_t)trace_clock_ms(clock), .name = text_own(name)};
}

void recording_end(struct recording *recording)
{
    struct trace_control *control = recording->control;
    uint64_t clock = __atomic_load_n(&control->clock, __ATOMIC_RELAXED);
    do
        __atomic_store_n(&control->end_clock, clock + 1, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&control->clock, &clock, clock + 1, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED));
}

void recording_stop(struct recording *recording)
{
    if (!recording->running)
        return;
    __atomic_store_n(&recording->stop, true, __ATOMIC_RELEASE);
    (void)pthread_join(recording->thread, NULL);
    recording->running = false;
    recording_drop_slots(recording);
}

const struct trace_control *recording_control(const struct recording *recording)
{
    return recording->control;
}

void recording_facts(struct recording *recording, struct trace_facts *facts)
{
    recording->control->images_unrecorded += (uint32_t)recording->unrecorded_count;
    facts->images = TAKE_PTR(recording->images);
    facts->image_count = recording->image_count;
    facts->unrecorded = TAKE_PTR(recording->unrecorded);
    facts->unrecorded_count = recording->unrecorded_count;
    facts->phases = TAKE_PTR(recording->phases);
    facts->phase_count = recording->phase_count;
    recording->image_count = recording->unrecorded_count = recording->phase_count = 0;
}

bool recording_is_apart(const struct recording *recording)
{
    const struct recorder_shared *shared = recorder_shared(recording->control);
    return __atomic_load_n(&shared->nameless_memory, __ATOMIC_RELAXED) == 0;
}

int recording_full(const struct recording *recording)
{
    return (int)__atomic_load_n(&recorder_shared(recording->control)->full, __ATOMIC_RELAXED);
}

int recording_refused(const struct recording *recording)
{
    return (int)__atomic_load_n(&recorder_shared(recording->control)->refused, __ATOMIC_RELAXED);
}

void recording_close(struct recording *recording)
{
    if (!recording)
        return;
    recording_stop(recording);
    struct trace_facts rest;
    trace_facts_init(&rest);
    if (recording->control)
        recording_facts(recording, &rest);
    trace_facts_release(&rest);
    for (size_t i = 0; i < recording->seen_count; i++)
        free(recording->seen[i].program);
    free(recording->seen);
    for (size_t i = 0; i < recording->guest_count; i++)
        (void)close(recording->guests[i].fd);
    for (size_t i = 0; i < RECORDING_DOORS; i++)
        cleanup_close(&recording->door_fd[i]);
    if (recording->path[0])
        (void)unlink(recording->path);
    if (recording->control)
        (void)munmap(recording->control, TRACE_CONTROL_BYTES);
    cleanup_close(&recording->file_fd);
    (void)pthread_mutex_destroy(&recording->lock);
    free(recording);
}
