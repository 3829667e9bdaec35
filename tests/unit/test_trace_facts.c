/* What is known of a recording comes back from JSON, and an anonymous one tells no names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "text.h"
#include "trace_facts.h"
#include "trace_originals.h"

static void make(struct trace_facts *facts)
{
    trace_facts_init(facts);
    facts->command = calloc(3, sizeof *facts->command);
    facts->command[0] = text_own("secret-server");
    facts->command[1] = text_own("--key=secret");
    facts->kernel = text_own("secret kernel");
    facts->libc = text_own("glibc 2.36");
    facts->cores = 2;
    facts->originals = calloc(1, sizeof *facts->originals);
    facts->original_count = 1;
    facts->originals[0] = (struct trace_run){.allocator = text_own("jemalloc"),
                                             .peak_heap_bytes = 1 << 30,
                                             .end_heap_bytes = -1,
                                             .sample_count = 2};
    facts->originals[0].samples = calloc(2, sizeof *facts->originals[0].samples);
    facts->originals[0].samples[1] =
        (struct trace_sample){.ms = 20, .anon_bytes = 4096, .heap_bytes = -1};
    facts->images = calloc(1, sizeof *facts->images);
    facts->image_count = 1;
    facts->images[0] =
        (struct trace_image){.image = 1, .pid = 77, .program = text_own("/usr/bin/secret")};
    facts->unrecorded = calloc(1, sizeof *facts->unrecorded);
    facts->unrecorded_count = 1;
    facts->unrecorded[0] = (struct trace_unrecorded){
        .pid = 78, .program = text_own("secret.sh"), .reason = text_own("secret: static")};
    facts->phases = calloc(1, sizeof *facts->phases);
    facts->phase_count = 1;
    facts->phases[0] = (struct trace_phase){.ms = 5, .name = text_own("secret round")};
}

static void test_facts_come_back(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(trace_facts) struct trace_facts facts;
    AUTO(trace_facts) struct trace_facts read;
    make(&facts);
    trace_facts_init(&read);
    AUTO_FREE char *text = trace_facts_text(&facts);
    assert_int_equal(trace_facts_read(text, strlen(text), &read, &err), 0);
    assert_string_equal(read.command[1], "--key=secret");
    assert_int_equal(read.cores, 2);
    assert_int_equal(read.cpu_ns, -1);
    assert_int_equal(read.original_count, 1);
    const struct trace_run *run = &read.originals[0];
    assert_string_equal(run->allocator, "jemalloc");
    assert_int_equal(run->peak_heap_bytes, 1 << 30);
    assert_int_equal(run->end_heap_bytes, -1);
    assert_int_equal(run->sample_count, 2);
    assert_int_equal(run->samples[1].ms, 20);
    assert_string_equal(read.images[0].program, "/usr/bin/secret");
    assert_string_equal(read.unrecorded[0].reason, "secret: static");
    AUTO_FREE char *again = trace_facts_text(&read);
    assert_string_equal(text, again);
}

static void test_anonymous(void **state)
{
    (void)state;
    AUTO(trace_facts) struct trace_facts facts;
    make(&facts);
    trace_facts_anonymise(&facts);
    AUTO_FREE char *text = trace_facts_text(&facts);
    assert_null(strstr(text, "secret"));
    assert_null(strstr(text, "77"));
    assert_non_null(strstr(text, "glibc 2.36"));
    assert_non_null(strstr(text, "1073741824"));
}

static void test_what_are_no_facts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {{"", "no JSON"},
                 {"{\"heapchurn\": ", "no JSON"},
                 {"[]", "'heapchurn' is missing"},
                 {"{\"heapchurn\": 3}", "'heapchurn' is not of the expected kind"}};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct err err = ERR_INIT;
        struct trace_facts facts;
        assert_int_equal(trace_facts_read(wrong[i].text, strlen(wrong[i].text), &facts, &err),
                         -EINVAL);
        assert_non_null(strstr(err.text, wrong[i].says));
    }
}

/* The recorder's CPU time is no time of the program, shared among threads that were busy at once.
 */
