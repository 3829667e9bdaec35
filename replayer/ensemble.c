#include "ensemble.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "ensemble_wait.h"
#include "futex.h"

enum { STACK_BYTES = 256 << 10 };

__attribute__((noreturn, format(printf, 2, 3))) static void fail(const struct ensemble *ensemble,
                                                                 const char *format, ...)
{
    char reason[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    ensemble->how.failed(ensemble->how.context, reason);
}

/* Whoever ended is joined, so that what a thread leaves behind is gone when others look. */
static void join_ended(struct ensemble *ensemble)
{
    for (uint32_t i = 1; i < ensemble->map->header->lane_count; i++) {
        struct player *player = &ensemble->shared->players[i];
        int ended = ENDED;
        if (atomic_load_explicit(&player->state, memory_order_relaxed) == ENDED &&
            atomic_compare_exchange_strong(&player->state, &ended, JOINED))
            (void)pthread_join(player->thread, NULL);
    }
}

static void *play_lane(void *context);

static void start_thread(struct ensemble *ensemble, uint32_t number)
{
    struct player *player = &ensemble->shared->players[number];
    int fresh = NOT_STARTED;
    pthread_attr_t attributes;
    join_ended(ensemble);
    if (number == 0 || !atomic_compare_exchange_strong(&player->state, &fresh, PLAYS))
        fail(ensemble, "thread %u of the trace is to begin twice", number);
    int code = lane_open(&player->lane, ensemble->map, number, ensemble->shared->slots);
    if (code < 0)
        fail(ensemble, "no words for thread %u of the trace: %s", number, strerror(-code));
    if (ensemble->how.one_thread)
        return;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    code = pthread_create(&player->thread, &attributes, play_lane, player);
    (void)pthread_attr_destroy(&attributes);
    if (code != 0)
        fail(ensemble, "no thread for number %u of the trace: %s", number, strerror(code));
}

/* What is the same for every way to play. False: it was none of these. */
static bool serve(struct player *player, enum lane_stop stop)
{
    struct ensemble *ensemble = player->ensemble;
    switch (stop) {
    case LANE_TIME:
        if (ensemble->how.time == ENSEMBLE_PACED)
            ensemble_wake_waiters(player);
        ensemble_set_time(ensemble, player->lane.time_ns);
        return true;
    case LANE_START:
        start_thread(ensemble, player->lane.started);
        return true;
    case LANE_NO_MEMORY:
        if (player->lane.wanted_alignment)
            fail(ensemble, "the allocator has no memory for a block of %llu bytes, aligned to %llu",
                 (unsigned long long)player->lane.wanted_bytes,
                 (unsigned long long)player->lane.wanted_alignment);
        fail(ensemble, "the allocator has no memory for a block of %llu bytes",
             (unsigned long long)player->lane.wanted_bytes);
    case LANE_BROKEN:
        fail(ensemble, "the compiled trace is broken in lane %u",
             (unsigned)(player - ensemble->shared->players));
    default:
        return false;
    }
}

/* Until the lane ends; that of the main thread, or the slice does. */
static void play(struct player *player, bool is_main)
{
    struct ensemble *ensemble = player->ensemble;
    for (;;) {
        enum lane_stop stop = lane_play(&player->lane);
        if (serve(player, stop))
            continue;
        if (stop == LANE_AWAITS) {
            ensemble_await_block(player);
            continue;
        }
        ensemble_wake_waiters(player);
        if (stop == LANE_ENDED) { /* before the slice can be done: who is then ended is joined */
            lane_close(&player->lane);
            atomic_store(&player->state, ENDED);
        }
        if (player->begun)
            ensemble_leave_epoch(ensemble);
        player->begun = true;
        if (stop == LANE_ENDED || (is_main && player->lane.epoch >= ensemble->shared->gate))
            return;
        ensemble_await_epoch(player);
    }
}

static void *play_lane(void *context)
{
    play(context, false);
    return NULL;
}

static void play_by_threads(struct ensemble *ensemble)
{
    struct ensemble_shared *shared = ensemble->shared;
    struct player *own = &shared->players[0];
    if (!own->begun)
        play(own, true);
    else if (atomic_load(&own->state) == PLAYS && own->lane.epoch < shared->gate) {
        ensemble_await_epoch(own);
        play(own, true);
    }
    while (atomic_load(&shared->rest) == 0)
        futex_sleep(&shared->rest, 0);
    join_ended(ensemble);
}

/* One thread: the lanes of an epoch in turn, each as far as it can go. True: it has done its part.
 */
static bool play_part(struct player *player, uint64_t epoch)
{
    if (atomic_load(&player->state) == NOT_STARTED)
        return false;
    for (;;) {
        if (player->begun && player->lane.epoch > epoch)
            return true;
        enum lane_stop stop = lane_play(&player->lane);
        if (serve(player, stop))
            continue;
        if (stop == LANE_AWAITS)
            return false;
        player->begun = true;
        if (stop == LANE_ENDED) {
            lane_close(&player->lane);
            atomic_store(&player->state, JOINED);
            return true;
        }
    }
}

static void play_by_one(struct ensemble *ensemble)
{
    struct ensemble_shared *shared = ensemble->shared;
    const uint32_t *who = ensemble->map->participants;
    uint64_t number = atomic_load(&shared->open);
    for (; number < shared->gate; number++) {
        const struct compiled_epoch *epoch = &ensemble->map->epochs[number];
        uint64_t left = epoch[1].first_participant - epoch[0].first_participant;
        ensemble_open_epoch(ensemble, number);
        for (uint64_t i = epoch[0].first_participant; i < epoch[1].first_participant; i++)
            shared->players[who[i]].done = false;
        while (left > 0)
            for (uint64_t i = epoch[0].first_participant; i < epoch[1].first_participant; i++) {
                struct player *player = &shared->players[who[i]];
                if (!player->done && play_part(player, number)) {
                    player->done = true;
                    left--;
                }
            }
    }
}

void ensemble_play(struct ensemble *ensemble, uint32_t number)
{
    struct ensemble_shared *shared = ensemble->shared;
    const struct compiled_slice *slice = &ensemble->map->slices[number];
    uint64_t first = number > 0 ? slice[-1].end_epoch : 0;
    if (number == 0)
        shared->began_ns = clock_now_ns();
    shared->gate = slice->end_epoch;
    atomic_store(&shared->rest, 0);
    if (ensemble->how.one_thread) {
        atomic_store(&shared->open, first);
        play_by_one(ensemble);
        return;
    }
    ensemble_open_epoch(ensemble, first);
    play_by_threads(ensemble);
}

/* In an instrumented build: what lives when a trace ends is no leak of the replayer's. */
__attribute__((weak)) void __lsan_register_root_region(const void *begin, size_t size);

int ensemble_open(struct ensemble *ensemble, const struct compiled_map *map,
                  const struct ensemble_how *how, struct err *err)
{
    uint64_t lanes = map->header->lane_count;
    size_t players_bytes = sizeof(struct ensemble_shared) + lanes * sizeof(struct player);
    size_t slots_bytes = map->header->slot_count * sizeof(_Atomic(void *));
    players_bytes = (players_bytes + 4095) & ~(size_t)4095;
    *ensemble =
        (struct ensemble){.how = *how, .map = map, .shared_bytes = players_bytes + slots_bytes};
    AUTO_CLOSE int fd = memfd_create("heapchurn-replay", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)ensemble->shared_bytes) < 0)
        return err_set(err, -errno, "no memory for the tables of the replay: %s", strerror(errno));
    void *base = mmap(NULL, ensemble->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return err_set(err, -errno, "no memory for the tables of the replay: %s", strerror(errno));
    ensemble->shared = base;
    if (__lsan_register_root_region)
        __lsan_register_root_region(base, ensemble->shared_bytes);
    ensemble->shared->slots = (_Atomic(void *) *)((char *)base + players_bytes);
    (void)pthread_mutex_init(&ensemble->shared->waiters_lock, NULL);
    ensemble->shared->open = UINT64_MAX; /* none; made 0 by the first slice */
    for (uint32_t i = 0; i < lanes; i++) {
        struct player *player = &ensemble->shared->players[i];
        player->ensemble = ensemble;
    }
    ensemble->shared->players[0].state = PLAYS;
    int code = lane_open(&ensemble->shared->players[0].lane, map, 0, ensemble->shared->slots);
    return code < 0 ? err_set(err, code, "no words for the main thread of the trace: %s",
                              strerror(-code))
                    : 0;
}

