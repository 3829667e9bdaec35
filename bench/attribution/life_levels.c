#include <math.h>

#include "life.h"

/* A level is told, if not as the class, from this share of what is occupied and these bytes on. */
#define WORTH_SHARE 0.20
#define WORTH_BYTES (4.0 * 1024 * 1024)
#define LAZY_SHARE  0.10
#define SWAP_SHARE  0.10

static struct finding level_of(const struct life *life, enum finding_kind kind, double bytes);
static void add_parts(const struct life *life, double worth, struct attribution *out);
static void add_notes(const struct life *life, struct attribution *out);
static double swap_level(const struct life *life);

void life_find_levels(struct life *life, struct attribution *out)
{
    const struct level_split *level = &out->level;
    double occupied = life->accounts.level_bytes[ACCOUNT_OCCUPIED];
    double lazy = life->accounts.level_bytes[ACCOUNT_LAZY];
    bool told = !life->curve->growth_alone;
    life->kept_high = told && level->kept_since_start_bytes > level->enough_bytes;
    life->outside_high = told && level->outside_since_start_bytes > level->enough_bytes;
    life->either_high = told && level->either_bytes > level->enough_bytes;
    if (told)
        add_parts(life, fmax(WORTH_BYTES, WORTH_SHARE * occupied), out);
    if (lazy > fmax(WORTH_BYTES, LAZY_SHARE * occupied)) {
        struct finding finding = level_of(life, FINDING_LAZY_LEVEL, lazy);
        findings_add(&out->findings, &finding);
    }
    add_notes(life, out);
}

static struct finding level_of(const struct life *life, enum finding_kind kind, double bytes)
{
    return (struct finding){
        .kind = kind,
        .size_bytes = bytes,
        .growth = {NAN, 0, 1},
        .live_bytes = life->accounts.level_bytes[ACCOUNT_LIVE],
        .held_bytes = life->accounts.level_bytes[ACCOUNT_PRIVATE],
        .settled = life->held.state == SIGNAL_FLAT,
        .untold = life->accounts.has_books ? UNTOLD_ON_PAPER : UNTOLD_NO_BOOKS,
        .without_swap = !life->accounts.has[MEMORY_SWAP],
    };
}

static void add_parts(const struct life *life, double worth, struct attribution *out)
{
    const struct level_split *level = &out->level;
    if (life->kept_high || level->kept_since_start_bytes > worth) {
        struct finding finding = level_of(life, FINDING_KEPT_LEVEL, level->kept_bytes);
        finding.settled &= !life->kept_grows;
        findings_add(&out->findings, &finding);
    }
    if (life->either_high) {
        struct finding finding = level_of(life, FINDING_NOT_LIVE_LEVEL, level->either_bytes);
        finding.settled &= !life->untold;
        findings_add(&out->findings, &finding);
    }
    if (life->outside_high || level->outside_since_start_bytes > worth) {
        struct finding finding =
            level_of(life, FINDING_OUTSIDE_LEVEL, level->outside_since_start_bytes);
        finding.settled &= !life->outside_grows;
        findings_add(&out->findings, &finding);
    }
}

static void add_notes(const struct life *life, struct attribution *out)
{
    const double *level = life->accounts.level_bytes;
    double not_live = accounts_positive(level[ACCOUNT_HELD] - out->level.live_bytes);
    double swap = swap_level(life);
    double private = level[ACCOUNT_PRIVATE];
    bool told = life->curve->padding_told;
    double huge = told ? life->curve->padded_bytes : level[ACCOUNT_HUGE];
    double padding = fmin(huge, told ? life->curve->padding_bytes : not_live);
    if (padding > WORTH_BYTES && (told || huge > 0.5 * not_live)) {
        struct finding finding = level_of(life, FINDING_HUGE_PAGES, padding);
        finding.held_bytes = huge;
        finding.padding_told = told;
        findings_add(&out->findings, &finding);
    }
    if (swap > fmax(WORTH_BYTES, SWAP_SHARE * level[ACCOUNT_OCCUPIED])) {
        struct finding finding = level_of(life, FINDING_SWAPPED, swap);
        findings_add(&out->findings, &finding);
    }
    if (out->level.untouched) {
        struct finding finding = level_of(life, FINDING_UNTOUCHED, level[ACCOUNT_LIVE] - private);
        findings_add(&out->findings, &finding);
    }
    if (life->accounts.books_on_paper && !out->level.untouched) {
        struct finding finding = level_of(life, FINDING_BOOKS, level[ACCOUNT_BOOKS] - private);
        findings_add(&out->findings, &finding);
    }
}

static double swap_level(const struct life *life)
{
    if (!life->accounts.has[MEMORY_SWAP])
        return NAN;
    return accounts_median(&life->accounts, life->curve->column[MEMORY_SWAP] + life->from, 2. / 3,
                           1);
}