static void test_time_of_the_original(void **state)
{
    (void)state;
    static const struct {
        int64_t elapsed, cpu, original_cpu, ns_per_ms;
    } cases[] = {{1000, 500, 400, 900000},  {1000, 1000, 250, 250000}, {1000, 4000, 2000, 500000},
                 {1000, 500, 600, 1000000}, {1000, 500, -1, 0},        {1000, -1, 400, 0},
                 {10000, 100, 50, 995000}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(trace_facts) struct trace_facts facts;
        trace_facts_init(&facts);
        facts.elapsed_ns = cases[i].elapsed;
        facts.cpu_ns = cases[i].cpu;
        facts.originals = calloc(1, sizeof *facts.originals);
        facts.original_count = 1;
        facts.originals[0] =
            (struct trace_run){.allocator = strdup("glibc"), .cpu_ns = cases[i].original_cpu};
        assert_int_equal(trace_facts_original_ns_per_ms(&facts), cases[i].ns_per_ms);
        facts.original_count = 0;
        assert_int_equal(trace_facts_original_ns_per_ms(&facts), 0);
        facts.original_count = 1;
    }
}

/* The recorded run is one only where there is no other, and all that it had can be told apart. */
static void test_stand_in(void **state)
{
    (void)state;
    AUTO(trace_facts) struct trace_facts facts;
    trace_facts_init(&facts);
    facts.recorded = calloc(1, sizeof *facts.recorded);
    assert_null(trace_facts_stand_in(&facts));
    facts.recorded_count = 1;
    facts.recorded[0].processes = 1;
    assert_null(trace_facts_stand_in(&facts));
    facts.recorded[0].exact = 1;
    assert_ptr_equal(trace_facts_stand_in(&facts), &facts.recorded[0]);
    facts.recorded[0].processes = 2;
    assert_null(trace_facts_stand_in(&facts));
    facts.recorded[0].processes = 1;
    facts.originals = calloc(1, sizeof *facts.originals);
    facts.original_count = 1;
    assert_null(trace_facts_stand_in(&facts));
}

/* Of several runs on one allocator: the median, the range, and whose course is shown. */
static void test_originals(void **state)
{
    (void)state;
    enum { RUNS_MAX = 5 };
    static const struct {
        int64_t peaks[RUNS_MAX]; /* 0: no more; -1: not known */
        struct trace_range peak;
        size_t count, typical;
    } cases[] = {
        {{7}, {7, 7, 7}, 1, 0},
        {{5, 9}, {5, 7, 9}, 2, 0},
        {{9, 5}, {5, 7, 9}, 2, 1},
        {{71, 86, 80}, {71, 80, 86}, 3, 2},
        {{-1, 4, 6}, {4, 5, 6}, 3, 1},
        {{-1, -1}, {-1, -1, -1}, 2, 0},
        {{3, 1, 2, 5, 4}, {1, 3, 5}, 5, 0},
        {{0}, {-1, -1, -1}, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(trace_facts) struct trace_facts facts;
        trace_facts_init(&facts);
        facts.originals = calloc(2 * RUNS_MAX, sizeof *facts.originals);
        for (size_t k = 0; k < RUNS_MAX && cases[i].peaks[k] != 0; k++) {
            facts.originals[facts.original_count++] =
                (struct trace_run){.allocator = strdup("jemalloc"),
                                   .peak_heap_bytes = cases[i].peaks[k],
                                   .end_heap_bytes = 2,
                                   .cpu_ns = 3};
            facts.originals[facts.original_count++] =
                (struct trace_run){.allocator = strdup("glibc"), .peak_heap_bytes = 1000};
        }
        const struct trace_originals on = trace_originals_on(&facts, "jemalloc");
        assert_int_equal(on.count, cases[i].count);
        assert_int_equal(on.peak_heap_bytes.least, cases[i].peak.least);
        assert_int_equal(on.peak_heap_bytes.median, cases[i].peak.median);
        assert_int_equal(on.peak_heap_bytes.most, cases[i].peak.most);
        assert_int_equal(on.end_heap_bytes.median, on.count > 0 ? 2 : -1);
        assert_int_equal(on.cpu_ns.most, on.count > 0 ? 3 : -1);
        assert_ptr_equal(on.typical, on.count > 0 ? &facts.originals[2 * cases[i].typical] : NULL);
        assert_int_equal(trace_originals_on(&facts, "mimalloc").count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_come_back),   cmocka_unit_test(test_anonymous),
        cmocka_unit_test(test_what_are_no_facts), cmocka_unit_test(test_time_of_the_original),
        cmocka_unit_test(test_stand_in),          cmocka_unit_test(test_originals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
