#include <math.h>

#include "life.h"
#include "trend.h"

/* A part of the growth of what is not live is named from this share of all growth on. */
#define NAMED_SHARE 0.10

static void size_parts(struct life *life, const struct attribution *out);
static void add_live(const struct life *life, struct attribution *out);
static void add_outside(const struct life *life, struct attribution *out);
static void add_kept(const struct life *life, struct attribution *out);
static void add_not_live(const struct life *life, struct attribution *out);
static void add_unknown(const struct life *life, struct attribution *out);
static void add_lazy(const struct life *life, struct attribution *out);
static enum memory_column mostly(const struct life *life);
static double huge_share(const struct life *life);
static enum untold why_untold(const struct life *life);

void life_find_growth(struct life *life, struct attribution *out)
{
    const struct verdict_signal *trend = life->accounts.trend;
    const struct verdict_signal *not_live = &trend[ACCOUNT_NOT_LIVE];
    bool live_grows = life->live.state == SIGNAL_GROW, live_flat = life->live.state == SIGNAL_FLAT;
    life->not_live_minor_leak =
        not_live->slope_low > life->live.slope_high ||
        (live_flat && not_live->slope_per_cycle > life->live.slope_per_cycle);
    life->not_live_grows =
        life->accounts.has_live && life->held.state == SIGNAL_GROW &&
        (life->not_live_minor_leak || (live_grows && not_live->state == SIGNAL_GROW));
    life->untold = life->not_live_grows && out->growth.untold;
    size_parts(life, out);

    if (live_grows)
        add_live(life, out);
    if (life->outside_grows)
        add_outside(life, out);
    if (life->kept_grows)
        add_kept(life, out);
    if (life->untold)
        add_not_live(life, out);
    if (!life->accounts.has_live && life->held.state == SIGNAL_GROW && !life->outside_grows)
        add_unknown(life, out);
    if (trend[ACCOUNT_LAZY].state == SIGNAL_GROW)
        add_lazy(life, out);
}

static void size_parts(struct life *life, const struct attribution *out)
{
    const struct accounts *accounts = &life->accounts;
    const struct verdict_signal *trend = accounts->trend;
    const struct verdict_signal *foreign = &trend[ACCOUNT_FOREIGN];
    double rate = accounts_positive(out->growth.bytes_per_cycle);
    life->kept_bytes = accounts_positive(out->growth.part[PART_KEPT].share) * rate;
    life->outside_bytes = accounts_positive(out->growth.part[PART_OUTSIDE].share) * rate;
    life->not_live_bytes = accounts_positive(trend[ACCOUNT_NOT_LIVE].slope_per_cycle);
    double enough = fmax(NAMED_SHARE * rate, trend[ACCOUNT_NOT_LIVE].tolerance_bytes / 2 /
                                                 trend[ACCOUNT_NOT_LIVE].judged_cycles);
    if (life->untold) {
        life->outside_grows = foreign->state == SIGNAL_GROW;
        life->outside_bytes = life->outside_grows ? foreign->slope_per_cycle : 0;
    } else if (life->not_live_grows) {
        life->outside_grows =
            life->outside_bytes >= life->kept_bytes || life->outside_bytes > enough;
        life->kept_grows = life->kept_bytes > life->outside_bytes || life->kept_bytes > enough;
    } else if (!accounts->has_live) {
        const struct verdict_signal *outside =
            accounts->kept_told ? &trend[ACCOUNT_OUTSIDE] : foreign;
        life->outside_grows =
            outside->state == SIGNAL_GROW && out->growth.part[PART_OUTSIDE].low > 0.5;
        life->outside_bytes = outside->slope_per_cycle;
    }
}

static void add_live(const struct life *life, struct attribution *out)
{
    const struct verdict_signal *trend = life->accounts.trend;
    double resident = trend[ACCOUNT_PRIVATE].slope_per_cycle;
    struct finding finding = {
        .kind = FINDING_LIVE_GROWS,
        .size_bytes = resident > 0 ? fmin(life->live.slope_per_cycle, resident) : 0,
        .growth = life->held.state == SIGNAL_GROW ? out->growth.part[PART_LIVE]
                                                  : (struct share){NAN, 0, 1},
        .slope_bytes = life->live.slope_per_cycle,
        .resident_slope_bytes = NAN,
        .slows_to = life->live.slows ? life->live.pace : 0,
        .as = MEMORY_COLUMNS,
    };
    if (trend[ACCOUNT_LIVE].slope_per_cycle > 1.1 * resident)
        finding.resident_slope_bytes = accounts_positive(resident);
    findings_add(&out->findings, &finding);
}

