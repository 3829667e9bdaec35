/* What is tried: values of the knobs that a version has, alone and joined, and their environment.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "registry.h"
#include "tune_setting.h"

static const struct allocator_knob knobs[] = {
    {.name = "decay",
     .variable = "CONF",
     .entry = "decay_ms:",
     .join = ',',
     .lead = "strict",
     .values = (const char *const[]){"0", "1000", NULL}},
    {.name = "arenas",
     .variable = "CONF",
     .entry = "arenas:",
     .join = ',',
     .lead = "strict",
     .since = "2.10",
     .values = (const char *const[]){"1", NULL}},
    {.name = "rate",
     .variable = "RATE",
     .before = "3",
     .values = (const char *const[]){"10", NULL}},
    {.name = "rate",
     .variable = "RATE",
     .since = "3",
     .by_name = true,
     .values = (const char *const[]){"20", NULL}},
    {.name = NULL},
};

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *version, *since, *before;
        bool is_in;
    } cases[] = {
        {"5.3.0", NULL, NULL, true},
        {"5.3.0", "5.3.0", NULL, true},
        {"5.2.1", "5.3.0", NULL, false},
        {"2.10", "2.9", NULL, true},
        {"2.9", "2.10", NULL, false},
        {"2.0.9", NULL, "2.1.0", true},
        {"2.1.0", NULL, "2.1.0", false},
        {"3", "3.0.1", NULL, false},
        {"2.36-9+deb", "2.36", NULL, true},
        {NULL, "9", NULL, true},
        {"of unknown version", "9", NULL, true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(tune_knob_is_in(&(struct allocator_knob){.since = cases[i].since,
                                                                  .before = cases[i].before},
                                         cases[i].version),
                         cases[i].is_in);
}

static void assert_names(const struct tune_settings *settings, const char *const *names)
{
    size_t count = 0;
    for (; names[count]; count++) {
        assert_true(count < settings->count);
        assert_string_equal(settings->list[count].name, names[count]);
    }
    assert_int_equal(settings->count, count);
}

static void test_all_first_values_first(void **state)
{
    (void)state;
    struct tune_settings settings;
    tune_settings_of(knobs, "2.10", &settings);
    assert_names(&settings, (const char *const[]){"", "again", "decay=0", "arenas=1", "rate=10",
                                                  "decay=1000", NULL});
    tune_settings_of(knobs, "3.1", &settings);
    assert_names(&settings,
                 (const char *const[]){"", "again", "decay=0", "arenas=1", "decay=1000", NULL});
    tune_settings_of(NULL, NULL, &settings);
    assert_names(&settings, (const char *const[]){"", "again", NULL});
}

static void test_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int code;
        const char *names, *sentence; /* names after the defaults */
    } cases[] = {
        {"decay", 0, "decay=0 decay=1000", NULL},
        {"decay=500", 0, "decay=500", NULL},
        {"decoy", -ENOENT, NULL, "did you mean 'decay'?"},
        {"decay=", -EINVAL, NULL, "a value is letters"},
        {"decay=a/b", -EINVAL, NULL, "a value is letters"},
        {"decay=1,x:2", -EINVAL, NULL, "a value is letters"},
        {"arenas", -EINVAL, NULL, "version 2.9 has no such knob: it is there from 2.10"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct tune_settings settings;
        struct err err = ERR_INIT;
        assert_int_equal(tune_settings_chosen(knobs, "2.9", &cases[i].word, 1, &settings, &err),
                         cases[i].code);
        if (cases[i].sentence && !strstr(err.text, cases[i].sentence))
            fail_msg("%s: %s", cases[i].word, err.text);
        for (size_t s = 2; cases[i].names && s < settings.count; s++)
            assert_non_null(strstr(cases[i].names, settings.list[s].name));
    }
}

