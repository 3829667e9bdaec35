#include "ensemble_wait.h"

#include <errno.h>
#include <time.h>

#include "clock.h"
#include "futex.h"
#include "virtual_time.h"

void ensemble_set_time(const struct ensemble *ensemble, int64_t time_ns)
{
    if (ensemble->how.time != ENSEMBLE_PACED) {
        virtual_time_set(time_ns);
        return;
    }
    int64_t due_ns = ensemble->shared->began_ns + time_ns;
    struct timespec due = {.tv_sec = due_ns / CLOCK_NS_PER_S, .tv_nsec = due_ns % CLOCK_NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        ;
}

static bool is_there(const struct player *player)
{
    return atomic_load(&player->lane.slots[player->lane.slot]) != NULL;
}

void ensemble_open_epoch(struct ensemble *ensemble, uint64_t number)
{
    struct ensemble_shared *shared = ensemble->shared;
    const struct compiled_epoch *epoch = &ensemble->map->epochs[number];
    const uint32_t *who = ensemble->map->participants;
    ensemble_set_time(ensemble, epoch->time_ns);
    atomic_store_explicit(&shared->left,
                          (uint32_t)(epoch[1].first_participant - epoch[0].first_participant),
                          memory_order_relaxed);
    atomic_store(&shared->open, number);
    for (uint64_t i = epoch[0].first_participant; i < epoch[1].first_participant; i++) {
        struct player *player = &shared->players[who[i]];
        if (!atomic_load(&player->sleeps))
            continue;
        atomic_fetch_add(&player->bell, 1);
        futex_wake(&player->bell);
    }
}

static bool is_open(const struct player *player)
{
    return atomic_load(&player->ensemble->shared->open) >= player->lane.epoch;
}

void ensemble_await_epoch(struct player *player)
{
    for (;;) {
        uint32_t bell = atomic_load(&player->bell);
        atomic_store(&player->sleeps, true);
        if (is_open(player))
            break;
        futex_sleep(&player->bell, bell);
    }
    atomic_store(&player->sleeps, false);
}

void ensemble_leave_epoch(struct ensemble *ensemble)
{
    struct ensemble_shared *shared = ensemble->shared;
    if (atomic_fetch_sub_explicit(&shared->left, 1, memory_order_acq_rel) != 1)
        return;
    uint64_t next = atomic_load_explicit(&shared->open, memory_order_relaxed) + 1;
    if (next < shared->gate) {
        ensemble_open_epoch(ensemble, next);
        return;
    }
    atomic_store(&shared->rest, 1);
    futex_wake(&shared->rest);
}

void ensemble_wake_waiters(struct player *player)
{
    struct ensemble_shared *shared = player->ensemble->shared;
    if (!player->lane.hands)
        return;
    player->lane.hands = false;
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&shared->waiting) == 0)
        return;
    (void)pthread_mutex_lock(&shared->waiters_lock);
    for (uint32_t *link = &shared->first_waiter; *link != 0;) {
        struct player *waiter = &shared->players[*link - 1];
        if (!is_there(waiter)) {
            link = &waiter->next_waits;
            continue;
        }
        *link = waiter->next_waits;
        atomic_fetch_sub(&shared->waiting, 1);
        atomic_store(&waiter->waits, 0);
        futex_wake(&waiter->waits);
    }
    (void)pthread_mutex_unlock(&shared->waiters_lock);
}

void ensemble_await_block(struct player *player)
{
    struct ensemble_shared *shared = player->ensemble->shared;
    ensemble_wake_waiters(player);
    if (is_there(player))
        return;
    (void)pthread_mutex_lock(&shared->waiters_lock);
    atomic_fetch_add(&shared->waiting, 1);
    atomic_store(&player->waits, 1);
    player->next_waits = shared->first_waiter;
    shared->first_waiter = (uint32_t)(player - shared->players) + 1;
    if (is_there(player)) {
        shared->first_waiter = player->next_waits;
        atomic_store(&player->waits, 0);
        atomic_fetch_sub(&shared->waiting, 1);
    }
    (void)pthread_mutex_unlock(&shared->waiters_lock);
    while (atomic_load(&player->waits) == 1)
        futex_sleep(&player->waits, 1);
}
