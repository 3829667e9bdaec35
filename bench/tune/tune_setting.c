#include "tune_setting.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* -1, 0 or 1; dotted numbers, what follows them is not looked at. */
static int compare_versions(const char *a, const char *b)
{
    while (isdigit((unsigned char)*a) || isdigit((unsigned char)*b)) {
        char *end_a = NULL, *end_b = NULL;
        long number_a = strtol(a, &end_a, 10), number_b = strtol(b, &end_b, 10);
        if (number_a != number_b)
            return number_a < number_b ? -1 : 1;
        a = end_a + (*end_a == '.');
        b = end_b + (*end_b == '.');
    }
    return 0;
}

bool tune_knob_is_in(const struct allocator_knob *knob, const char *version)
{
    if (!version || !isdigit((unsigned char)*version))
        return true;
    return !(knob->since && compare_versions(version, knob->since) < 0) &&
           !(knob->before && compare_versions(version, knob->before) >= 0);
}

static struct tune_setting single(const struct allocator_knob *knob, const char *value)
{
    struct tune_setting setting = {.count = 1};
    (void)snprintf(setting.name, sizeof setting.name, "%s=%s", knob->name, value);
    setting.choice[0].knob = knob;
    (void)text_copy(setting.choice[0].value, sizeof setting.choice[0].value, value);
    return setting;
}

static void add(struct tune_settings *settings, const struct tune_setting *setting)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->list[i].name, setting->name) == 0)
            return;
    if (settings->count < TUNE_SETTINGS_MAX)
        settings->list[settings->count++] = *setting;
}

static void begin(struct tune_settings *out)
{
    *out = (struct tune_settings){.count = 2};
    (void)text_copy(out->list[1].name, sizeof out->list[1].name, TUNE_AGAIN);
}

void tune_settings_of(const struct allocator_knob *knobs, const char *version,
                      struct tune_settings *out)
{
    bool more = true;
    begin(out);
    for (size_t turn = 0; more; turn++) {
        more = false;
        for (const struct allocator_knob *knob = knobs; knob && knob->name; knob++) {
            size_t values = 0;
            while (knob->values[values])
                values++;
            if (!tune_knob_is_in(knob, version) || knob->by_name || turn >= values)
                continue;
            struct tune_setting setting = single(knob, knob->values[turn]);
            add(out, &setting);
            more = true;
        }
    }
}

/* Of this name: the row that the version has, else any. */
static const struct allocator_knob *find_knob(const struct allocator_knob *knobs,
                                              const char *version, const char *name)
{
    const struct allocator_knob *found = NULL;
    for (const struct allocator_knob *knob = knobs; knob && knob->name; knob++)
        if (strcmp(knob->name, name) == 0 && (!found || tune_knob_is_in(knob, version)))
            found = knob;
    return found;
}

static int unknown(const struct allocator_knob *knobs, const char *word, struct err *err)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX + 1] = {NULL};
    char expected[512] = "there are";
    size_t count = 0, used = strlen(expected);
    for (; knobs[count].name && count < NAMES_MAX; count++) {
        names[count] = knobs[count].name;
        if (used < sizeof expected)
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s %s",
                                     count ? "," : "", names[count]);
    }
    return text_unknown("knob", word, names, expected, -ENOENT, err);
}

static bool value_is_good(const char *value)
{
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)value[i]) && !strchr("._-", value[i]))
            return false;
    return length > 0 && length < TUNE_VALUE_MAX;
}

static int add_word(const struct allocator_knob *knobs, const char *version, const char *word,
                    struct tune_settings *out, struct err *err)
{
    size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    char name[TUNE_NAME_MAX];
    (void)snprintf(name, sizeof name, "%.*s", (int)length, word);
    const struct allocator_knob *knob = find_knob(knobs, version, name);
    if (!knob)
        return unknown(knobs, name, err);
    if (!tune_knob_is_in(knob, version))
        return err_set(err, -EINVAL, "%s: version %s has no such knob: it is there %s%s%s%s%s",
                       name, version, knob->since ? "from " : "", knob->since ? knob->since : "",
                       knob->since && knob->before ? " and " : "", knob->before ? "before " : "",
                       knob->before ? knob->before : "");
    if (value && !value_is_good(value))
        return err_set(err, -EINVAL,
                       "%s: a value is letters, digits, '.', '_' and '-', at most %d of them", word,
                       TUNE_VALUE_MAX - 1);
    for (size_t i = 0; value ? i == 0 : knob->values[i] != NULL; i++) {
        struct tune_setting setting = single(knob, value ? value : knob->values[i]);
        add(out, &setting);
    }
    return 0;
}