/* Two rows of one name: the version's own is meant; one that is tried by name is. */
static void test_chosen_by_version(void **state)
{
    (void)state;
    static const char *const word = "rate";
    struct tune_settings settings;
    assert_int_equal(tune_settings_chosen(knobs, "3.1", &word, 1, &settings, NULL), 0);
    assert_names(&settings, (const char *const[]){"", "again", "rate=20", NULL});
    assert_int_equal(tune_settings_chosen(knobs, "2.9", &word, 1, &settings, NULL), 0);
    assert_names(&settings, (const char *const[]){"", "again", "rate=10", NULL});
}

static void assert_environment(const struct tune_setting *setting, char *const *base,
                               const char *first, const char *second)
{
    AUTO(words) struct words words = {.count = 0};
    tune_setting_environment(setting, base, &words);
    assert_int_equal(words.count, (first != NULL) + (second != NULL));
    if (first)
        assert_string_equal(words.word[0], first);
    if (second)
        assert_string_equal(words.word[1], second);
}

static void test_environments(void **state)
{
    (void)state;
    static char conf[] = "CONF=strict,prof:true", other[] = "OTHER=1", rate[] = "RATE=3";
    char *const base[] = {conf, other, NULL};
    char *const rated[] = {rate, NULL};
    struct tune_settings all;
    struct tune_setting both, joined;
    tune_settings_of(knobs, "2.10", &all);
    assert_environment(&all.list[0], base, conf, other);
    assert_environment(&all.list[2], NULL, "CONF=strict,decay_ms:0", NULL);
    assert_environment(&all.list[2], base, other, "CONF=strict,prof:true,decay_ms:0");
    assert_environment(&all.list[4], rated, "RATE=10", NULL);
    assert_true(tune_setting_find(&all, "decay=1000+arenas=1", &both));
    assert_environment(&both, NULL, "CONF=strict,decay_ms:1000,arenas:1", NULL);
    assert_true(tune_setting_join(&both, &all.list[4], &joined));
    assert_string_equal(joined.name, "decay=1000+arenas=1+rate=10");
    assert_environment(&joined, NULL, "CONF=strict,decay_ms:1000,arenas:1", "RATE=10");
    assert_false(tune_setting_join(&both, &all.list[2], &joined)); /* the same knob */
    assert_false(tune_setting_join(&all.list[0], &all.list[2], &joined));
    assert_false(tune_setting_find(&all, "decay=7", &both));
    assert_false(tune_setting_find(&all, "decay=0+decay=1000", &both));
}

static void test_names_of_rows(void **state)
{
    (void)state;
    struct tune_settings all;
    char name[128];
    tune_settings_of(knobs, NULL, &all);
    assert_string_equal(tune_setting_row(&all.list[0], "a+b", name, sizeof name), "a+b");
    assert_string_equal(tune_setting_of_row(name, "a+b"), "");
    assert_string_equal(tune_setting_row(&all.list[2], "a+b", name, sizeof name), "a+b+decay=0");
    assert_string_equal(tune_setting_of_row(name, "a+b"), "decay=0");
}

/* The tables of the allocators themselves. */
static void test_every_knob_is_whole(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        for (const struct allocator_knob *knob = entry->allocator->knobs; knob && knob->name;
             knob++, count++) {
            assert_non_null(knob->purpose);
            assert_non_null(knob->variable);
            assert_non_null(knob->values[0]);
            assert_non_null(knob->standard);
            assert_non_null(knob->source);
            assert_int_equal(knob->proof == KNOB_UNPROVED, knob->option == NULL);
            assert_int_equal(knob->proof == KNOB_UNPROVED, knob->unproved != NULL);
            assert_true(knob->proof != KNOB_BY_LOADER || knob->join == ':');
            for (const char *const *value = knob->values; *value; value++)
                assert_true(strlen(*value) < TUNE_VALUE_MAX && !strpbrk(*value, "+=,:/ "));
        }
    assert_true(count > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_all_first_values_first),
        cmocka_unit_test(test_chosen),
        cmocka_unit_test(test_environments),
        cmocka_unit_test(test_names_of_rows),
        cmocka_unit_test(test_every_knob_is_whole),
        cmocka_unit_test(test_chosen_by_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
