#include <math.h>

#include "split.h"

/* Of the books, what may be room that fills unseen. */
#define LOOSE_SHARE 0.10
/* Books that grow so much faster than what is resident say little about it. */
#define RUNNING_AHEAD 1.2
/* Of what is not live: below SURE outside is not sure, above POSSIBLE kept is well possible. */
#define SURE_SHARE     0.25
#define POSSIBLE_SHARE 0.5
/* So much of what is not live is foreign that there is nothing left to be told apart. */
#define FOREIGN_SHARE 0.9

static const struct share nothing = {0, 0, 0};

/* What the split is made from. */
struct growth {
    const struct accounts *accounts;
    const struct share *share;          /* per account */
    const struct verdict_signal *trend; /* per account */
    struct share foreign;
    double loose; /* room in the books, as a share of all growth */
};

static void set_slopes(const struct accounts *accounts, double slope[PARTS]);
static double room_in_books(const struct accounts *accounts);
static void split_books(const struct growth *growth, struct share part[PARTS]);
static void split_untouched(const struct growth *growth, struct share part[PARTS]);
static bool could_be_kept(const struct share part[PARTS]);
static void tell_foreign_only(const struct growth *growth, struct growth_split *out);
static void normalise(struct growth_split *out);

void split_growth(const struct accounts *accounts, struct growth_split *out)
{
    const struct verdict_signal *all = &accounts->trend[ACCOUNT_OCCUPIED];
    struct growth growth = {
        .accounts = accounts, .share = accounts->growth, .trend = accounts->trend};
    *out = (struct growth_split){.bytes_per_cycle = all->slope_per_cycle,
                                 .untold = !accounts->kept_told};
    set_slopes(accounts, out->slope);
    struct share *part = out->part;
    for (int i = 0; i < PARTS; i++)
        part[i] = (struct share){NAN, 0, 1};
    if (!(all->slope_per_cycle > 0))
        return;

    growth.foreign =
        isnan(growth.share[ACCOUNT_FOREIGN].share) ? nothing : growth.share[ACCOUNT_FOREIGN];
    growth.loose = room_in_books(accounts) / (all->slope_per_cycle * all->judged_cycles);
    if (!accounts->has[MEMORY_LAZY_FREE] || isnan(growth.share[ACCOUNT_LAZY].share))
        part[PART_LAZY] = nothing;
    else
        part[PART_LAZY] = growth.share[ACCOUNT_LAZY];
    if (!accounts->has_live) {
        const struct share *outside = &growth.share[ACCOUNT_OUTSIDE];
        part[PART_OUTSIDE] = (struct share){NAN, growth.foreign.low, 1};
        if (accounts->kept_told)
            part[PART_OUTSIDE] = (struct share){
                outside->share, accounts_positive(outside->low - growth.loose), outside->high};
        part[PART_LIVE] = part[PART_KEPT] = (struct share){NAN, 0, 1 - part[PART_OUTSIDE].low};
        return;
    }
    if (growth.trend[ACCOUNT_LIVE].slope_per_cycle > growth.trend[ACCOUNT_PRIVATE].slope_per_cycle)
        split_untouched(&growth, part);
    else
        split_books(&growth, part);
    if (accounts->kept_told && could_be_kept(part))
        out->untold = true;
    if (out->untold)
        tell_foreign_only(&growth, out);
    normalise(out);
}

static void set_slopes(const struct accounts *accounts, double slope[PARTS])
{
    static const enum account of[PARTS] = {
        [PART_LIVE] = ACCOUNT_LIVE,         [PART_KEPT] = ACCOUNT_KEPT,
        [PART_OUTSIDE] = ACCOUNT_OUTSIDE,   [PART_LAZY] = ACCOUNT_LAZY,
        [PART_NOT_LIVE] = ACCOUNT_NOT_LIVE,
    };
    for (int i = 0; i < PARTS; i++)
        slope[i] = accounts->trend[of[i]].slope_per_cycle;
    if (!accounts->kept_told)
        slope[PART_KEPT] = slope[PART_OUTSIDE] = NAN;
    if (!accounts->has[MEMORY_LAZY_FREE])
        slope[PART_LAZY] = NAN;
}

/* Bytes: books above what is resident at the start, steps of the books that RSS did not follow, and
 * what of them is never touched. */
