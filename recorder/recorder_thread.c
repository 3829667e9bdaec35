#include "recorder_thread.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recorder_hot.h"

enum { STATES = 16383, CHUNK_LEAST = 4096, SMALL_CHUNKS = 2, LATE_PASSED_ON = 64 };

/* Of a process; a forked child finds it zeroed. */
static struct states {
    _Alignas(64) uint32_t image; /* 0: forked, and nobody has written yet */
    uint32_t first_stream;
    uint32_t hint;
    _Alignas(64) struct recorder_state list[STATES];
} * states;

_Static_assert(offsetof(struct states, list) % 64 == 0, "no two threads write to one cache line");

static struct recorder_state no_state;
static const volatile uint64_t no_clock;
static pthread_key_t last_act;

_Thread_local struct recorder_thread recorder_self RECORDER_TLS = {.state = &no_state};
const volatile uint64_t *recorder_clock = &no_clock;
size_t recorder_large_bytes = SIZE_MAX;

void recorder_count(uint64_t *counter)
{
    (void)__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

uint32_t recorder_image(void)
{
    return states->image;
}

uint32_t recorder_first_stream(void)
{
    return states->first_stream;
}

static void take_image(void)
{
    uint32_t image = __atomic_add_fetch(&recorder_control->images, 1, __ATOMIC_RELAXED);
    states->first_stream = __atomic_load_n(&recorder_control->streams, __ATOMIC_RELAXED) + 1;
    states->image = image;
}

/* Destructors run again for keys that were set meanwhile, PTHREAD_DESTRUCTOR_ITERATIONS times: in
 * the last of them those of the program are done. */
static void end_thread(void *round)
{
    if ((uintptr_t)round < PTHREAD_DESTRUCTOR_ITERATIONS &&
        pthread_setspecific(last_act, (const void *)((uintptr_t)round + 1)) == 0)
        return;
    recorder_end(&recorder_self, false);
}

int recorder_threads_begin(void)
{
    void *memory = mmap(NULL, sizeof *states, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    if (madvise(memory, sizeof *states, MADV_WIPEONFORK) < 0 ||
        pthread_key_create(&last_act, end_thread) != 0) {
        (void)munmap(memory, sizeof *states);
        return ENOSYS;
    }
    states = memory;
    take_image();
    return 0;
}

static struct recorder_state *take_state(void)
{
    uint32_t from = __atomic_load_n(&states->hint, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < STATES; i++) {
        uint32_t index = (from + i) % STATES;
        struct recorder_state *state = &states->list[index];
        uint32_t free_one = 0;
        if (__atomic_load_n(&state->taken, __ATOMIC_RELAXED) ||
            !__atomic_compare_exchange_n(&state->taken, &free_one, 1, false, __ATOMIC_ACQUIRE,
                                         __ATOMIC_RELAXED))
            continue;
        __atomic_store_n(&states->hint, index + 1, __ATOMIC_RELAXED);
        return state;
    }
    return NULL;
}

static void give_state(struct recorder_thread *thread)
{
    struct recorder_state *state = thread->state;
    uint32_t index = (uint32_t)(state - states->list);
    thread->state = &no_state;
    state->cursor = state->limit = NULL;
    state->slot = NULL;
    __atomic_store_n(&state->taken, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&states->hint, index, __ATOMIC_RELAXED);
}

/* The number of a new one; 0: there are no more. */
static uint32_t take_stream(void)
{
    uint32_t streams = __atomic_load_n(&recorder_control->streams, __ATOMIC_RELAXED);
    do
        if (streams >= TRACE_STREAM_MAX) {
            __atomic_store_n(&recorder_shared(recorder_control)->full, EOVERFLOW, __ATOMIC_RELAXED);
            return 0;
        }
    while (!__atomic_compare_exchange_n(&recorder_control->streams, &streams, streams + 1, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return streams + 1;
}

/* Its first event, in this process. */
static bool begin_stream(struct recorder_thread *thread)
{
    uint32_t stream = take_stream();
    if (stream == 0)
        return false;
    uint32_t was = (uint32_t)(thread->base >> RECORDER_STREAM_SHIFT);
    bool handler = thread != &recorder_self;
    bool forked = !handler && was != 0;
    thread->parent_stream = forked ? was : 0;
    thread->parent_sequence = forked ? thread->sequence : 0;
    if (handler) {
        thread->parent_stream = (uint32_t)(recorder_self.base >> RECORDER_STREAM_SHIFT);
        thread->parent_sequence = recorder_self.sequence;
    }
    thread->began = (uint8_t)(handler                ? TRACE_BEGAN_HANDLER
                              : forked               ? TRACE_BEGAN_FORK
                              : gettid() == getpid() ? TRACE_BEGAN_MAIN
                                                     : TRACE_BEGAN_THREAD);
    thread->base = (uint64_t)stream << RECORDER_STREAM_SHIFT;
    thread->sequence = thread->calls = thread->requested_bytes = thread->chunks = 0;
    thread->ended = thread->process_ends = 0;
    thread->late = 0;
    thread->image = states->image;
    thread->watch.count = thread->watch.next = thread->watch.next_at_end = 0;
    (void)__atomic_fetch_add(&recorder_shared(recorder_control)->live_streams, 1, __ATOMIC_RELAXED);
    (void)__atomic_fetch_add(&recorder_control->clock, 1, __ATOMIC_RELAXED);
    if (!handler)
        (void)pthread_setspecific(last_act, (const void *)(uintptr_t)1);
    return true;
}

/* A stream of this process, and a place to write. A forked child has neither. */
static bool has_state(struct recorder_thread *thread)
{
    if (states->image == 0)
        take_image();
    if (thread->image != states->image) {
        thread->state = &no_state;
        if (!begin_stream(thread))
            return false;
    }
    if (thread->state != &no_state)
        return true;
    struct recorder_state *state = take_state();
    if (state)
        thread->state = state;
    return state != NULL;
}

static struct recorder_slot slot_of(const struct recorder_state *state)
{
    uint32_t used = (uint32_t)(state->cursor - state->slot) - state->chunk_offset -
                    (uint32_t)sizeof(struct trace_chunk);
    return (struct recorder_slot){.bytes = state->slot,
                                  .number = state->slot_number,
                                  .offset = trace_next_chunk(state->chunk_offset, used)};
}

static void close_chunk(struct recorder_state *state)
{
    if (!state->slot)
        return;
    struct recorder_slot slot = slot_of(state);
    struct trace_chunk header;
    uint8_t *at = state->slot + state->chunk_offset;
    (void)memcpy(&header, at, sizeof header);
    header.used_bytes = (uint32_t)(state->cursor - at) - (uint32_t)sizeof header;
    header.checksum = trace_chunk_checksum(&header, at + sizeof header);
    (void)memcpy(at + offsetof(struct trace_chunk, checksum), &header.checksum,
                 sizeof header.checksum);
    RECORDER_BARRIER();
    (void)memcpy(at + offsetof(struct trace_chunk, used_bytes), &header.used_bytes,
                 sizeof header.used_bytes);
    state->cursor = state->limit = NULL;
    state->slot = NULL;
    recorder_slot_give(&slot);
}

/* At once: who writes much is given a whole slot. */
static uint32_t populate_bytes(const struct recorder_thread *thread)
{
    return thread->chunks < SMALL_CHUNKS ? RECORDER_POPULATE_BYTES : TRACE_SLOT_BYTES;
}

/* May be written up to `limit`, and an event behind it. */
static bool set_limit(const struct recorder_thread *thread)
{
    struct recorder_state *state = thread->state;
    uint8_t *limit = state->cursor + RECORDER_BUMP_BYTES;
    if (limit > state->end)
        limit = state->end;
    if (limit + RECORDER_EVENT_BYTES_MAX > state->populated) {
        const struct recorder_slot slot = {.bytes = state->slot, .number = state->slot_number};
        uint32_t from = (uint32_t)(state->populated - state->slot);
        uint32_t to = (uint32_t)(limit - state->slot) + populate_bytes(thread);
        to = to > TRACE_SLOT_BYTES ? TRACE_SLOT_BYTES : to & ~4095U;
        if (!recorder_slot_populate(&slot, from, to))
            return false;
        state->populated = state->slot + to;
    }
    state->limit = limit;
    return true;
}

static void write_header(struct recorder_thread *thread, uint8_t *at)
{
    const struct trace_chunk header = {
        .stream = (uint32_t)(thread->base >> RECORDER_STREAM_SHIFT),
        .index = thread->chunks++,
        .first_sequence = thread->sequence + 1,
        .clock = thread->clock,
        .image = thread->image,
        .pid = (uint32_t)getpid(),
        .began = thread->began,
        .parent_stream = thread->parent_stream,
        .parent_sequence = thread->parent_sequence,
    };
    const uint32_t magic = TRACE_CHUNK_MAGIC;
    (void)memcpy(at, &header, sizeof header);
    RECORDER_BARRIER();
    (void)memcpy(at + offsetof(struct trace_chunk, magic), &magic, sizeof magic);
}

static bool begin_chunk(struct recorder_thread *thread)
{
    struct recorder_state *state = thread->state;
    struct recorder_slot slot;
    if (!recorder_slot_take(CHUNK_LEAST, &slot))
        return false;
    state->slot = slot.bytes;
    state->slot_number = slot.number;
    state->chunk_offset = slot.offset;
    state->populated = slot.bytes + (slot.offset & ~4095U);
    state->cursor = slot.bytes + slot.offset + sizeof(struct trace_chunk);
    state->end = slot.bytes + TRACE_SLOT_BYTES - RECORDER_EVENT_BYTES_MAX;
    if (!set_limit(thread)) {
        state->cursor = state->limit = NULL;
        state->slot = NULL;
        return false;
    }
    thread->clock = *recorder_clock;
    thread->foreign = 0;
    write_header(thread, slot.bytes + slot.offset);
    return true;
}

static bool has_room(struct recorder_thread *thread)
{
    struct recorder_state *state = thread->state;
    struct recorder_shared *shared = recorder_shared(recorder_control);
    if (state->cursor < state->limit)
        return true;
    if (__atomic_load_n(&shared->full, __ATOMIC_RELAXED))
        return false;
    if (state->slot && __atomic_load_n(&shared->live_streams, __ATOMIC_RELAXED) > 1)
        (void)__atomic_fetch_add(&recorder_control->clock, 1, __ATOMIC_RELAXED);
    if (state->slot && state->cursor < state->end)
        return set_limit(thread);
    close_chunk(state);
    return begin_chunk(thread);
}

/* False: there is no room any more. */
static bool tell_clock(struct recorder_thread *thread)
{
    uint64_t clock = *recorder_clock;
    while (thread->clock < clock && recorder_touch_look_at_end(thread))
        if (!has_room(thread))
            return false;
    if (thread->clock >= clock)
        return true;
    if (clock - thread->clock > TRACE_VALUE_MAX) { /* after six days: a header tells it */
        close_chunk(thread->state);
        return begin_chunk(thread);
    }
    recorder_put(thread, TRACE_CLOCK, clock - thread->clock);
    bool tick = trace_clock_ms(clock) != trace_clock_ms(thread->clock);
    thread->clock = clock;
    if (tick && thread->watch.count > 0)
        recorder_touch_look(thread);
    return thread->state->cursor < thread->state->limit || has_room(thread);
}

bool recorder_make_ready(struct recorder_thread *thread)
{
    int saved = errno;
    bool attached = recorder_attached();
    bool ready = attached && has_state(thread) && has_room(thread) && tell_clock(thread);
    if (!ready) {
        if (attached)
            recorder_count(&recorder_control->lost_events);
        thread->busy = 0;
    }
    errno = saved;
    return ready;
}

struct recorder_thread *recorder_enter_nested(struct recorder_thread *thread)
{
    int saved = errno;
    if (!recorder_control)
        return NULL;
    if (!thread->nested) {
        void *memory = mmap(NULL, sizeof *thread->nested, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory != MAP_FAILED) {
            thread->nested = memory;
            thread->nested->state = &no_state;
        }
    }
    struct recorder_thread *nested = thread->nested;
    errno = saved;
    if (!nested || nested->busy) {
        recorder_count(&recorder_control->lost_events);
        return NULL;
    }
    nested->busy = 1;
    RECORDER_BARRIER();
    const struct recorder_state *state = nested->state;
    if ((state->cursor >= state->limit || nested->clock != *recorder_clock) &&
        !recorder_make_ready(nested))
        return NULL;
    return nested;
}

void recorder_leave_ended(struct recorder_thread *thread)
{
    int saved = errno;
    if (thread->process_ends && thread->late++ >= LATE_PASSED_ON) {
        thread->late = LATE_PASSED_ON;
        return;
    }
    close_chunk(thread->state);
    if (thread->state != &no_state)
        give_state(thread);
    errno = saved;
}

static void end_nested(struct recorder_thread *thread)
{
    if (!thread->nested || thread->nested->image != thread->image)
        return;
    recorder_leave_ended(thread->nested);
    thread->nested->ended = 1;
}

void recorder_end(struct recorder_thread *thread, bool exit)
{
    if (thread->busy || thread->ended || thread->image != states->image)
        return;
    thread->busy = 1;
    if (!recorder_make_ready(thread))
        return;
    if (exit)
        recorder_touch_exit(thread);
    if (recorder_make_ready(thread)) {
        recorder_put(thread, TRACE_MORE, exit ? TRACE_EXIT : TRACE_END);
        recorder_put_operand(thread, thread->calls);
        recorder_put_operand(thread, thread->requested_bytes);
    }
    end_nested(thread);
    recorder_touch_forget(thread);
    thread->ended = 1;
    thread->process_ends = exit;
    (void)__atomic_fetch_sub(&recorder_shared(recorder_control)->live_streams, 1, __ATOMIC_RELAXED);
    recorder_leave(thread);
}

__attribute__((destructor)) static void end_process(void)
{
    if (recorder_control)
        recorder_end(&recorder_self, true);
}
