/* Slots are made before they are taken: to find room for a page of the file costs who first writes
 * to it 4 us on ext4; who finds it there, 0.4. Written 64 KiB at once it takes us 0.7. */
#include <fcntl.h>
#include <unistd.h>

#include "recorder.h"
#include "recording_state.h"

enum { AHEAD_LEAST = 4, AHEAD_MOST = 64 };

/* In the pool are those that were passed on by their threads, too, with some events in them. */
static bool is_fresh(uint64_t passed)
{
    return passed != 0 && (uint32_t)passed == 0;
}

static uint32_t count_fresh(const struct recorder_shared *shared)
{
    uint32_t fresh = 0;
    for (unsigned i = 0; i < RECORDER_POOL_SLOTS; i++)
        fresh += is_fresh(__atomic_load_n(&shared->pool[i], __ATOMIC_RELAXED));
    return fresh;
}

static bool pass_on(struct recorder_shared *shared, uint32_t slot)
{
    for (unsigned i = 0; i < RECORDER_POOL_SLOTS; i++) {
        uint64_t none = 0;
        if (__atomic_load_n(&shared->pool[i], __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&shared->pool[i], &none, (uint64_t)slot << 32, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

/* One of our own until it is in the pool: nobody writes to it meanwhile. */
static bool make_slot(const struct recording *recording, struct recorder_shared *shared)
{
    static const char nothing[TRACE_SLOT_BYTES];
    if (__atomic_load_n(&shared->next_slot, __ATOMIC_RELAXED) >= shared->slots)
        return false;
    uint32_t slot = __atomic_fetch_add(&shared->next_slot, 1, __ATOMIC_RELAXED);
    if (slot >= shared->slots)
        return false;
    bool made = pwrite(recording->file_fd, nothing, sizeof nothing,
                       (off_t)slot * TRACE_SLOT_BYTES) == (ssize_t)sizeof nothing;
    return pass_on(shared, slot) && made;
}

void recording_make_slots(struct recording *recording)
{
    struct recorder_shared *shared = recorder_shared(recording->control);
    uint32_t fresh = count_fresh(shared);
    if (recording->ahead == 0)
        recording->ahead = AHEAD_LEAST;
    else if (fresh == 0 && recording->ahead < AHEAD_MOST)
        recording->ahead *= 2;
    while (fresh < recording->ahead && !recording->no_more_slots) {
        recording->no_more_slots = !make_slot(recording, shared);
        fresh++;
    }
}

void recording_drop_slots(const struct recording *recording)
{
    struct recorder_shared *shared = recorder_shared(recording->control);
    for (unsigned i = 0; i < RECORDER_POOL_SLOTS; i++) {
        uint64_t slot = __atomic_load_n(&shared->pool[i], __ATOMIC_RELAXED);
        if (is_fresh(slot) && __atomic_compare_exchange_n(&shared->pool[i], &slot, 0, false,
                                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            (void)fallocate(recording->file_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                            (off_t)(slot >> 32) * TRACE_SLOT_BYTES, TRACE_SLOT_BYTES);
    }
}