static void add_outside(const struct life *life, struct attribution *out)
{
    findings_add(&out->findings, &(struct finding){
                                     .kind = FINDING_OUTSIDE_GROWS,
                                     .size_bytes = life->outside_bytes,
                                     .growth = out->growth.part[PART_OUTSIDE],
                                     .as = mostly(life),
                                     .huge_share = huge_share(life),
                                     .padding_told = life->curve->padding_told,
                                 });
}

static void add_kept(const struct life *life, struct attribution *out)
{
    findings_add(&out->findings, &(struct finding){
                                     .kind = FINDING_KEPT_GROWS,
                                     .size_bytes = life->kept_bytes,
                                     .growth = out->growth.part[PART_KEPT],
                                     .huge_share = huge_share(life),
                                     .padding_told = life->curve->padding_told,
                                 });
}

static void add_not_live(const struct life *life, struct attribution *out)
{
    findings_add(&out->findings, &(struct finding){
                                     .kind = FINDING_NOT_LIVE_GROWS,
                                     .size_bytes = life->not_live_bytes - life->outside_bytes,
                                     .growth = out->growth.part[PART_NOT_LIVE],
                                     .slope_bytes = life->not_live_bytes,
                                     .untold = why_untold(life),
                                     .huge_share = huge_share(life),
                                     .padding_told = life->curve->padding_told,
                                 });
}

static void add_unknown(const struct life *life, struct attribution *out)
{
    const struct verdict_signal *trend = life->accounts.trend;
    double held = trend[ACCOUNT_HELD].slope_per_cycle;
    findings_add(&out->findings,
                 &(struct finding){
                     .kind = FINDING_UNKNOWN_GROWS,
                     .size_bytes = held,
                     .growth = {NAN, 0, 1},
                     .huge_share = huge_share(life),
                     .padding_told = life->curve->padding_told,
                     .inside_heap = life->accounts.kept_told &&
                                    trend[ACCOUNT_BOOKS].slope_per_cycle > 0.5 * held,
                 });
}

static void add_lazy(const struct life *life, struct attribution *out)
{
    findings_add(&out->findings,
                 &(struct finding){
                     .kind = FINDING_LAZY_GROWS,
                     .size_bytes = life->accounts.trend[ACCOUNT_LAZY].slope_per_cycle,
                     .growth = out->growth.part[PART_LAZY],
                 });
}

/* What more than half of the growth outside is, if a column shows it. */
static enum memory_column mostly(const struct life *life)
{
    enum memory_column best = MEMORY_COLUMNS;
    for (enum memory_column column = MEMORY_SHMEM; column <= MEMORY_FILE; column++) {
        if (!life->accounts.has[column])
            continue;
        struct verdict_signal trend;
        accounts_trend(&life->accounts, life->curve->column[column] + life->from, &trend);
        if (trend.slope_per_cycle > 0.5 * life->outside_bytes)
            best = column;
    }
    return best;
}

/* Where the padding at the end is known, no more than that can have come in these cycles. */
static double huge_share(const struct life *life)
{
    const struct memory_curve *curve = life->curve;
    const double *cycle = curve->column[MEMORY_CYCLE];
    double huge = life->accounts.trend[ACCOUNT_HUGE].slope_per_cycle;
    if (!(life->not_live_bytes > 0 && huge > 0.5 * life->not_live_bytes))
        return 0;
    double cycles = cycle[curve->count - 1] - cycle[life->from];
    double padding = curve->padding_told && cycles > 0 ? curve->padding_bytes / cycles : huge;
    double share = fmin(huge, padding) / life->not_live_bytes;
    return share < NAMED_SHARE ? 0 : fmin(1, share);
}

static enum untold why_untold(const struct life *life)
{
    if (life->accounts.kept_told)
        return UNTOLD_RUNS_AHEAD;
    return life->accounts.has_books ? UNTOLD_ON_PAPER : UNTOLD_NO_BOOKS;
}