int tune_settings_chosen(const struct allocator_knob *knobs, const char *version,
                         const char *const *words, size_t count, struct tune_settings *out,
                         struct err *err)
{
    begin(out);
    for (size_t i = 0; i < count; i++) {
        int code = add_word(knobs, version, words[i], out, err);
        if (code < 0)
            return code;
    }
    return 0;
}

bool tune_setting_join(const struct tune_setting *a, const struct tune_setting *b,
                       struct tune_setting *out)
{
    struct tune_setting joined = *a;
    if (a->count + b->count > TUNE_KNOBS_MAX || a->count == 0 || b->count == 0)
        return false;
    for (size_t i = 0; i < b->count; i++) {
        for (size_t j = 0; j < a->count; j++)
            if (a->choice[j].knob == b->choice[i].knob)
                return false;
        joined.choice[joined.count++] = b->choice[i];
    }
    int length = snprintf(joined.name, sizeof joined.name, "%s+%s", a->name, b->name);
    if (length >= (int)sizeof joined.name)
        return false;
    *out = joined;
    return true;
}

bool tune_setting_find(const struct tune_settings *singles, const char *name,
                       struct tune_setting *out)
{
    struct tune_setting whole = {.count = 0};
    for (const char *at = name;;) {
        size_t length = strcspn(at, "+");
        const struct tune_setting *part = NULL;
        for (size_t i = 0; i < singles->count && !part; i++)
            if (strlen(singles->list[i].name) == length &&
                strncmp(singles->list[i].name, at, length) == 0)
                part = &singles->list[i];
        if (!part)
            return false;
        if (at == name)
            whole = *part;
        else if (!tune_setting_join(&whole, part, &whole))
            return false;
        if (!at[length])
            break;
        at += length + 1;
    }
    *out = whole;
    return true;
}

static bool sets(const char *entry, const char *variable)
{
    size_t length = strlen(variable);
    return strncmp(entry, variable, length) == 0 && entry[length] == '=';
}

/* All entries of one variable, behind what the base row has there. */
static void add_variable(const struct tune_setting *setting, const char *variable,
                         char *const *base, struct words *out)
{
    const char *before = words_value(base, variable);
    char text[1024];
    size_t used = 0;
    (void)text_copy(text, sizeof text, before ? before : "");
    used = strlen(text);
    for (size_t i = 0; i < setting->count; i++) {
        const struct allocator_knob *knob = setting->choice[i].knob;
        if (strcmp(knob->variable, variable) != 0)
            continue;
        if (!knob->join)
            used = 0;
        if (used == 0 && knob->lead)
            used += (size_t)snprintf(text, sizeof text, "%s", knob->lead);
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s%s%s", used > 0, &knob->join,
                                 knob->entry ? knob->entry : "", setting->choice[i].value);
    }
    words_add(out, "%s=%s", variable, text);
}

void tune_setting_environment(const struct tune_setting *setting, char *const *base,
                              struct words *out)
{
    for (char *const *entry = base; entry && *entry; entry++) {
        bool own = false;
        for (size_t i = 0; i < setting->count; i++)
            own = own || sets(*entry, setting->choice[i].knob->variable);
        if (!own)
            words_add(out, "%s", *entry);
    }
    for (size_t i = 0; i < setting->count; i++) {
        const char *variable = setting->choice[i].knob->variable;
        bool done = false;
        for (size_t j = 0; j < i; j++)
            done = done || strcmp(setting->choice[j].knob->variable, variable) == 0;
        if (!done)
            add_variable(setting, variable, base, out);
    }
}

const char *tune_setting_row(const struct tune_setting *setting, const char *base, char *out,
                             size_t size)
{
    (void)snprintf(out, size, "%s%s%s", base, *setting->name ? "+" : "", setting->name);
    return out;
}

const char *tune_setting_of_row(const char *row, const char *base)
{
    size_t length = strlen(base);
    return row[length] == '+' ? row + length + 1 : row + length;
}
