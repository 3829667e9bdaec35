/*
 * session: what a service keeps for each client, as a load on the allocator.
 *
 * For each peer that joins, `blocks` blocks are allocated and touched; their sizes are log-uniform
 * between the two bounds. When the peer leaves they are freed, except outlive_percent of them,
 * spread evenly over the session, which are freed when outlive_cycles further peers have left.
 * Sizes come from splitmix64 (Steele, Lea, Flood 2014) and a seed, so every run asks for the same.
 *
 * The tables are made by session_open(); afterwards the only allocations are the blocks themselves.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uuid/uuid.h>

#include "cleanup.h"
#include "err.h"

enum { SESSION_PEERS_MAX = 256, SESSION_BLOCKS_MAX = 65536, SESSION_CYCLES_MAX = 65536 };

struct session_options {
    int64_t blocks; /* per session; 0: no sessions */
    int64_t min_bytes;
    int64_t max_bytes;
    int64_t outlive_percent;
    int64_t outlive_cycles;
    uint64_t seed;
};

struct session_block {
    void *memory; /* NULL: none */
    size_t bytes;
};

struct session {
    uuid_t uuid;
    struct session_block *blocks; /* options.blocks of them, in sessions.blocks */
};

struct sessions {
    struct session_options options;
    struct session *table; /* SESSION_PEERS_MAX; the first `count` are in use */
    int count;
    struct session_block *blocks;    /* of all sessions */
    struct session_block *outliving; /* a ring of outlive_cycles batches */
    int64_t batch;                   /* blocks in a batch */
    int64_t left;                    /* sessions ended so far */
    uint64_t drawn;                  /* sizes so far */
    int64_t blocks_live;
    int64_t bytes_requested_live;
    int64_t refused; /* peers without a session: table or memory full */
};

/* Zeroed is closed. -EINVAL for options that contradict each other, -ENOMEM. */
int session_open(struct sessions *sessions, const struct session_options *options, struct err *err);

/* A peer came; a peer went. Nothing happens when blocks is 0, or for an unknown peer. */
void session_join(struct sessions *sessions, const uuid_t uuid);
void session_leave(struct sessions *sessions, const uuid_t uuid);

/* The size of a block by its number, counted over all sessions; session_open() checks the bounds.
 */
size_t session_block_bytes(const struct session_options *options, uint64_t number);

/* Does the block of this index in its session outlive it? */
bool session_outlives(const struct session_options *options, int64_t index);

/* Free everything. */
void session_close(struct sessions *sessions);
DEFINE_AUTO(sessions, session_close)
