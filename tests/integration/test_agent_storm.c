/*
 * The agent in a program that forks again and again while its threads are within malloc: nobody
 * hangs, each child announces itself and is asked, and all end as they should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_host.h"
#include "registry.h"

enum { STORM_FORKS = 20 };

/* A child may have left when it is asked; the parent is there. */
static void ask_all(struct host *host, int from)
{
    struct control_line line;
    control_begin(&line, "stats");
    for (int i = from; i < host->count; i++)
        (void)control_send(host->heard[i].fd, &line);
    assert_int_equal(control_send(host->heard[0].fd, &line), 0);
}

/* How many statistics it has sent. */
static int count_stats(struct host *host, int index)
{
    struct control_line line;
    int count = 0;
    while (control_receive(host->heard[index].fd, &line) == 0)
        count += control_is(&line, "stats");
    return count;
}

static void try_storm(const char *allocator)
{
    struct host host;
    char letter = '\0';
    int answers = 0, children = 0;
    int64_t until_ns = clock_now_ns() + 2 * HOST_DEADLINE_NS;
    host_open(&host);
    host_run(&host, "agent_program", "storms", host_library(allocator));
    (void)host_await(&host, 0, until_ns);
    for (int asked = 1; !host_serve(&host, host.from, until_ns); asked = host.count) {
        ask_all(&host, asked);
        answers += count_stats(&host, 0);
    }
    assert_int_equal(read(host.from, &letter, 1), 1);
    assert_int_equal(letter, 's');
    for (int i = 1; i < host.count; i++)
        children += count_stats(&host, i);
    print_message("%s: %d answers of the parent, %d of %d children\n", allocator, answers, children,
                  host.count - 1);
    assert_int_equal(host.count, 1 + STORM_FORKS);
    assert_true(answers > 0);
    (void)host_ask_live(&host, 0);
    assert_int_equal(host_close(&host), 0);
}

/* A child of such a program hangs under scudo of LLVM 14 without any agent, too. */
static bool survives_forks(const char *allocator)
{
    return strcmp(allocator, "scudo") != 0;
}

static void test_storm(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (!entry->unavailable && survives_forks(entry->allocator->name))
            try_storm(entry->allocator->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_storm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
