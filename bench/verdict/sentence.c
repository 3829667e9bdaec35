#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"
#include "units.h"
#include "verdict.h"

/* {word} stands for the piece of that name. */
static const char *const sentences[] = {
    [REASON_LIVE_KEEPS_GROWING] = "live rises {slope} per cycle {live} and does not come to rest: "
                                  "the application holds it (a leak, or a cache that is not full "
                                  "yet), and no allocator can return it",
    [REASON_FLAT] = "no leak above {unseen}/cycle over {cycles} cycles: {flat} {runs}",
    [REASON_RSS_UNCLEAR] = "live is flat{pass} (no leak above {unseen}/cycle), but RSS neither "
                           "clearly rises nor is flat {runs}: run more cycles",
    [REASON_LIVE_GROWS_BUT_SLOWS] = "live rises {slope} per cycle {live} but slows down: a cache "
                                    "that fills, or a leak behind a long warm-up; run more cycles: "
                                    "what fills comes to rest",
    [REASON_LIVE_UNCLEAR] = "live neither clearly rises nor is flat {live}: run more cycles",
    [REASON_TOO_FEW_SAMPLES] = "too few samples {runs}: at least 18 are needed, 60 make it surer",
    [REASON_MOST_GROWTH_IS_NOT_LIVE] = "RSS rises {slope} per cycle {runs}, and most of it is not "
                                       "live",
    [REASON_LIVE_DOES_NOT_GROW] = "RSS rises {slope} per cycle {runs} while live is flat{pass} (no "
                                  "leak above {unseen}/cycle)",
    [REASON_LEVEL_FAR_ABOVE_LIVE] =
        "RSS lies far above live {runs}, and live is flat{pass} (no leak "
        "above {unseen}/cycle)",
    [REASON_NO_RSS] = "live is flat{pass} (no leak above {unseen}/cycle), and RSS is not known",
    [REASON_FALLS_BACK_TO_THE_START] = "RSS falls back to where it began {runs}, by a restart or "
                                       "because all is let go",
    [REASON_ROWS_OUT_OF_ORDER] = "cycle or time falls {runs}: the rows are not in order",
    [REASON_REPETITIONS_DISAGREE] = "no verdict has a majority of the {blocks} runs: run more "
                                    "cycles or more blocks",
};

static const char *const sentences_without_live[] = {
    [SIGNAL_UNCLEAR] = "RSS neither clearly rises nor is flat {runs}, and without a live counter a "
                       "leak can be neither called nor ruled out",
    [SIGNAL_FLAT] = "RSS does not rise above {unseen}/cycle over {cycles} cycles {runs}, but "
                    "without a live counter a leak into memory already held cannot be ruled out",
    [SIGNAL_GROW] = "RSS rises {slope} per cycle {runs}; without a live counter this may be a leak "
                    "or retention",
};

struct pieces {
    char slope[32], unseen[32], cycles[32], blocks[32];
    char runs[80]; /* "in all three runs" */
    char live[80]; /* the same, or "in one pass": where live was seen to do so */
    char pass[16]; /* "", or " in one pass" */
    char flat[48]; /* what is flat {runs}: "live and RSS are flat" */
};

static const struct piece {
    const char *name;
    size_t offset;
} piece_table[] = {
    {"slope}", offsetof(struct pieces, slope)},   {"unseen}", offsetof(struct pieces, unseen)},
    {"cycles}", offsetof(struct pieces, cycles)}, {"blocks}", offsetof(struct pieces, blocks)},
    {"runs}", offsetof(struct pieces, runs)},     {"live}", offsetof(struct pieces, live)},
    {"pass}", offsetof(struct pieces, pass)},     {"flat}", offsetof(struct pieces, flat)},
};

static const char *sentence_for(const struct verdict_vote *vote);
static void make_pieces(const struct verdict_vote *vote, struct pieces *out);
static void say_runs(const struct verdict_vote *vote, const char *runs, char *out, size_t size);
static const char *piece_at(const struct pieces *pieces, const char *after_brace);
static size_t append(char *out, size_t size, size_t used, const char *text, size_t length);
static const char *number_word(size_t number, char *out, size_t size);

