#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "splitmix.h"

static int check(const struct session_options *options, struct err *err);
static struct session *find(struct sessions *sessions, const uuid_t uuid);
static void allocate(struct sessions *sessions, struct session_block *block);
static void release(struct sessions *sessions, struct session_block *block);

int session_open(struct sessions *sessions, const struct session_options *options, struct err *err)
{
    *sessions = (struct sessions){.options = *options};
    if (options->blocks == 0)
        return 0;
    int rc = check(options, err);
    if (rc < 0)
        return rc;
    for (int64_t i = 0; i < options->blocks; i++)
        sessions->batch += session_outlives(options, i) ? 1 : 0;

    size_t blocks = (size_t)options->blocks;
    size_t ring = (size_t)(sessions->batch * options->outlive_cycles);
    sessions->table = calloc(SESSION_PEERS_MAX, sizeof *sessions->table);
    sessions->blocks = calloc(SESSION_PEERS_MAX * blocks, sizeof *sessions->blocks);
    sessions->outliving = calloc(ring + 1, sizeof *sessions->outliving); /* never of 0 */
    if (!sessions->table || !sessions->blocks || !sessions->outliving) {
        session_close(sessions);
        return err_set(err, -ENOMEM, "no memory for the tables of %" PRId64 " blocks a session",
                       options->blocks);
    }
    for (size_t i = 0; i < SESSION_PEERS_MAX; i++)
        sessions->table[i].blocks = sessions->blocks + i * blocks;
    return 0;
}

void session_join(struct sessions *sessions, const uuid_t uuid)
{
    if (sessions->options.blocks == 0 || find(sessions, uuid))
        return;
    if (sessions->count == SESSION_PEERS_MAX) {
        sessions->refused++;
        return;
    }
    struct session *session = &sessions->table[sessions->count++];
    uuid_copy(session->uuid, uuid);
    for (int64_t i = 0; i < sessions->options.blocks; i++)
        allocate(sessions, &session->blocks[i]);
}

void session_leave(struct sessions *sessions, const uuid_t uuid)
{
    struct session *session = find(sessions, uuid);
    if (!session)
        return;
    const struct session_options *options = &sessions->options;
    struct session_block *kept = NULL;
    if (options->outlive_cycles > 0)
        kept = sessions->outliving + sessions->batch * (sessions->left % options->outlive_cycles);
    for (int64_t i = 0; i < options->blocks; i++) {
        if (kept && session_outlives(options, i)) {
            release(sessions, kept); /* it has stayed for outlive_cycles others */
            *kept++ = session->blocks[i];
            session->blocks[i] = (struct session_block){.memory = NULL};
        } else {
            release(sessions, &session->blocks[i]);
        }
    }
    sessions->left++;

    struct session *last = &sessions->table[--sessions->count];
    struct session ended = *session;
    *session = *last;
    *last = ended;
}

void session_close(struct sessions *sessions)
{
    const struct session_options *options = &sessions->options;
    for (int64_t i = 0; sessions->blocks && i < SESSION_PEERS_MAX * options->blocks; i++)
        release(sessions, &sessions->blocks[i]);
    for (int64_t i = 0; sessions->outliving && i < sessions->batch * options->outlive_cycles; i++)
        release(sessions, &sessions->outliving[i]);
    free(sessions->table);
    free(sessions->blocks);
    free(sessions->outliving);
    sessions->table = NULL;
    sessions->blocks = sessions->outliving = NULL;
    sessions->count = 0;
    sessions->options.blocks = 0;
}

static int check(const struct session_options *options, struct err *err)
{
    if (options->blocks < 0 || options->blocks > SESSION_BLOCKS_MAX)
        return err_set(err, -EINVAL, "a session has 0 to %d blocks, not %" PRId64,
                       SESSION_BLOCKS_MAX, options->blocks);
    if (options->min_bytes < 1 || options->max_bytes < options->min_bytes)
        return err_set(err, -EINVAL,
                       "blocks of a session are from %" PRId64 " to %" PRId64
                       " bytes: the first must be at least 1 and at most the second",
                       options->min_bytes, options->max_bytes);
    if (options->outlive_percent < 0 || options->outlive_percent > 100)
        return err_set(err, -EINVAL, "%" PRId64 " percent of the blocks cannot outlive a session",
                       options->outlive_percent);
    if (options->outlive_cycles < 0 || options->outlive_cycles > SESSION_CYCLES_MAX)
        return err_set(err, -EINVAL, "blocks outlive a session by 0 to %d cycles, not %" PRId64,
                       SESSION_CYCLES_MAX, options->outlive_cycles);
    return 0;
}

static struct session *find(struct sessions *sessions, const uuid_t uuid)
{
    for (int i = 0; i < sessions->count; i++) {
        if (uuid_compare(sessions->table[i].uuid, uuid) == 0)
            return &sessions->table[i];
    }
    return NULL;
}

/* Percent by percent in turn, as a line is drawn in pixels (Bresenham). */
bool session_outlives(const struct session_options *options, int64_t index)
{
    int64_t percent = options->outlive_percent;
    return (index + 1) * percent / 100 > index * percent / 100;
}

/* The draw of this number from the seed's sequence, whoever draws the others. */
size_t session_block_bytes(const struct session_options *options, uint64_t number)
{
    uint64_t state = options->seed + number * SPLITMIX_STEP;
    double unit = splitmix_uniform(&state);
    double min = (double)options->min_bytes;
    double max = (double)options->max_bytes;
    return (size_t)llround(min * pow(max / min, unit));
}

static void allocate(struct sessions *sessions, struct session_block *block)
{
    size_t bytes = session_block_bytes(&sessions->options, sessions->drawn++);
    *block = (struct session_block){.memory = malloc(bytes), .bytes = bytes};
    if (!block->memory) {
        sessions->refused++;
        return;
    }
    (void)memset(block->memory, 0x5a, bytes); /* untouched memory is not resident */
    sessions->blocks_live++;
    sessions->bytes_requested_live += (int64_t)bytes;
}

static void release(struct sessions *sessions, struct session_block *block)
{
    if (!block->memory)
        return;
    free(block->memory);
    block->memory = NULL;
    sessions->blocks_live--;
    sessions->bytes_requested_live -= (int64_t)block->bytes;
}
