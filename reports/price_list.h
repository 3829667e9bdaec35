/*
 * price_list: what settings of an allocator buy and cost (bench/tune), as text, page, picture and
 * JSON. All of it is made from the same struct; nothing is computed here.
 */
#pragma once

#include <stdio.h>

#include "result.h"
#include "text_style.h"
#include "tune_choice.h"

struct price_list {
    const char *workload;
    const char *question;           /* of the workload, or NULL */
    const char *base;               /* the row without a setting */
    const char *version;            /* of the allocator, or NULL */
    const char *host;               /* the machine in one sentence, or NULL */
    const char *const *environment; /* of the base row: "KEY=value", NULL-terminated; or NULL */
    const struct tune_data *data;
    const struct tune_choice *choice;
    /* Of a trace: whose `replay` says how near it comes; NULL: it is none. */
    const struct result_workload *judged;
    size_t left_out; /* settings that the budget had no room for */
    /* The row of what to run, in a rung that measured it; NULL: it is the default. */
    const struct result_workload *advised;
    size_t advised_row;
    int64_t spent_ns;
};

/* A line a setting, the frontier, what to run, what did not take effect. */
void price_list_print(const struct price_list *list, FILE *out, const struct text_style *style);

/* The same as a page of its own, with the frontier as pictures. */
void price_list_page(const struct price_list *list, FILE *out);

/* Memory over another cost: points with their intervals, the frontier's line, the default. */
void price_list_picture(const struct price_list *list, enum tune_cost cost, FILE *out);
enum { PRICE_PICTURE_WIDTH = 460, PRICE_PICTURE_HEIGHT = 340 };

/* Everything, for programs. */
void price_list_json(const struct price_list *list, FILE *out);

/* Texts that they share. Each returns `out`. */
enum { PRICE_TEXT_MAX = 64, PRICE_ADVICE_MAX = 2048, PRICE_NOTE_MAX = 512 };

/* "default", "default again", or the setting's name. */
const char *price_name(const struct price_list *list, size_t line, char *out, size_t size);

/* "-62 ±3", "(-9 ±8)", "unseen ±9", "same ±2", "n/a". */
const char *price_cell(const struct price_list *list, size_t line, size_t cost, bool utf8,
                       char *out, size_t size);

/* "46.1 MiB", "1.90 ms": the median of the setting's own blocks. */
const char *price_value(const struct price_list *list, size_t line, size_t cost, char *out,
                        size_t size);

/* "1.21 s ±0.05", "not in 15.0 s", "n/a". */
const char *price_back(const struct price_list *list, size_t line, bool utf8, char *out,
                       size_t size);

/* What to run, with its exact environment, what it buys and when that would change. */
const char *price_advice(const struct price_list *list, char *out, size_t size);

/* "MALLOC_CONF=abort_conf:true,background_thread:true"; "" for the default of a plain row. */
const char *price_environment(const struct price_list *list, size_t line, char *out, size_t size);

/* What there is to be said of settings and trials, a sentence at a time; `*cursor`: from 0. False:
 * that was all. */
bool price_note(const struct price_list *list, size_t *cursor, char *out, size_t size);

/* What the cells mean. */
const char *price_legend(const struct price_list *list, char *out, size_t size);