void ensemble_close(struct ensemble *ensemble)
{
    if (!ensemble->shared)
        return;
    const struct compiled_header *header = ensemble->map->header;
    if (!ensemble->how.one_thread &&
        ensemble->map->slices[header->slice_count - 1].end_epoch < header->epoch_count)
        ensemble_open_epoch(ensemble, header->epoch_count - 1); /* threads that lived on end */
    for (uint32_t i = 1; i < header->lane_count; i++) {
        int state = atomic_load(&ensemble->shared->players[i].state);
        if (!ensemble->how.one_thread && (state == PLAYS || state == ENDED))
            (void)pthread_join(ensemble->shared->players[i].thread, NULL);
    }
    for (uint32_t i = 0; i < header->lane_count; i++)
        lane_close(&ensemble->shared->players[i].lane);
    (void)pthread_mutex_destroy(&ensemble->shared->waiters_lock);
    for (uint64_t i = 0; i < ensemble->map->header->slot_count; i++)
        free(atomic_load(&ensemble->shared->slots[i])); /* what lived when it ended */
    (void)munmap(ensemble->shared, ensemble->shared_bytes);
    *ensemble = (struct ensemble){.shared = NULL};
}

struct lane_counts ensemble_counts(const struct ensemble *ensemble)
{
    struct lane_counts all = {0};
    for (uint32_t i = 0; i < ensemble->map->header->lane_count; i++) {
        const struct lane_counts *of = &ensemble->shared->players[i].lane.counts;
        all.calls += of->calls;
        all.bytes += of->bytes;
        all.freed_blocks += of->freed_blocks;
        all.freed_bytes += of->freed_bytes;
    }
    return all;
}

unsigned ensemble_threads(const struct ensemble *ensemble)
{
    unsigned threads = 1;
    if (ensemble->how.one_thread)
        return threads;
    for (uint32_t i = 1; i < ensemble->map->header->lane_count; i++)
        threads += atomic_load(&ensemble->shared->players[i].state) == PLAYS;
    return threads;
}

void ensemble_fetch(const struct ensemble *ensemble)
{
    (void)madvise(ensemble->shared, ensemble->shared_bytes, MADV_POPULATE_WRITE);
    compiled_map_fetch(ensemble->map);
}

void ensemble_forget(const struct ensemble *ensemble)
{
    for (uint32_t i = 0; i < ensemble->map->header->lane_count; i++)
        lane_forget(&ensemble->shared->players[i].lane);
    (void)madvise(ensemble->shared, ensemble->shared_bytes, MADV_DONTNEED);
    compiled_map_forget(ensemble->map);
}
