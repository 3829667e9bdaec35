#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "number.h"
#include "order.h"
#include "price_list.h"
#include "scratch.h"
#include "units.h"

/* "A number is an effect": but of a replay that ranks nothing, and of memory within its error. */
static void legend_of_replay(const struct price_list *list, char *out, size_t size)
{
    const double memory = tune_margin(list->data, TUNE_MEMORY);
    out[0] = '\0';
    if (list->data->unranked)
        (void)snprintf(out, size,
                       " All of it is of the replay, and of the program only as far as "
                       "that stands for it.");
    else if (memory > tune_margin(list->data, TUNE_CPU))
        (void)snprintf(out, size,
                       " Memory that differs by less than %.1f %%, twice the error of the replay, "
                       "is not told apart.",
                       100 * (exp(memory) - 1));
}

const char *price_legend(const struct price_list *list, char *out, size_t size)
{
    char replay[PRICE_NOTE_MAX];
    legend_of_replay(list, replay, sizeof replay);
    (void)snprintf(
        out, size,
        "In percent of the default in the same blocks, less is better, and half of the 95 %% "
        "interval. A number is an effect: significant at 5 %% with all settings and costs tested "
        "together (Holm), and 5 %% or more. Same: surely within 5 %%. Unseen: no effect was seen; "
        "there may be one as large as the interval. In brackets: the interval has no 0 in it, "
        "which among so many proves nothing. Memory: %s. Half back: seconds from the end of the "
        "load until anonymous RSS had fallen half of the way back from its peak, and half the "
        "range over blocks.%s",
        list->data->memory_is, replay);
    return out;
}

const char *price_name(const struct price_list *list, size_t line, char *out, size_t size)
{
    (void)snprintf(out, size, "%s",
                   line == TUNE_DEFAULT         ? "default"
                   : line == TUNE_DEFAULT_AGAIN ? "default again"
                                                : list->data->settings.list[line].name);
    return out;
}

/* Half of the interval, in percent of the default; at least 1, since less is not claimed. */
static double half_percent(const struct tune_effect *effect)
{
    return fmax(1, 50 * (effect->high - effect->low));
}

const char *price_cell(const struct price_list *list, size_t line, size_t cost, bool utf8,
                       char *out, size_t size)
{
    const struct tune_effect *effect = &list->choice->line[line].effect[cost];
    const char *within = utf8 ? "±" : "+-";
    char number[PRICE_TEXT_MAX] = "";
    const bool seen = effect->word == TUNE_LESS || effect->word == TUNE_MORE;
    if (isnan(effect->ratio) || *list->data->trouble[line]) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    const bool maybe = !seen && effect->word != TUNE_SAME && (effect->low > 1 || effect->high < 1);
    if (seen || maybe)
        (void)snprintf(number, sizeof number, "%s%+.0f", seen ? "" : "(",
                       100 * (effect->ratio - 1));
    const char *word = effect->word == TUNE_SAME ? "same" : maybe || seen ? number : "unseen";
    const char *close = maybe ? ")" : "";
    if (isnan(effect->low))
        (void)snprintf(out, size, "%s", word);
    else if (half_percent(effect) >= 100)
        (void)snprintf(out, size, "%s %s>99%s", word, within, close);
    else
        (void)snprintf(out, size, "%s %s%.0f%s", word, within, half_percent(effect), close);
    return out;
}

static double median_of(const struct price_list *list, size_t line, size_t value)
{
    const size_t blocks = list->data->blocks;
    return order_median(list->data->value[value] + line * blocks, blocks);
}

const char *price_value(const struct price_list *list, size_t line, size_t cost, char *out,
                        size_t size)
{
    double value = median_of(list, line, cost);
    if (isnan(value))
        (void)snprintf(out, size, "n/a");
    else if (cost == TUNE_MEMORY)
        (void)units_format_bytes(value, out, size);
    else
        (void)units_format_duration((int64_t)value, out, size);
    return out;
}

const char *price_back(const struct price_list *list, size_t line, bool utf8, char *out,
                       size_t size)
{
    const size_t blocks = list->data->blocks;
    const double *values = list->data->value[TUNE_BACK] + line * blocks;
    const bool *nevers = list->data->back_never + line * blocks;
    double least = INFINITY, most = -INFINITY, median = order_median(values, blocks);
    size_t count = 0, never = 0;
    char number[NUMBER_TEXT_MAX], half[NUMBER_TEXT_MAX];
    for (size_t b = 0; b < blocks; b++) {
        if (isnan(values[b]))
            continue;
        count++;
        never += nevers[b];
        least = fmin(least, values[b]);
        most = fmax(most, values[b]);
    }
    if (count == 0 || *list->data->trouble[line])
        (void)snprintf(out, size, "n/a");
    else if (2 * never > count)
        (void)snprintf(out, size, "not in %s s", number_format(median, number, sizeof number));
    else if (count == 1 || never > 0)
        (void)snprintf(out, size, "%s s", number_format(median, number, sizeof number));
    else
        (void)snprintf(out, size, "%s %s%s s", number_format(median, number, sizeof number),
                       utf8 ? "±" : "+-", number_format((most - least) / 2, half, sizeof half));
    return out;
}

/* What is to be said of one line; "": nothing. */
static void note_line(const struct price_list *list, size_t line, char *out, size_t size)
{
    const char *trouble = list->data->trouble[line], *proof = list->data->proof[line];
    char name[TUNE_NAME_MAX];
    out[0] = '\0';
    if (*trouble || *proof)
        (void)snprintf(out, size, "%s%s%s.", price_name(list, line, name, sizeof name),
                       *trouble ? " is no result: " : ": ", *trouble ? trouble : proof);
}

