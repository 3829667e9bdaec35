/* machine_checks: made-up machines, one property changed at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "machine.h"

static const struct machine fit = {
    .kernel = "6.18.5",
    .thp = "madvise",
    .clock = "tsc",
    .aslr = 2,
    .cores = 2,
    .load = 0.3,
    .pressure_percent = 1,
    .files = 20000,
    .files_hard = 20000,
    .memory_available_bytes = INT64_C(4) << 30,
    .swap_used_bytes = 0,
    .overcommit = 0,
    .ptrace_scope = 1,
    .port_first = 32768,
    .port_last = 60999,
    .port_reuse = 2,
    .loopback = true,
    .statm = true,
    .run_delay = true,
    .rollup = true,
    .peak_reset = true,
    .siblings_told = true,
    .proved = "glibc 2.36",
};

static void judge(const char *name, const struct machine *machine, struct machine_finding *out)
{
    const struct machine_check *check = machine_checks;
    while (check->name && strcmp(check->name, name) != 0)
        check++;
    assert_non_null(check->name);
    check->judge(machine, out);
}

static void a_fit_machine_is_fit(void **state)
{
    (void)state;
    for (const struct machine_check *check = machine_checks; check->name; check++) {
        struct machine_finding finding = {0};
        check->judge(&fit, &finding);
        if (finding.state != MACHINE_OK)
            fail_msg("%s: %s", check->name, finding.sentence);
        assert_null(finding.remedy);
    }
}

/* What differs from `fit`: the bytes of one member. */
struct row {
    const char *check;
    size_t offset;
    size_t size;
    const void *value;
    enum machine_state state;
    const char *said; /* part of the sentence */
};

#define TEXT(member, text) offsetof(struct machine, member), sizeof(text), text
#define INT(member, n)                                                  \
    offsetof(struct machine, member), sizeof(int64_t), &(const int64_t) \
    {                                                                   \
        n                                                               \
    }
#define REAL(member, x)                                               \
    offsetof(struct machine, member), sizeof(double), &(const double) \
    {                                                                 \
        x                                                             \
    }
#define FLAG(member, b)                                           \
    offsetof(struct machine, member), sizeof(bool), &(const bool) \
    {                                                             \
        b                                                         \
    }

static const struct row rows[] = {
    {"allocators", TEXT(refused, "proxy-x: on libc"), MACHINE_UNFIT, "not proved: proxy-x"},
    {"allocators", TEXT(proved, ""), MACHINE_UNFIT, "no allocator"},
    {"allocators", FLAG(absent, true), MACHINE_OK, "others are absent"},
    {"kernel", TEXT(kernel, "6.1.0-25-amd64"), MACHINE_OK, ""},
    {"RSS", INT(statm_error_bytes, 262144), MACHINE_OK, "(statm) was 256 KiB off"},
    {"RSS", INT(statm_error_bytes, MACHINE_NA), MACHINE_WARN, "not exact"},
    {"kernel", TEXT(kernel, "5.2.1"), MACHINE_UNFIT, "pidfd_open"},
    {"proc", FLAG(statm, false), MACHINE_UNFIT, "statm"},
    {"proc", FLAG(rollup, false), MACHINE_WARN, "smaps_rollup"},
    {"proc", FLAG(peak_reset, false), MACHINE_WARN, "clear_refs"},
    {"proc", FLAG(run_delay, false), MACHINE_WARN, "schedstat"},
    {"cores", INT(cores, 1), MACHINE_WARN, "share"},
    {"cores", FLAG(siblings_told, false), MACHINE_WARN, "no telling"},
    {"cores", FLAG(one_core, true), MACHINE_WARN, "threads of one core"},
    {"load", REAL(load, 1.2), MACHINE_WARN, "1.20 on 2 cores"},
    {"load", REAL(load, 1.0), MACHINE_OK, ""},
    {"load", REAL(load, MACHINE_NA), MACHINE_WARN, "cannot be told"},
    {"pressure", REAL(pressure_percent, 30), MACHINE_WARN, "30 %"},
    {"pressure", REAL(pressure_percent, MACHINE_NA), MACHINE_WARN, "/proc/pressure"},
    {"memory", INT(memory_available_bytes, 100 << 20), MACHINE_UNFIT, "100 MiB"},
    {"memory", INT(memory_available_bytes, 500 << 20), MACHINE_WARN, "500 MiB"},
    {"memory", INT(memory_available_bytes, MACHINE_NA), MACHINE_WARN, "cannot be told"},
    {"swap", INT(swap_used_bytes, 4096), MACHINE_WARN, "4 KiB"},
    {"swap", INT(swap_used_bytes, MACHINE_NA), MACHINE_WARN, "cannot be told"},
    {"overcommit", INT(overcommit, 2), MACHINE_WARN, "strict"},
    {"overcommit", INT(overcommit, 1), MACHINE_OK, ""},
    {"huge-pages", TEXT(thp, "always"), MACHINE_WARN, "2 MiB"},
    {"huge-pages", TEXT(thp, "never"), MACHINE_OK, "are off"},
    {"huge-pages", TEXT(thp, ""), MACHINE_OK, ""},
    {"aslr", INT(aslr, 0), MACHINE_WARN, "one layout"},
    {"governor", TEXT(governor, "powersave"), MACHINE_WARN, "powersave"},
    {"governor", TEXT(governor, "performance"), MACHINE_OK, ""},
    {"clock", TEXT(clock, "hpet"), MACHINE_WARN, "slow"},
    {"clock", TEXT(clock, "acpi_pm"), MACHINE_WARN, "slow"},
    {"clock", TEXT(clock, "arch_sys_counter"), MACHINE_OK, ""},
    {"open-files", INT(files, 256), MACHINE_UNFIT, "256"},
    {"open-files", INT(files, 1024), MACHINE_WARN, "not of 32"},
    {"ports", FLAG(loopback, false), MACHINE_UNFIT, "127.0.0.1"},
    {"ports", INT(port_last, 33000), MACHINE_WARN, "only 233"},
    {"ports", INT(port_reuse, 0), MACHINE_WARN, "without reuse"},
    {"environment", TEXT(leaking, "LD_PRELOAD"), MACHINE_WARN, "LD_PRELOAD"},
    {"environment", FLAG(malloc_conf, true), MACHINE_UNFIT, "malloc.conf"},
    {"ptrace", INT(ptrace_scope, 2), MACHINE_WARN, "scope 2"},
    {"ptrace", INT(ptrace_scope, MACHINE_NA), MACHINE_OK, ""},
};

static void one_change_is_judged(void **state)
{
    const struct row *row = *state;
    struct machine machine = fit;
    struct machine_finding finding = {0};
    memcpy((char *)&machine + row->offset, row->value, row->size);
    judge(row->check, &machine, &finding);
    assert_string_equal(machine_state_names[finding.state], machine_state_names[row->state]);
    if (!strstr(finding.sentence, row->said))
        fail_msg("%s: %s", row->check, finding.sentence);
}

int main(void)
{
    struct CMUnitTest tests[ARRAY_LENGTH(rows) + 1] = {cmocka_unit_test(a_fit_machine_is_fit)};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        tests[i + 1] = (struct CMUnitTest){.name = rows[i].check,
                                           .test_func = one_change_is_judged,
                                           .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
