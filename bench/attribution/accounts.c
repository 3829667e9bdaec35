#include "accounts.h"

#include <math.h>
#include <stdlib.h>

#include "order.h"
#include "scratch.h"
#include "trend.h"

/* Books that claim more than this times the room there is, and 4 MiB more, are on paper. */
#define PAPER_RATIO 2.0
#define PAPER_BYTES (4.0 * 1024 * 1024)

/* What the books were, for "released on paper only". */
struct books {
    double covered_bytes, private_before_bytes;
};

static void fill_row(const struct memory_curve *curve, size_t row, struct accounts *out,
                     size_t index, struct books *books);
static double follow_books(double heap, double private_bytes, struct books *books);
static double first_known(const double *values, size_t count);
static struct share growth_share(const struct accounts *accounts, enum account account);

void accounts_build(const struct memory_curve *curve, size_t from, size_t count,
                    struct accounts *out)
{
    *out = (struct accounts){.cycle = curve->column[MEMORY_CYCLE] + from, .count = count};
    for (size_t column = 0; column < MEMORY_COLUMNS; column++)
        out->has[column] =
            curve->column[column] && !isnan(first_known(curve->column[column] + from, count));
    for (size_t account = 0; account < ACCOUNTS; account++)
        out->value[account] = scratch_doubles(count);
    struct books books = {.covered_bytes = 0, .private_before_bytes = NAN};
    for (size_t i = 0; i < count; i++)
        fill_row(curve, from + i, out, i, &books);

    for (size_t account = 0; account < ACCOUNTS; account++) {
        out->first[account] = first_known(out->value[account], count);
        out->level_bytes[account] = accounts_median(out, out->value[account], 2. / 3, 1);
    }
    for (size_t account = 0; account < ACCOUNTS; account++) {
        accounts_trend(out, out->value[account], &out->trend[account]);
        out->growth[account] = growth_share(out, (enum account)account);
    }

    const double *level = out->level_bytes;
    out->has_live = !isnan(level[ACCOUNT_LIVE]);
    out->has_books = !isnan(level[ACCOUNT_BOOKS]) &&
                     (out->has[MEMORY_HEAP] || out->has[MEMORY_ALLOCATOR_RESIDENT]);
    double room = out->has_live ? accounts_positive(level[ACCOUNT_PRIVATE] - level[ACCOUNT_LIVE])
                                : level[ACCOUNT_PRIVATE];
    double claimed = out->has_live ? level[ACCOUNT_KEPT] : level[ACCOUNT_BOOKS];
    out->books_on_paper =
        out->has_books && claimed > PAPER_RATIO * room && claimed - room > PAPER_BYTES;
    out->kept_told = out->has_books && !out->books_on_paper;
}

void accounts_release(struct accounts *accounts)
{
    for (size_t account = 0; account < ACCOUNTS; account++)
        free(accounts->value[account]);
    *accounts = (struct accounts){0};
}

/* With RSS alone all that is not known to be shared stays in private. */
static void fill_row(const struct memory_curve *curve, size_t row, struct accounts *out,
                     size_t index, struct books *books)
{
    double known[MEMORY_COLUMNS];
    for (size_t column = 0; column < MEMORY_COLUMNS; column++)
        known[column] = memory_curve_at(curve, (enum memory_column)column, row);
    bool both = out->has[MEMORY_RSS] && out->has[MEMORY_RSS_ANON];
    double shared = accounts_positive(known[MEMORY_SHMEM]) + accounts_positive(known[MEMORY_FILE]);
    double stack = accounts_positive(known[MEMORY_STACK]);
    double lazy = accounts_positive(known[MEMORY_LAZY_FREE]);
    double anonymous =
        out->has[MEMORY_RSS_ANON] ? known[MEMORY_RSS_ANON] : known[MEMORY_RSS] - shared;
    double foreign =
        (both ? accounts_positive(known[MEMORY_RSS] - known[MEMORY_RSS_ANON]) : shared) + stack;
    double swap = accounts_positive(known[MEMORY_SWAP]);
    double private = isnan(anonymous) ? NAN : accounts_positive(anonymous + swap - lazy - stack);
    double live = known[MEMORY_LIVE];
    double heap = fmin(known[MEMORY_HEAP], known[MEMORY_ALLOCATOR_RESIDENT]);
    heap = follow_books(heap, private, books);
    heap = live > heap ? live : heap;

    double **value = out->value;
    value[ACCOUNT_HELD][index] = private + foreign;
    value[ACCOUNT_PRIVATE][index] = private;
    value[ACCOUNT_FOREIGN][index] = foreign;
    value[ACCOUNT_LAZY][index] = lazy;
    value[ACCOUNT_OCCUPIED][index] = private + foreign + lazy;
    value[ACCOUNT_LIVE][index] = live;
    value[ACCOUNT_BOOKS][index] = heap;
    value[ACCOUNT_NOT_LIVE][index] = private + foreign - live;
    value[ACCOUNT_KEPT][index] = heap - live;
    value[ACCOUNT_OUTSIDE][index] = private + foreign - heap;
    value[ACCOUNT_HUGE][index] = known[MEMORY_ANON_HUGE];
    value[ACCOUNT_FILE][index] = accounts_positive(known[MEMORY_FILE]);
}

static double follow_books(double heap, double private_bytes, struct books *books)
{
    if (isnan(heap) || isnan(private_bytes))
        return heap;
    double fallen = accounts_positive(books->private_before_bytes - private_bytes);
    books->covered_bytes = fmax(heap, fmin(private_bytes, books->covered_bytes - fallen));
    books->private_before_bytes = private_bytes;
    return books->covered_bytes;
}

static double first_known(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i]))
            return values[i];
    }
    return NAN;
}

double accounts_median(const struct accounts *accounts, const double *values, double from,
                       double to)
{
    const double *cycle = accounts->cycle;
    if (!values || accounts->count == 0)
        return NAN;
    AUTO_FREE double *chosen = scratch_doubles(accounts->count);
    double first = cycle[0];
    double work = cycle[accounts->count - 1] - first;
    size_t count = 0;
    for (size_t i = 0; i < accounts->count; i++) {
        if (cycle[i] >= first + work * from && cycle[i] <= first + work * to)
            chosen[count++] = values[i];
    }
    return order_quantile(chosen, count, 0.5);
}

void accounts_trend(const struct accounts *accounts, const double *values,
                    struct verdict_signal *out)
{
    trend_judge_part(accounts->cycle, values, accounts->count, &trend_rss,
                     accounts->level_bytes[ACCOUNT_OCCUPIED], out);
}

static struct share growth_share(const struct accounts *accounts, enum account account)
{
    AUTO_FREE double *rest = scratch_doubles(accounts->count);
    for (size_t i = 0; i < accounts->count; i++)
        rest[i] = accounts->value[ACCOUNT_OCCUPIED][i] - accounts->value[account][i];
    struct verdict_signal others;
    accounts_trend(accounts, rest, &others);
    const struct verdict_signal *own = &accounts->trend[account];
    if (!(own->slope_per_cycle > 0) && !(others.slope_per_cycle > 0))
        return (struct share){NAN, 0, 1};
    double rise = accounts_positive(own->slope_per_cycle);
    double others_high = accounts_positive(others.slope_high);
    double others_low = accounts_positive(others.slope_low);
    return (struct share){
        .share = rise / (rise + accounts_positive(others.slope_per_cycle)),
        .low = own->slope_low > 0 ? 1 / (1 + others_high / own->slope_low) : 0,
        .high = own->slope_high > 0 ? 1 / (1 + others_low / own->slope_high) : 0,
    };
}
