#include <math.h>

#include "life.h"
#include "lives.h"

enum { ROWS_PLENTY = 60 };

static void name_class(const struct life *life, struct attribution *out);
static bool name_growth(const struct life *life, struct attribution *out);
static enum confidence confidence_of(int points);
static bool name_level(const struct life *life, struct attribution *out);
static void set(struct attribution *out, enum verdict_kind kind, enum attribution_mode mode,
                enum verdict_reason reason);
static enum verdict_reason why_live_unclear(const struct verdict_signal *live);
static int points_of(const struct life *life, const struct attribution *out);
static int margin_points(const struct life *life, const struct attribution *out);
static int growth_points(const struct life *life);
static bool parts_overlap(const struct life *life, const struct attribution *out);
static bool live_always_zero(const struct life *life, const struct attribution *out);
static void add_none(const struct life *life, struct attribution *out);

void life_classify(const struct life *life, struct attribution *out)
{
    const struct accounts *accounts = &life->accounts;
    bool few = life->live.samples < LIFE_ROWS_MIN &&
               accounts->trend[ACCOUNT_OCCUPIED].samples < LIFE_ROWS_MIN;
    set(out, VERDICT_INCONCLUSIVE, MODE_NONE, REASON_TOO_FEW_SAMPLES);
    if (accounts->count >= LIFE_ROWS_MIN && !few)
        name_class(life, out);

    int points = points_of(life, out);
    if (live_always_zero(life, out)) {
        bool heap_too = accounts->level_bytes[ACCOUNT_BOOKS] == 0;
        points -= heap_too ? 3 : 1;
        if (out->remark_count < REMARKS_MAX)
            out->remarks[out->remark_count++] = (struct remark){
                .kind = heap_too ? REMARK_ALL_ZERO_HEAP : REMARK_ALL_ZERO, .column = MEMORY_LIVE};
    }
    out->verdict.confidence =
        out->verdict.kind == VERDICT_INCONCLUSIVE ? CONFIDENCE_NONE : confidence_of(points);
    if (out->verdict.kind == VERDICT_PLATEAU)
        add_none(life, out);
}

static void name_class(const struct life *life, struct attribution *out)
{
    enum signal_state live = life->live.state, held = life->held.state;
    if (name_growth(life, out))
        return;
    if (!life->accounts.has_live)
        out->verdict.reason = REASON_NO_LIVE_SIGNAL;
    else if (live != SIGNAL_FLAT)
        out->verdict.reason = why_live_unclear(&life->live);
    else if (!name_level(life, out) && held == SIGNAL_FLAT)
        set(out, VERDICT_PLATEAU, MODE_FLAT, REASON_FLAT);
    else if (out->verdict.kind == VERDICT_INCONCLUSIVE)
        out->verdict.reason = isnan(out->level.occupied_bytes) ? REASON_NO_RSS : REASON_RSS_UNCLEAR;
}

static bool name_growth(const struct life *life, struct attribution *out)
{
    bool live_grows = life->live.state == SIGNAL_GROW;
    if (live_grows && !(life->not_live_grows && life->not_live_minor_leak)) {
        set(out, VERDICT_LEAK, MODE_GROWING, REASON_LIVE_KEEPS_GROWING);
        return true;
    }
    if (!life->not_live_grows && !life->outside_grows)
        return false;
    enum verdict_kind kind = life->untold ? VERDICT_NOT_LIVE : VERDICT_RETENTION;
    if (life->outside_grows && life->outside_bytes >= life->kept_bytes &&
        (!life->untold || life->outside_bytes > life->not_live_bytes / 2))
        kind = VERDICT_OUTSIDE;
    set(out, kind, MODE_GROWING,
        live_grows ? REASON_MOST_GROWTH_IS_NOT_LIVE : REASON_LIVE_DOES_NOT_GROW);
    return true;
}

static bool name_level(const struct life *life, struct attribution *out)
{
    const struct level_split *level = &out->level;
    if (!life->kept_high && !life->outside_high && !life->either_high)
        return false;
    enum verdict_kind kind = VERDICT_NOT_LIVE;
    if (life->kept_high && level->kept_bytes >= level->outside_since_start_bytes)
        kind = VERDICT_RETENTION;
    else if (life->outside_high && level->outside_since_start_bytes >= level->either_bytes)
        kind = VERDICT_OUTSIDE;
    set(out, kind, MODE_BOUNDED, REASON_LEVEL_FAR_ABOVE_LIVE);
    return true;
}

static void set(struct attribution *out, enum verdict_kind kind, enum attribution_mode mode,
                enum verdict_reason reason)
{
    out->verdict.kind = kind;
    out->mode = mode;
    out->verdict.reason = reason;
}

