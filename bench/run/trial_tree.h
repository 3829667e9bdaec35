/*
 * trial_tree: measured roles that may be several processes, in a trial under way: who belongs to
 * them, what their agents say, and what may be said of all together. Internal to run/.
 */
#pragma once

#include "trial_state.h"

/* Who has come and who has gone, of every such role; now and then, or now. */
void trial_tree_walk(struct trial *trial, bool now);

/* Ask every process but the one that was started, and wait. Who does not answer is not asked again.
 * 0, -ECANCELED, -EINTR. */
int trial_tree_ask(struct trial *trial, size_t role, const char *verb);

/* Statistics of the role: `stats`, of the process that was started, becomes the sum over all, of
 * forked ones less what they had at birth: what they inherited counts once, with who took it, as
 * long as nobody writes to it. So growth is exact. The level is not where more than
 * TRIAL_TREE_INHERITED_SHARE of what is anonymous was inherited (each that writes to it has its
 * own by then): the record says why (level_unavailable). Nothing is available, with the reason in
 * the record, where they are not those of the baseline, or one did not answer. */
#define TRIAL_TREE_INHERITED_SHARE 0.05
int trial_tree_add_stats(struct trial *trial, size_t role, struct allocator_stats *stats);

/* The trial is invalid where processes that did not prove to run on the row's allocator hold more
 * than this share of the role's anonymous memory; it fails where that memory cannot be told. One
 * that holds less than TRIAL_TREE_BARE_BYTES is as the loader left it, and not counted. To be
 * called after an exact look. */
#define TRIAL_TREE_FOREIGN_SHARE 0.05
enum { TRIAL_TREE_BARE_BYTES = 256 * 1024 };
int trial_tree_check(struct trial *trial, size_t role);

/* The same of a role that has ended, by what each of its processes held when it was last looked
 * at. */
int trial_tree_check_past(struct trial *trial, size_t role);