static double room_in_books(const struct accounts *accounts)
{
    const double *books = accounts->value[ACCOUNT_BOOKS];
    const double *held = accounts->value[ACCOUNT_HELD];
    const double *private = accounts->value[ACCOUNT_PRIVATE];
    double ahead = 0;
    for (size_t i = accounts->count / 10 + 1; i < accounts->count; i++)
        ahead = fmax(ahead, books[i] - books[i - 1] - accounts_positive(held[i] - held[i - 1]));
    double spare = accounts_positive(accounts_median(accounts, books, .30, .30 + .15) -
                                     accounts_median(accounts, private, .30, .30 + .15));
    double kept =
        accounts_positive(accounts_median(accounts, accounts->value[ACCOUNT_KEPT], .30, 1));
    return spare + ahead + LOOSE_SHARE * kept;
}

static void split_books(const struct growth *growth, struct share part[PARTS])
{
    const struct share *share = growth->share;
    const struct share *kept = &share[ACCOUNT_KEPT], *outside = &share[ACCOUNT_OUTSIDE];
    const struct share *not_live = &share[ACCOUNT_NOT_LIVE];
    bool vague = growth->trend[ACCOUNT_KEPT].slope_per_cycle >
                 RUNNING_AHEAD * growth->trend[ACCOUNT_NOT_LIVE].slope_per_cycle;
    part[PART_LIVE] = share[ACCOUNT_LIVE];
    part[PART_NOT_LIVE] = *not_live;
    part[PART_KEPT] = (struct share){kept->share, vague ? 0 : kept->low,
                                     fmin(not_live->high, kept->high + growth->loose)};
    part[PART_OUTSIDE] =
        (struct share){outside->share, accounts_positive(outside->low - growth->loose),
                       vague ? not_live->high : outside->high};
}

/* Live rises faster than what is resident: not all of it is touched. Pages that are explain all of
 * the rise; at the least, what the books do not let be kept. */
static void split_untouched(const struct growth *growth, struct share part[PARTS])
{
    const struct share *share = growth->share, *foreign = &growth->foreign;
    const struct share *resident = &share[ACCOUNT_PRIVATE];
    bool told = growth->accounts->kept_told;
    double could = told ? fmin(1, share[ACCOUNT_KEPT].high + growth->loose) : 1;
    bool falls = growth->trend[ACCOUNT_NOT_LIVE].slope_high < 0;
    part[PART_LIVE] = (struct share){
        resident->share, falls ? accounts_positive(resident->low - could) : share[ACCOUNT_LIVE].low,
        fmax(resident->high, share[ACCOUNT_LIVE].high)};
    part[PART_NOT_LIVE] =
        (struct share){foreign->share, foreign->low,
                       fmax(share[ACCOUNT_NOT_LIVE].high, fmin(1, foreign->high + could))};
    part[PART_KEPT] = (struct share){0, 0, could};
    double unseen = told ? accounts_positive(share[ACCOUNT_OUTSIDE].high) : 1;
    part[PART_OUTSIDE] =
        (struct share){foreign->share, foreign->low, fmin(1, foreign->high + unseen)};
}

/* Most lies outside, but not for sure, and there was room for it in the books. */
static bool could_be_kept(const struct share part[PARTS])
{
    double not_live = part[PART_NOT_LIVE].share;
    return part[PART_OUTSIDE].share > part[PART_KEPT].share &&
           part[PART_OUTSIDE].low < SURE_SHARE * not_live &&
           part[PART_KEPT].high > POSSIBLE_SHARE * not_live;
}

/* Only what is shared memory, files or stacks is outside for sure. */
static void tell_foreign_only(const struct growth *growth, struct growth_split *out)
{
    const struct share *foreign = &growth->foreign, *not_live = &out->part[PART_NOT_LIVE];
    out->untold = foreign->share <= FOREIGN_SHARE * not_live->share;
    out->part[PART_KEPT] =
        (struct share){out->untold ? NAN : accounts_positive(not_live->share - foreign->share), 0,
                       accounts_positive(not_live->high - foreign->low)};
    out->part[PART_OUTSIDE] =
        (struct share){out->untold ? NAN : foreign->share, foreign->low, not_live->high};
}

/* The parts come from slopes that need not add up. */
static void normalise(struct growth_split *out)
{
    struct share *part = out->part;
    double not_live =
        accounts_positive(part[PART_KEPT].share) + accounts_positive(part[PART_OUTSIDE].share);
    if (out->untold)
        not_live = accounts_positive(part[PART_NOT_LIVE].share);
    double sum = accounts_positive(part[PART_LIVE].share) + part[PART_LAZY].share + not_live;
    for (int i = 0; i < PARTS && sum > 0; i++)
        part[i].share /= sum;
    if (!out->untold)
        part[PART_NOT_LIVE].share = part[PART_KEPT].share + part[PART_OUTSIDE].share;
    for (int i = 0; i < PARTS; i++) {
        if (isnan(part[i].share))
            continue;
        part[i].low = fmin(part[i].low, part[i].share);
        part[i].high = fmax(part[i].high, part[i].share);
    }
}
