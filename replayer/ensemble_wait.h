/*
 * ensemble_wait: what lanes wait for, and who wakes them (ensemble.h says why that is no deadlock):
 * the next epoch, a block of another lane, a time. Internal to replayer/.
 */
#pragma once

#include "ensemble_state.h"

/* What follows happened at this time. Paced: it waits for it. */
void ensemble_set_time(const struct ensemble *ensemble, int64_t time_ns);

/* Those who take part in it go on. */
void ensemble_open_epoch(struct ensemble *ensemble, uint64_t number);
/* Until that of the player's lane is open. */
void ensemble_await_epoch(struct player *player);
/* One lane less; the last one opens the next epoch, or says that the slice is done. */
void ensemble_leave_epoch(struct ensemble *ensemble);

/* Until the block is there that the player's lane stands before. */
void ensemble_await_block(struct player *player);
/* Before a lane stands still: who waits for what it has handed over goes on. Not at once, block by
 * block: a switch of threads costs as much as some hundred events. */
void ensemble_wake_waiters(struct player *player);
