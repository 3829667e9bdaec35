#include "known.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct cause {
    const char *const *names; /* any of these in a site's call or its callers */
    /* Or blocks of this size, so many per cycle. A range, since allocators round up. */
    int64_t block_least_bytes, block_most_bytes;
    double blocks_per_cycle;
    const char *what;
};

static const struct cause causes[] = {
    {
        /* 256 messages of 64 bytes and two pointers are a queue; a pipe has one each way. */
        .names = (const char *const[]){"zmq::pipepair", "zmq::session_base_t::engine_ready",
                                       "zmq::session_base_t::create", NULL},
        .block_least_bytes = 16400,
        .block_most_bytes = 20480,
        .blocks_per_cycle = 2,
        .what = "pipes and sessions of peers that left. Their end waits in the mailbox of the PUB "
                "socket they were connected to, and an idle PUB never looks into it (libzmq issue "
                "3186): about 35 kB per departed peer, freed when the socket is closed. Let the "
                "application touch the socket: keep it in the poll set (drain: pollset).",
    },
};

static bool named(const struct site *site, const struct cause *cause)
{
    for (const char *const *name = cause->names; *name; name++)
        if (strstr(site->where, *name) || strstr(site->via, *name))
            return true;
    return false;
}

const char *known_cause(const struct diagnosis *diagnosis, char *out, size_t size)
{
    if (*diagnosis->why_not[MOMENT_LIVE] || diagnosis->cycles <= 0)
        return NULL;
    int64_t live = diagnosis_sum(diagnosis, MOMENT_LIVE).bytes;
    for (size_t i = 0; i < ARRAY_LENGTH(causes); i++) {
        const struct cause *cause = &causes[i];
        int64_t named_bytes = 0;
        int64_t sized_blocks = 0;
        for (size_t j = 0; j < diagnosis->sites.count; j++) {
            const struct site *site = &diagnosis->sites.list[j];
            const struct amount *amount = &site->amount[MOMENT_LIVE];
            if (named(site, cause))
                named_bytes += amount->bytes;
            if (amount->blocks > 0 && amount->bytes >= cause->block_least_bytes * amount->blocks &&
                amount->bytes <= cause->block_most_bytes * amount->blocks)
                sized_blocks += amount->blocks;
        }
        double per_cycle = (double)sized_blocks / (double)diagnosis->cycles;
        if (2 * named_bytes > live) {
            (void)snprintf(out, size, "What it is: %s", cause->what);
            return out;
        }
        if (fabs(per_cycle - cause->blocks_per_cycle) < 0.2 * cause->blocks_per_cycle) {
            (void)snprintf(out, size,
                           "What it is, by the size of the blocks (%.1f blocks of %" PRId64
                           " B or a little more per cycle): %s",
                           per_cycle, cause->block_least_bytes, cause->what);
            return out;
        }
    }
    return NULL;
}
