#include "attribution.h"

#include <math.h>
#include <string.h>

#include "life.h"
#include "lives.h"
#include "order.h"
#include "scratch.h"
#include "trend.h"

/* Zeros among values mostly above this are no measurements. */
#define ZERO_ODD_BYTES 65536.0
#define SLACK_BYTES    65536.0

const char *const attribution_mode_names[] = {
    [MODE_NONE] = "none",
    [MODE_GROWING] = "growing",
    [MODE_BOUNDED] = "bounded",
    [MODE_FLAT] = "flat",
    NULL,
};

static void start(struct attribution *out);
static void clean(const struct memory_curve *curve, struct memory_curve *out,
                  struct attribution *remarks);
static void find_contradictions(const struct memory_curve *curve, struct attribution *remarks);
static size_t forget_zeros(double *values, size_t count, bool never_zero);
static void judge_life(const struct memory_curve *curve, size_t from, size_t to,
                       struct attribution *out);
static void judge_lives(const struct memory_curve *curve, const struct lives *lives,
                        struct attribution *out);
static size_t let_go(const struct memory_curve *curve, const struct lives *lives);
static void add_lives(const struct lives *lives, size_t agreeing, struct attribution *out);
static void add_undecided(struct attribution *out);
static void add_remark(struct attribution *out, struct remark remark);

void attribution_judge(const struct memory_curve *curve, struct attribution *out)
{
    start(out);
    out->lives = 1;
    if (curve->count == 0 || !curve->column[MEMORY_CYCLE]) {
        add_undecided(out);
        return;
    }
    AUTO(memory_curve) struct memory_curve known = {0};
    struct attribution odd = {.remark_count = 0};
    clean(curve, &known, &odd);
    find_contradictions(&known, &odd);
    struct lives lives;
    lives_find(&known, &lives);
    if (lives.count > 1 && lives.sure && curve->count < LIFE_ROWS_MIN * lives.count) {
        out->verdict.reason = REASON_ROWS_OUT_OF_ORDER;
        add_undecided(out);
    } else {
        judge_lives(&known, &lives, out);
    }
    for (size_t i = 0; i < odd.remark_count; i++)
        add_remark(out, odd.remarks[i]);
}

size_t attribution_disorder(const struct memory_curve *curve)
{
    struct lives lives;
    if (curve->count == 0)
        return 0;
    lives_find(curve, &lives);
    bool disorder = lives.sure && lives.count > 1 && curve->count < LIFE_ROWS_MIN * lives.count;
    return disorder ? lives.begin[1] : 0;
}

static void start(struct attribution *out)
{
    *out = (struct attribution){.verdict.reason = REASON_TOO_FEW_SAMPLES};
    trend_judge(NULL, NULL, 0, &trend_live, &out->verdict.live);
    out->verdict.rss = out->verdict.live;
    out->verdict.heap_per_live = NAN;
    out->growth.bytes_per_cycle = out->level.occupied_bytes = NAN;
    out->level.kept_bytes = out->level.outside_bytes = NAN;
    for (int i = 0; i < PARTS; i++)
        out->growth.part[i] = out->level.part[i] = (struct share){NAN, 0, 1};
    for (int i = 0; i < PARTS; i++)
        out->growth.slope[i] = NAN;
}

/* RSS of a process that lives is not 0, and a large counter is not 0 now and then. */
static void clean(const struct memory_curve *curve, struct memory_curve *out,
                  struct attribution *remarks)
{
    out->count = curve->count;
    out->growth_alone = curve->growth_alone;
    out->padding_told = curve->padding_told;
    out->padded_bytes = curve->padded_bytes;
    out->padding_bytes = curve->padding_bytes;
    for (enum memory_column column = 0; column < MEMORY_COLUMNS; column++) {
        if (!curve->column[column])
            continue;
        out->column[column] = scratch_copy(curve->column[column], curve->count);
        if (column < MEMORY_LIVE || column > MEMORY_RSS_ANON)
            continue;
        size_t zeros = forget_zeros(out->column[column], curve->count, column >= MEMORY_RSS);
        if (zeros > 0)
            add_remark(remarks, (struct remark){REMARK_ZEROS_UNKNOWN, column, zeros});
    }
}

/* Counters are not read at one moment: 1 % and 64 KiB between them say nothing. */
static size_t count_above(const struct memory_curve *curve, enum memory_column column,
                          enum memory_column other)
{
    size_t count = 0;
    for (size_t i = 0; i < curve->count; i++)
        count += memory_curve_at(curve, column, i) >
                 1.01 * memory_curve_at(curve, other, i) + SLACK_BYTES;
    return count;
}

static void find_contradictions(const struct memory_curve *curve, struct attribution *remarks)
{
    static const struct {
        enum remark_kind kind;
        enum memory_column column, other;
    } orders[] = {
        {REMARK_ANON_ABOVE_RSS, MEMORY_RSS_ANON, MEMORY_RSS},
        {REMARK_LAZY_ABOVE_ANON, MEMORY_LAZY_FREE, MEMORY_RSS_ANON},
        {REMARK_LIVE_ABOVE_HEAP, MEMORY_LIVE, MEMORY_HEAP},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(orders); i++) {
        size_t rows = count_above(curve, orders[i].column, orders[i].other);
        if (rows > 0)
            add_remark(remarks, (struct remark){orders[i].kind, orders[i].column, rows});
    }
}

