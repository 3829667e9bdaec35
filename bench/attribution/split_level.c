#include <math.h>

#include "split.h"

#define MIB (1024.0 * 1024)
/* A part is worth a class when it is more than live, and more than this. */
#define ENOUGH_BYTES (4 * MIB)
/* A process has so much before it works, where the first row does not say how much. */
#define START_BYTES (16 * MIB)
/* Of live and of the books, what may never have been touched. */
#define LOOSE_SHARE 0.10

const char *const part_names[PARTS + 1] = {
    [PART_LIVE] = "live", [PART_KEPT] = "kept",         [PART_OUTSIDE] = "outside",
    [PART_LAZY] = "lazy", [PART_NOT_LIVE] = "not_live", NULL,
};

/* What the first row had already. Of a curve that does not begin at cycle 0 it may be too much. */
struct start {
    bool before_work;
    double foreign_bytes, file_bytes, outside_bytes;
    double not_live_bytes; /* of private: at most START_BYTES unless from before the work */
    double kept_bytes;
};

static struct start read_start(const struct accounts *accounts);
static void split_bytes(const struct accounts *accounts, const struct start *start,
                        struct level_split *out);
static void share_level(const struct accounts *accounts, struct level_split *out);

void split_level(const struct accounts *accounts, struct level_split *out)
{
    const double *level = accounts->level_bytes;
    *out = (struct level_split){
        .occupied_bytes = accounts->level_bytes[ACCOUNT_OCCUPIED],
        .kept_bytes = NAN,
        .outside_bytes = NAN,
        .enough_bytes = INFINITY,
    };
    for (int i = 0; i < PARTS; i++)
        out->part[i] = (struct share){NAN, 0, 1};
    double all = out->occupied_bytes;
    if (isnan(all))
        return;
    struct start start = read_start(accounts);
    double lazy = level[ACCOUNT_LAZY] / all;
    double possible = accounts->has_books ? level[ACCOUNT_BOOKS] : level[ACCOUNT_PRIVATE];
    double past_books =
        accounts->kept_told ? accounts_positive(level[ACCOUNT_PRIVATE] - level[ACCOUNT_BOOKS]) : 0;
    out->start_bytes = accounts->kept_told || !accounts->has_live
                           ? start.outside_bytes
                           : start.not_live_bytes + start.foreign_bytes;
    out->part[PART_LAZY] = (struct share){lazy, lazy, lazy};
    out->part[PART_OUTSIDE] =
        (struct share){NAN, (level[ACCOUNT_FOREIGN] + past_books) / all, level[ACCOUNT_HELD] / all};
    out->part[PART_LIVE].high = out->part[PART_KEPT].high =
        fmin(level[ACCOUNT_PRIVATE], possible) / all;
    if (!accounts->has_live)
        return;
    split_bytes(accounts, &start, out);
    share_level(accounts, out);
}

static struct start read_start(const struct accounts *accounts)
{
    const double *first = accounts->first;
    struct start start = {
        .before_work = accounts->cycle[0] == 0,
        .foreign_bytes = accounts_positive(first[ACCOUNT_FOREIGN]),
        .file_bytes = accounts_positive(first[ACCOUNT_FILE]),
    };
    double live = accounts_positive(first[ACCOUNT_LIVE]);
    double past_books = accounts_positive(first[ACCOUNT_PRIVATE] - first[ACCOUNT_BOOKS]);
    start.outside_bytes = start.foreign_bytes + (accounts->kept_told ? past_books : 0);
    start.not_live_bytes = fmin(accounts_positive(first[ACCOUNT_PRIVATE] - live),
                                start.before_work ? INFINITY : START_BYTES);
    double kept = fmin(first[ACCOUNT_PRIVATE], first[ACCOUNT_BOOKS]) - live;
    start.kept_bytes = start.before_work ? fmin(START_BYTES, accounts_positive(kept)) : 0;
    return start;
}

static void split_bytes(const struct accounts *accounts, const struct start *start,
                        struct level_split *out)
{
    const double *level = accounts->level_bytes;
    out->live_bytes = fmin(level[ACCOUNT_LIVE], level[ACCOUNT_PRIVATE]);
    out->untouched = level[ACCOUNT_LIVE] > 1.1 * level[ACCOUNT_PRIVATE] &&
                     level[ACCOUNT_LIVE] - level[ACCOUNT_PRIVATE] > MIB;
    out->enough_bytes = fmax(level[ACCOUNT_LIVE], ENOUGH_BYTES);
    double not_live = accounts_positive(level[ACCOUNT_PRIVATE] - out->live_bytes);
    double outside = level[ACCOUNT_FOREIGN];
    if (accounts->kept_told) {
        out->kept_bytes = fmin(not_live, accounts_positive(level[ACCOUNT_KEPT]));
        out->kept_since_start_bytes = out->kept_bytes - start->kept_bytes;
        outside = out->outside_bytes = not_live - out->kept_bytes + level[ACCOUNT_FOREIGN];
    } else {
        out->either_bytes = accounts_positive(not_live - start->not_live_bytes);
    }
    out->outside_since_start_bytes = accounts_positive(outside - start->outside_bytes -
                                                       (level[ACCOUNT_FILE] - start->file_bytes));
}

static void share_level(const struct accounts *accounts, struct level_split *out)
{
    const double *level = accounts->level_bytes;
    double all = out->occupied_bytes, live = out->live_bytes;
    double not_live = accounts_positive(level[ACCOUNT_PRIVATE] - live);
    double claimed = accounts->has_books ? accounts_positive(level[ACCOUNT_KEPT]) : not_live;
    double soft = accounts->kept_told ? LOOSE_SHARE * level[ACCOUNT_BOOKS] : 0;
    double touched = (1 - LOOSE_SHARE) * live;
    if (out->untouched)
        touched = accounts->has_books ? accounts_positive(level[ACCOUNT_PRIVATE] - claimed) : 0;
    double could = live - touched, foreign = level[ACCOUNT_FOREIGN];
    double kept_low = 0, outside_low = foreign, outside_high = foreign + not_live + could;
    if (accounts->kept_told) {
        kept_low = accounts_positive(out->kept_bytes - soft);
        outside_low = out->outside_bytes;
        outside_high = out->outside_bytes + fmin(soft, out->kept_bytes) + could;
    }
    struct share *part = out->part;
    part[PART_LIVE] = (struct share){live / all, touched / all, live / all};
    part[PART_KEPT] = (struct share){out->kept_bytes / all, kept_low / all,
                                     (fmin(not_live, claimed) + could) / all};
    part[PART_OUTSIDE] =
        (struct share){out->outside_bytes / all, outside_low / all, outside_high / all};
    part[PART_NOT_LIVE] = (struct share){(not_live + foreign) / all, (not_live + foreign) / all,
                                         (not_live + foreign + could) / all};
}