const char *verdict_sentence(const struct verdict_vote *vote, char *out, size_t size)
{
    if (size == 0)
        return out;
    struct pieces pieces;
    make_pieces(vote, &pieces);
    const char *rest = sentence_for(vote);
    size_t used = append(out, size, 0, rest, strcspn(rest, "{"));
    for (rest = strchr(rest, '{'); rest; rest = strchr(rest, '{')) {
        const char *piece = piece_at(&pieces, rest + 1);
        used = append(out, size, used, piece, strlen(piece));
        rest = strchr(rest, '}') + 1;
        used = append(out, size, used, rest, strcspn(rest, "{"));
    }
    return out;
}

static const char *sentence_for(const struct verdict_vote *vote)
{
    if (vote->blocks == 0)
        return "there is no valid run to judge";
    if (vote->reason == REASON_NO_LIVE_SIGNAL)
        return sentences_without_live[vote->rss_state];
    return sentences[vote->reason];
}

static void make_pieces(const struct verdict_vote *vote, struct pieces *out)
{
    (void)units_format_rate(vote->slope_per_cycle, out->slope, sizeof out->slope);
    /* A counter of whole bytes that never moved still excludes nothing below one. */
    (void)units_format_rate(fmax(1, vote->unseen_per_cycle), out->unseen, sizeof out->unseen);
    (void)snprintf(out->cycles, sizeof out->cycles, "%.0f", vote->judged_cycles);
    (void)number_word(vote->runs, out->blocks, sizeof out->blocks);
    say_runs(vote, out->blocks, out->runs, sizeof out->runs);
    (void)text_copy(out->live, sizeof out->live, vote->one_pass ? "in one pass" : out->runs);
    (void)text_copy(out->pass, sizeof out->pass, vote->one_pass ? " in one pass" : "");
    (void)text_copy(out->flat, sizeof out->flat,
                    vote->one_pass ? "live is flat in one pass, and RSS" : "live and RSS are flat");
}

/* RSS without a majority is unclear over all runs, whatever each of them says. */
static void say_runs(const struct verdict_vote *vote, const char *runs, char *out, size_t size)
{
    char alike[32];
    if (vote->runs == 1)
        (void)snprintf(out, size, "in this run");
    else if (vote->reason == REASON_NO_LIVE_SIGNAL && 2 * vote->alike <= vote->runs)
        (void)snprintf(out, size, "over the %s runs", runs);
    else if (vote->alike < vote->runs)
        (void)snprintf(out, size, "in %s of %s runs", number_word(vote->alike, alike, sizeof alike),
                       runs);
    else if (vote->runs == 2)
        (void)snprintf(out, size, "in both runs");
    else
        (void)snprintf(out, size, "in all %s runs", runs);
}

static const char *piece_at(const struct pieces *pieces, const char *after_brace)
{
    size_t i = 0;
    while (strncmp(after_brace, piece_table[i].name, strlen(piece_table[i].name)) != 0) {
        i++;
        assert(i < ARRAY_LENGTH(piece_table));
    }
    return (const char *)pieces + piece_table[i].offset;
}

/* Cut where it does not fit, always terminated. Returns the length so far. */
static size_t append(char *out, size_t size, size_t used, const char *text, size_t length)
{
    size_t room = size - 1 - used;
    size_t taken = length < room ? length : room;
    memcpy(out + used, text, taken);
    out[used + taken] = '\0';
    return used + taken;
}

static const char *number_word(size_t number, char *out, size_t size)
{
    static const char *const words[] = {"none", "one",   "two",   "three", "four", "five",
                                        "six",  "seven", "eight", "nine",  "ten"};
    if (number < ARRAY_LENGTH(words))
        return text_copy(out, size, words[number]);
    (void)snprintf(out, size, "%zu", number);
    return out;
}