/* Returns how many. Zeros before anything is counted are zeros. */
static size_t forget_zeros(double *values, size_t count, bool never_zero)
{
    size_t from = 0, zeros = 0, positive = 0;
    while (!never_zero && from < count && !(values[from] > 0))
        from++;
    for (size_t i = from; i < count; i++)
        zeros += values[i] == 0;
    if (zeros == 0)
        return 0;
    AUTO_FREE double *large = scratch_doubles(count);
    for (size_t i = from; i < count; i++) {
        if (values[i] > 0)
            large[positive++] = values[i];
    }
    if (!never_zero && !(positive > zeros && order_quantile(large, positive, 0.1) > ZERO_ODD_BYTES))
        return 0;
    for (size_t i = from; i < count; i++) {
        if (values[i] == 0)
            values[i] = NAN;
    }
    return zeros;
}

static void judge_life(const struct memory_curve *curve, size_t from, size_t to,
                       struct attribution *out)
{
    struct life life = {.curve = curve, .from = from};
    start(out);
    accounts_build(curve, from, to - from, &life.accounts);
    const struct accounts *accounts = &life.accounts;
    trend_judge(accounts->cycle, accounts->value[ACCOUNT_LIVE], accounts->count, &trend_live,
                &life.live);
    trend_judge(accounts->cycle, accounts->value[ACCOUNT_HELD], accounts->count, &trend_rss,
                &life.held);
    split_growth(accounts, &out->growth);
    split_level(accounts, &out->level);
    life_find_growth(&life, out);
    life_find_levels(&life, out);
    life_classify(&life, out);
    out->verdict.live = life.live;
    out->verdict.rss = life.held;
    out->verdict.samples = accounts->count;
    if (accounts->has_books && accounts->level_bytes[ACCOUNT_LIVE] > 0)
        out->verdict.heap_per_live =
            accounts->level_bytes[ACCOUNT_BOOKS] / accounts->level_bytes[ACCOUNT_LIVE];
    accounts_release(&life.accounts);
}

/* The answer is that of most lives, and of those that of the longest. */
static void judge_lives(const struct memory_curve *curve, const struct lives *lives,
                        struct attribution *out)
{
    size_t votes[VERDICT_PLATEAU + 1] = {0};
    size_t best = 0;
    AUTO_FREE struct attribution *all = calloc(lives->count, sizeof *all);
    if (!all)
        abort();
    for (size_t i = 0; i < lives->count; i++) {
        judge_life(curve, lives->begin[i], lives->begin[i + 1], &all[i]);
        if (all[i].verdict.samples >= LIFE_ROWS_MIN)
            votes[all[i].verdict.kind]++;
    }
    for (size_t i = 1; i < lives->count; i++) {
        const struct verdict *one = &all[i].verdict, *chosen = &all[best].verdict;
        if (votes[one->kind] > votes[chosen->kind] ||
            (one->kind == chosen->kind && one->samples > chosen->samples))
            best = i;
    }
    *out = all[best];
    out->lives = lives->count;
    if (lives->count > 1)
        add_lives(lives, votes[out->verdict.kind], out);
    if (!lives->sure && 2 * let_go(curve, lives) >= lives->count - 1) {
        out->verdict.kind = VERDICT_INCONCLUSIVE;
        out->verdict.confidence = CONFIDENCE_NONE;
        out->verdict.reason = REASON_FALLS_BACK_TO_THE_START;
        out->mode = MODE_NONE;
    }
    const struct finding *first = &out->findings.list[0];
    if (out->verdict.kind == VERDICT_INCONCLUSIVE &&
        (out->findings.count == 0 || finding_rank(first->kind) < FINDING_RANK_GROWTH))
        add_undecided(out);
}

/* Falls at which live falls along, or is not known. */
static size_t let_go(const struct memory_curve *curve, const struct lives *lives)
{
    size_t count = 0;
    for (size_t i = 1; i < lives->count; i++) {
        size_t row = lives->begin[i];
        double live =
            memory_curve_at(curve, MEMORY_LIVE, row - 1) - memory_curve_at(curve, MEMORY_LIVE, row);
        double rss =
            memory_curve_at(curve, MEMORY_RSS, row - 1) - memory_curve_at(curve, MEMORY_RSS, row);
        count += !(live < 0.5 * rss);
    }
    return count;
}

static void add_lives(const struct lives *lives, size_t agreeing, struct attribution *out)
{
    findings_add(&out->findings, &(struct finding){
                                     .kind = lives->sure ? FINDING_RESTARTS : FINDING_FALLS_BACK,
                                     .size_bytes = INFINITY,
                                     .growth = {NAN, 0, 1},
                                     .lives = lives->count,
                                     .agreeing = agreeing,
                                     .lives_verdict = out->verdict.kind,
                                 });
}

static void add_undecided(struct attribution *out)
{
    enum verdict_reason reason = out->verdict.reason;
    findings_add(&out->findings, &(struct finding){
                                     .kind = FINDING_UNDECIDED,
                                     .size_bytes = INFINITY,
                                     .growth = {NAN, 0, 1},
                                     .reason = reason,
                                     .slope_bytes = out->verdict.live.slope_per_cycle,
                                     .slows_to = out->verdict.live.pace,
                                 });
}

static void add_remark(struct attribution *out, struct remark remark)
{
    if (out->remark_count < REMARKS_MAX)
        out->remarks[out->remark_count++] = remark;
}