/* No slope: the warm-up is not judged, and what is behind it was too little. */
static enum verdict_reason why_live_unclear(const struct verdict_signal *live)
{
    if (isnan(live->slope_per_cycle))
        return REASON_TOO_FEW_SAMPLES;
    bool rose_at_first = !isnan(live->pace);
    bool rises = live->slope_low * live->judged_cycles > live->tolerance_bytes;
    return rose_at_first && rises ? REASON_LIVE_GROWS_BUT_SLOWS : REASON_LIVE_UNCLEAR;
}

static enum confidence confidence_of(int points)
{
    return points >= 3 ? CONFIDENCE_HIGH : points == 2 ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
}

/* One point each for plenty of rows, a wide margin, and a second good sign; less one where the
 * intervals of kept and outside overlap, or a leak surely slows down. */
static int points_of(const struct life *life, const struct attribution *out)
{
    int points = life->accounts.count >= ROWS_PLENTY;
    points += margin_points(life, out);
    return points - parts_overlap(life, out);
}

static bool doubly_flat(const struct verdict_signal *signal)
{
    return signal->slope_high * signal->judged_cycles < signal->flat_bytes / 2;
}

static int leak_points(const struct verdict_signal *live)
{
    return (live->slope_low * live->judged_cycles >= 2 * live->tolerance_bytes) +
           (live->largest_step_share <= 0.5) - live->slows;
}

enum confidence attribution_leak_confidence(const struct attribution *attribution)
{
    const struct verdict *verdict = &attribution->verdict;
    if (!findings_get(&attribution->findings, FINDING_LIVE_GROWS))
        return CONFIDENCE_NONE;
    return confidence_of((verdict->samples >= ROWS_PLENTY) + leak_points(&verdict->live));
}

static int margin_points(const struct life *life, const struct attribution *out)
{
    const struct verdict_signal *live = &life->live;
    const struct level_split *level = &out->level;
    if (out->verdict.kind == VERDICT_LEAK)
        return leak_points(live);
    if (out->verdict.kind == VERDICT_PLATEAU)
        return doubly_flat(live) + doubly_flat(&life->held);
    if (out->mode != MODE_BOUNDED)
        return growth_points(life);
    double highest = fmax(fmax(level->kept_since_start_bytes, level->either_bytes),
                          level->outside_since_start_bytes);
    return doubly_flat(live) + (highest >= 2 * level->enough_bytes);
}

static int growth_points(const struct life *life)
{
    const struct accounts *accounts = &life->accounts;
    const struct verdict_signal *trend = accounts->trend;
    double not_live = trend[ACCOUNT_NOT_LIVE].slope_low;
    bool live_small =
        doubly_flat(&life->live) || !accounts->has_live || not_live > 4 * life->live.slope_high;
    double surely = trend[accounts->kept_told ? ACCOUNT_OUTSIDE : ACCOUNT_FOREIGN].slope_low;
    if (accounts->has_live)
        surely = fmax(not_live, life->live.state == SIGNAL_FLAT ? life->held.slope_low : 0);
    return live_small +
           (surely * trend[ACCOUNT_OCCUPIED].judged_cycles >= 2 * life->held.tolerance_bytes);
}

static bool parts_overlap(const struct life *life, const struct attribution *out)
{
    const struct share *kept = &out->growth.part[PART_KEPT];
    const struct share *outside = &out->growth.part[PART_OUTSIDE];
    if (out->verdict.kind == VERDICT_RETENTION)
        return life->kept_grows && kept->low < outside->high;
    return out->verdict.kind == VERDICT_OUTSIDE && life->outside_grows && !life->untold &&
           life->accounts.has_live && outside->low < kept->high;
}

/* Unless shared memory proves the class without it. */
static bool live_always_zero(const struct life *life, const struct attribution *out)
{
    enum verdict_kind kind = out->verdict.kind;
    return life->accounts.level_bytes[ACCOUNT_LIVE] == 0 &&
           (kind == VERDICT_RETENTION || kind == VERDICT_OUTSIDE || kind == VERDICT_NOT_LIVE) &&
           !(life->accounts.growth[ACCOUNT_FOREIGN].low > 0.5);
}

/* A count of whole bytes that stayed the same excludes a byte more, per cycle or over all of them.
 */
static double least_seen(double cycles)
{
    return cycles > 0 && cycles < 1 ? 1 / cycles : 1;
}

static void add_none(const struct life *life, struct attribution *out)
{
    findings_add(
        &out->findings,
        &(struct finding){
            .kind = FINDING_NONE,
            .size_bytes = INFINITY,
            .growth = {NAN, 0, 1},
            .slope_bytes = fmax(least_seen(life->live.judged_cycles), life->live.slope_high),
            .cycles = life->live.judged_cycles,
            .held_bytes =
                accounts_positive(life->accounts.level_bytes[ACCOUNT_HELD] - out->level.live_bytes),
        });
}
