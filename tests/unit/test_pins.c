/*
 * pins.c: subjects and load never share a core while there is another one.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pins.h"
#include "text.h"

static void lists_of_the_kernel(void **state)
{
    (void)state;
    const struct {
        const char *list;
        int cpu;
        bool listed;
    } cases[] = {
        {"0\n", 0, true},    {"0\n", 1, false},    {"0,4\n", 4, true},    {"0-1\n", 1, true},
        {"0-1\n", 2, false}, {"2-3,6-7", 6, true}, {"2-3,6-7", 4, false}, {"", 0, false},
        {"x", 0, false},     {"1-", 1, false},     {"12", 1, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(pins_listed(cases[i].list, cases[i].cpu), cases[i].listed);
}

/* The machine is given as the core of each processor. */
static bool same_core(void *context, int cpu, int other)
{
    const char *cores = context;
    return cores[cpu] == cores[other];
}

/* All but the driver's; of two both, and then for the load too. */
static void assert_threads(const struct trial_pins *pins, const int *allowed, size_t count)
{
    assert_int_equal(CPU_COUNT(&pins->threads), count > 2 ? count - 1 : count < 2 ? 0 : 2);
    for (size_t i = 0; count > 1 && i < count; i++)
        assert_int_equal(CPU_ISSET((unsigned)allowed[i], &pins->threads) != 0,
                         count == 2 || allowed[i] != pins->driver_cpu);
    for (int wanted = 2; count > 1 && wanted < 5; wanted++) {
        cpu_set_t several;
        int least = wanted < (int)count ? wanted : (int)count;
        assert_int_equal(pins_several(pins, wanted, &several), least);
        assert_int_equal(CPU_COUNT(&several), least);
        for (int i = 0; i < least; i++)
            assert_true(CPU_ISSET((unsigned)allowed[(int)count - 1 - i], &several));
    }
    assert_int_equal(pins_for_threads(pins, true) != NULL, count > 1);
    assert_int_equal(pins_for_threads(pins, false) != NULL, count == 2);
}

static void a_choice(void **state)
{
    (void)state;
    const struct {
        const char *cores;   /* of CPU 0, 1, … */
        const char *allowed; /* x: may be used */
        int driver, subject;
    } cases[] = {
        {"ab", "xx", 0, 1},     {"abab", "xxxx", 0, 3},
        {"abba", "xxxx", 0, 2},                     /* CPU 3 is the other thread of CPU 0's core */
        {"aabb", "xxxx", 0, 3}, {"aa", "xx", 0, 1}, /* no other core: said in words */
        {"abba", "x..x", 0, 3}, {"abc", ".xx", 1, 2},
        {"a", "x", -1, -1},     {"ab", "..", -1, -1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char cores[8];
        int allowed[8];
        size_t count = 0;
        (void)text_copy(cores, sizeof cores, cases[i].cores);
        for (int cpu = 0; cases[i].allowed[cpu]; cpu++)
            if (cases[i].allowed[cpu] == 'x')
                allowed[count++] = cpu;
        struct trial_pins pins = pins_among(allowed, count, same_core, cores);
        assert_int_equal(pins.driver_cpu, cases[i].driver);
        assert_int_equal(pins.subject_cpu, cases[i].subject);
        assert_threads(&pins, allowed, count);
    }
}

static void what_was_allowed_is_allowed_again(void **state)
{
    (void)state;
    char text[PINS_TEXT_MAX];
    cpu_set_t before, meanwhile, after;
    struct trial_pins pins = pins_choose(text, sizeof text);
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    struct pinned pinned;
    pinned_begin(&pins, &pinned);
    assert_int_equal(sched_getaffinity(0, sizeof meanwhile, &meanwhile), 0);
    if (pins.driver_cpu >= 0)
        assert_int_equal(CPU_COUNT(&meanwhile), 1);
    pinned_release(&pinned);
    pinned_release(&pinned);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&before, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_the_kernel),
        cmocka_unit_test(a_choice),
        cmocka_unit_test(what_was_allowed_is_allowed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