static void note_disturbed(const struct tune_data *data, char *out, size_t size)
{
    char rest[96] = ", which count as they are";
    out[0] = '\0';
    if (data->repeated > 0)
        (void)snprintf(rest, sizeof rest, ": %zu were measured again, %zu count as they are",
                       data->repeated, data->disturbed);
    if (data->disturbed + data->repeated > 0)
        (void)snprintf(out, size, "Others on the machine disturbed %zu of %zu trials%s.",
                       data->disturbed + data->repeated, data->trials + data->repeated, rest);
}

bool price_note(const struct price_list *list, size_t *cursor, char *out, size_t size)
{
    const size_t lines = list->choice->count;
    for (out[0] = '\0'; !*out && *cursor < lines + 2; ++*cursor)
        if (*cursor < lines)
            note_line(list, *cursor, out, size);
        else if (*cursor == lines)
            note_disturbed(list->data, out, size);
        else if (list->left_out > 0)
            (void)snprintf(out, size, "%zu more setting%s worth trying; the budget had no room.",
                           list->left_out, list->left_out == 1 ? " is" : "s are");
    return *out != '\0';
}

const char *price_environment(const struct price_list *list, size_t line, char *out, size_t size)
{
    AUTO(words) struct words environment = {.count = 0};
    size_t used = 0;
    out[0] = '\0';
    tune_setting_environment(&list->data->settings.list[line],
                             (char *const *)(uintptr_t)list->environment, &environment);
    for (size_t i = 0; i < environment.count && used < size; i++)
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", environment.word[i]);
    return out;
}

/* "memory -62 % (-65 to -58), CPU: no effect seen (-4 to +9)" */
static size_t say_effects(const struct price_list *list, size_t line, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        const struct tune_effect *effect = &list->choice->line[line].effect[c];
        const double low = 100 * (effect->low - 1), high = 100 * (effect->high - 1);
        if (!list->choice->told[c] || isnan(effect->ratio) || used >= size)
            continue;
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", tune_cost_names[c]);
        if (used >= size)
            break;
        if (effect->word == TUNE_LESS || effect->word == TUNE_MORE)
            used +=
                (size_t)snprintf(out + used, size - used, " %+.0f %%", 100 * (effect->ratio - 1));
        else
            used += (size_t)snprintf(out + used, size - used, "%s",
                                     effect->word == TUNE_SAME ? ": the same"
                                     : effect->low > 1         ? ": perhaps more"
                                     : effect->high < 1        ? ": perhaps less"
                                                               : ": no effect seen");
        if (!isnan(low) && used < size)
            used += (size_t)snprintf(out + used, size - used, " (%+.0f to %+.0f)", low, high);
    }
    return used;
}

/* Of what there is: " Weights: memory 67 %, CPU 33 %." */
static size_t say_weights(const struct tune_choice *choice, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, " Weights:");
    for (size_t c = 0; c < TUNE_COSTS; c++)
        if (choice->told[c] && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s %s %.0f %%",
                                     out[used - 1] == ':' ? "" : ",", tune_cost_names[c],
                                     100 * choice->weights.share[c]);
    if (used < size)
        used += (size_t)snprintf(out + used, size - used, ".");
    return used;
}

static size_t say_flip(const struct price_list *list, const char *where, double weight, int line,
                       char *out, size_t size)
{
    char name[TUNE_NAME_MAX];
    if (line == TUNE_NOTHING)
        return 0;
    return (size_t)snprintf(out, size, " With memory weighing %.0f %% or %s it would be %s.",
                            100 * weight, where, price_name(list, (size_t)line, name, sizeof name));
}

const char *price_advice(const struct price_list *list, char *out, size_t size)
{
    const struct tune_choice *choice = list->choice;
    char effects[512], environment[512];
    size_t used = 0;
    if (list->data->unranked) {
        (void)snprintf(out, size, "No setting is recommended, and none called better or worse. %s",
                       list->judged ? list->judged->replay.sentence : "");
        return out;
    }
    if (choice->default_differs)
        used += (size_t)snprintf(out, size,
                                 "The default measured twice is called different from itself: "
                                 "this machine is too unsteady for these prices. ");
    if (choice->best == TUNE_DEFAULT) {
        used += (size_t)snprintf(out + used, size - used,
                                 "Leave %s as it is: no setting that was measured gains 5 %% or "
                                 "more of what was seen.",
                                 list->base);
    } else {
        (void)say_effects(list, (size_t)choice->best, effects, sizeof effects);
        used += (size_t)snprintf(
            out + used, size - used, "Run %s with %s: %s.", list->base,
            price_environment(list, (size_t)choice->best, environment, sizeof environment),
            effects);
    }
    if (used < size)
        used += say_weights(choice, out + used, size - used);
    if (used < size)
        used += say_flip(list, "less", choice->flip_below, choice->flip_below_line, out + used,
                         size - used);
    if (used < size)
        used += say_flip(list, "more", choice->flip_above, choice->flip_above_line, out + used,
                         size - used);
    if (used < size && choice->flip_below_line == TUNE_NOTHING &&
        choice->flip_above_line == TUNE_NOTHING)
        (void)snprintf(out + used, size - used, " No other weight of memory changes that.");
    return out;
}
