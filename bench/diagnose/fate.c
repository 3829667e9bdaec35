#include "fate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "units.h"

static const struct diagnosis *witness(const struct diagnosis *diagnoses, size_t count);
static double growth_bytes(const struct diagnosis *plain);

bool fate_left_at_exit(const struct diagnosis *plain)
{
    int64_t left = record_primary(&plain->record)->exit_bytes;
    return left != RECORD_NA && 2 * (double)left > growth_bytes(plain);
}

/* Per cycle, since the passes are not equally long. Where growth is not known any loss is most. */
static bool is_most(struct amount lost, const struct diagnosis *diagnosis,
                    const struct diagnosis *plain)
{
    double lost_per_cycle = (double)lost.bytes / (double)diagnosis->cycles;
    double growth_per_cycle = growth_bytes(plain) / (double)plain->cycles;
    return lost.bytes > 0 && !(2 * lost_per_cycle < growth_per_cycle);
}

bool fate_is_lost(const struct diagnosis *diagnoses, size_t count, const struct diagnosis *plain)
{
    const struct diagnosis *diagnosis = witness(diagnoses, count);
    return diagnosis && is_most(diagnosis_sum(diagnosis, MOMENT_LOST), diagnosis, plain);
}

/* Only what nothing points to; else all that nobody freed. */
static bool counts_unreachable(const struct tool *tool)
{
    return tool->kind == TOOL_UNREACHABLE;
}

const char *fate_sentence(const struct diagnosis *diagnoses, size_t count,
                          const struct diagnosis *plain, bool grows, char *out, size_t size)
{
    const struct diagnosis *diagnosis = witness(diagnoses, count);
    struct amount lost =
        diagnosis ? diagnosis_sum(diagnosis, MOMENT_LOST) : (struct amount){AMOUNT_NA, AMOUNT_NA};
    char bytes[64];
    char blocks[160];
    if (lost.bytes < 0 || (lost.bytes == 0 && !grows))
        return NULL;
    (void)snprintf(blocks, sizeof blocks,
                   "%" PRId64 " block%s (%s) that %s, by %s in %" PRId64 " cycles", lost.blocks,
                   lost.blocks == 1 ? "" : "s",
                   units_format_bytes((double)lost.bytes, bytes, sizeof bytes),
                   counts_unreachable(diagnosis->tool) ? "nothing points to" : "nobody freed",
                   diagnosis->tool->name, diagnosis->cycles);
    if (lost.bytes == 0)
        (void)snprintf(out, size,
                       "The application holds it until it closes: nothing was left at the end, "
                       "by %s.",
                       diagnosis->tool->name);
    else if (!grows)
        (void)snprintf(out, size, "The application lost %s.", blocks);
    else if (is_most(lost, diagnosis, plain))
        (void)snprintf(out, size, "More exactly, the application lost it: %s.", blocks);
    else
        (void)snprintf(out, size, "The application holds it until it closes, but for %s.", blocks);
    return out;
}

/* Who tells what was lost: what counts the unreachable before what counts all that is left. */
static const struct diagnosis *witness(const struct diagnosis *diagnoses, size_t count)
{
    const struct diagnosis *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct diagnosis *diagnosis = &diagnoses[i];
        if (diagnosis_sum(diagnosis, MOMENT_LOST).bytes == AMOUNT_NA || diagnosis->cycles <= 0)
            continue;
        if (!best || (counts_unreachable(diagnosis->tool) && !counts_unreachable(best->tool)))
            best = diagnosis;
    }
    return best;
}

/* By the allocator's own count; NaN where it has none. */
static double growth_bytes(const struct diagnosis *plain)
{
    const struct record_snapshot *snapshots = record_primary(&plain->record)->snapshot;
    int64_t start = snapshots[PHASE_START].stat[STAT_LIVE];
    int64_t end = snapshots[PHASE_QUIET].stat[STAT_LIVE];
    return start == ALLOCATOR_NA || end == ALLOCATOR_NA ? NAN : (double)(end - start);
}
