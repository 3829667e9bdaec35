/* From a row to the lines that put it into service: a table of rows, and what each place is told.
 */
#include <stdlib.h>
#include <string.h>

#include "bare_result.h"
#include "deployment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define JEMALLOC "/usr/lib/libjemalloc.so.2"

/* The call of this architecture, as perl makes it. */
#if defined(__x86_64__)
#define OFF "syscall(157, 41, 1, 0, 0, 0) == 0 or die; exec @ARGV"
#else
#define OFF "syscall(167, 41, 1, 0, 0, 0) == 0 or die; exec @ARGV"
#endif
#define OFF_SYSTEMD                                                                 \
    "MemoryTHP=disable\n"                                                           \
    "# systemd before 260 ignores that; there, in place of the unit's ExecStart:\n" \
    "#ExecStart=\n#ExecStart=/usr/bin/perl -e '" OFF "' /PATH/server …\n"
#define OFF_DOCKER "ENTRYPOINT [\"perl\", \"-e\", \"" OFF "\", \"server\"]\n"
#define OFF_VERIFY "grep THP_enabled /proc/$(pidof -s server)/status   # 0: it gets no huge pages\n"

static char spaced[] = "CONF=a b%c'd\"e$f\\g";
static char decay[] = "MALLOC_CONF=dirty_decay_ms:0";
static char arena[] = "MALLOC_ARENA_MAX=1";
static char *none[] = {NULL};
static char *with_spaced[] = {spaced, NULL};
static char *with_decay[] = {decay, NULL};
static char *with_arena[] = {arena, NULL};

/* A row of jemalloc's, unless `preload` is NULL; of a program that is linked against `linked`. */
static const struct deployed {
    const char *preload, *package, *library, *linked, *libc;
    char **environment;
    bool without_huge_pages;
    const char *text[DEPLOYMENT_WAYS]; /* NULL: not this way */
    const char *brief;
} cases[] = {
    {.environment = none}, /* libc's, as it is: nothing to do */
    {.environment = with_arena,
     .text = {[DEPLOY_SHELL] = "MALLOC_ARENA_MAX=1 server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\nEnvironment=MALLOC_ARENA_MAX=1\n",
              [DEPLOY_DOCKER] = "ENV MALLOC_ARENA_MAX=1\n",
              [DEPLOY_VERIFY] = "tr '\\0' '\\n' </proc/$(pidof -s server)/environ | "
                                "grep '^MALLOC_ARENA_MAX='\n"},
     .brief = "MALLOC_ARENA_MAX=1 before the command"},
    {.preload = JEMALLOC,
     .package = "libjemalloc2",
     .environment = with_decay,
     .text = {[DEPLOY_SHELL] = "apt install libjemalloc2\nLD_PRELOAD=" JEMALLOC
                               " MALLOC_CONF=dirty_decay_ms:0 server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\nEnvironment=LD_PRELOAD=" JEMALLOC
                                 "\nEnvironment=MALLOC_CONF=dirty_decay_ms:0\n",
              [DEPLOY_DOCKER] =
                  "RUN apt-get update && apt-get install -y --no-install-recommends "
                  "libjemalloc2 \\\n    && rm -rf /var/lib/apt/lists/*\n"
                  "ENV LD_PRELOAD=libjemalloc.so.2 \\\n    MALLOC_CONF=dirty_decay_ms:0\n",
              [DEPLOY_LINK] = "-llibrary\n",
              [DEPLOY_VERIFY] = "grep -m1 libjemalloc.so.2 /proc/$(pidof -s server)/maps   # no "
                                "line: it is not loaded\nMALLOC_CONF=dirty_decay_ms:0,stats:true   "
                                "# set besides: it prints statistics\n"},
     .brief = "apt install libjemalloc2, then LD_PRELOAD=" JEMALLOC
              " MALLOC_CONF=dirty_decay_ms:0 before the command"},
    {.preload = "/opt/je 5/libjemalloc.so.2", /* a library of one's own is of no package */
     .package = "libjemalloc2",
     .library = "/opt/je 5/libjemalloc.so.2",
     .environment = with_spaced,
     .text = {[DEPLOY_SHELL] = "LD_PRELOAD='/opt/je 5/libjemalloc.so.2' "
                               "CONF='a b%c'\\''d\"e$f\\g' server …\n",
              [DEPLOY_SYSTEMD] =
                  "[Service]\nEnvironment=\"LD_PRELOAD=/opt/je 5/libjemalloc.so.2\"\n"
                  "Environment=\"CONF=a b%%c'd\\\"e$f\\\\g\"\n",
              [DEPLOY_DOCKER] = "COPY libjemalloc.so.2 /usr/local/lib/\n"
                                "ENV LD_PRELOAD=/usr/local/lib/libjemalloc.so.2 \\\n"
                                "    CONF=\"a b%c'd\\\"e\\$f\\\\g\"\n",
              [DEPLOY_LINK] = "-llibrary\n",
              [DEPLOY_VERIFY] = "grep -m1 libjemalloc.so.2 /proc/$(pidof -s server)/maps   # no "
                                "line: it is not loaded\nMALLOC_CONF=stats:true   # set besides: "
                                "it prints statistics\n"},
     .brief = "LD_PRELOAD='/opt/je 5/libjemalloc.so.2' CONF='a b%c'\\''d\"e$f\\g' before the "
              "command"},
    {.preload = JEMALLOC,
     .package = "libjemalloc2",
     .environment = none,
     .without_huge_pages = true,
     .text = {[DEPLOY_SHELL] =
                  "apt install libjemalloc2\nLD_PRELOAD=" JEMALLOC " perl -e '" OFF "' server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\nEnvironment=LD_PRELOAD=" JEMALLOC "\n" OFF_SYSTEMD,
              [DEPLOY_DOCKER] = "RUN apt-get update && apt-get install -y --no-install-recommends "
                                "libjemalloc2 \\\n    && rm -rf /var/lib/apt/lists/*\n"
                                "ENV LD_PRELOAD=libjemalloc.so.2\n" OFF_DOCKER,
              [DEPLOY_LINK] =
                  "-llibrary\nprctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); // first in main()\n",
              [DEPLOY_VERIFY] = "grep -m1 libjemalloc.so.2 /proc/$(pidof -s server)/maps   # no "
                                "line: it is not loaded\n" OFF_VERIFY
                                "MALLOC_CONF=stats:true   # set besides: it prints statistics\n"},
     .brief = "apt install libjemalloc2, then LD_PRELOAD=" JEMALLOC " before the command"},
    {.environment = none, /* libc's, as it is but for them */
     .without_huge_pages = true,
     .text = {[DEPLOY_SHELL] = "perl -e '" OFF "' server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\n" OFF_SYSTEMD,
              [DEPLOY_DOCKER] = OFF_DOCKER,
              [DEPLOY_VERIFY] = OFF_VERIFY},
     .brief = ""},
    {.linked = "libjemalloc.so.2", /* libc must be put before it … */
     .environment = none,
     .text = {[DEPLOY_SHELL] = "LD_PRELOAD=libc.so.6 server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\nEnvironment=LD_PRELOAD=libc.so.6\n",
              [DEPLOY_DOCKER] = "ENV LD_PRELOAD=libc.so.6\n",
              [DEPLOY_VERIFY] = "tr '\\0' '\\n' </proc/$(pidof -s server)/environ | grep "
                                "'^LD_PRELOAD='\n"},
     .brief = "LD_PRELOAD=libc.so.6 before the command, since it is linked against "
              "libjemalloc.so.2"},
    {.linked = "libjemalloc.so.2", /* and libstdc++, whose operator new is jemalloc's else … */
     .libc = "libc.so.6:libstdc++.so.6",
     .environment = none,
     .text = {[DEPLOY_SHELL] = "LD_PRELOAD=libc.so.6:libstdc++.so.6 server …\n",
              [DEPLOY_SYSTEMD] = "[Service]\nEnvironment=LD_PRELOAD=libc.so.6:libstdc++.so.6\n",
              [DEPLOY_DOCKER] = "ENV LD_PRELOAD=libc.so.6:libstdc++.so.6\n",
              [DEPLOY_VERIFY] = "tr '\\0' '\\n' </proc/$(pidof -s server)/environ | grep "
                                "'^LD_PRELOAD='\n"},
     .brief = "LD_PRELOAD=libc.so.6:libstdc++.so.6 before the command, since it is linked against "
              "libjemalloc.so.2"},
    {.linked = "libjemalloc.so.2", /* … and itself need not */
     .preload = JEMALLOC,
     .package = "libjemalloc2",
     .environment = none},
};

static void set(char **text, const char *value)
{
    free(*text);
    *text = value ? strdup(value) : NULL;
}

static void check_case(const struct deployed *wanted)
{
    static char word[] = "/usr/sbin/server";
    static char *command[] = {word, NULL};
    const char *const rows[] = {wanted->preload ? "jemalloc" : "glibc"};
    struct record_role role = {.linked = wanted->linked ? strdup(wanted->linked) : NULL,
                               .libc = wanted->libc ? strdup(wanted->libc) : NULL};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 1, 1, &bare);
    bare.spec.program.command = command;
    bare.records[0].roles = &role;
    bare.records[0].role_count = 1;
    struct run_row *row = &bare.stored.run.rows[0];
    char **before = row->environment;
    row->environment = wanted->environment;
    row->huge_pages = wanted->without_huge_pages ? HUGE_PAGES_OFF : HUGE_PAGES_AS_FOUND;
    set(&row->preload, wanted->preload);
    set(&row->preload_package, wanted->package);
    set(&row->library, wanted->library);
    set(&row->shows_itself, "MALLOC_CONF=stats:true");
    set(&row->shows_itself_when, "statistics");
    if (!wanted->preload)
        set(&row->link, "(nothing)");
    assert_int_equal(deployment_needed(&bare.workload, 0), wanted->brief != NULL);
    for (int way = 0; way < DEPLOYMENT_WAYS; way++) {
        AUTO_FREE char *text = deployment_text(&bare.workload, 0, (enum deployment_way)way);
        if (wanted->text[way])
            assert_string_equal(text, wanted->text[way]);
        else
            assert_null(text);
    }
    AUTO_FREE char *brief = deployment_brief(&bare.workload, 0);
    if (wanted->brief)
        assert_string_equal(brief, wanted->brief);
    row->environment = before;
    free(role.linked);
    free(role.libc);
}

static void test_each_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check_case(&cases[i]);
}

/* What a program runs on as it is, and what is compared with it. */
static void test_the_incumbent_of_a_linked_program(void **state)
{
    (void)state;
    static const char *const rows[] = {"glibc", "jemalloc", "mimalloc"};
    static char linked[] = "libjemalloc.so.2";
    char name[64];
    struct record_role role = {.linked = linked};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 3, 3, &bare);
    assert_string_equal(deployment_incumbent(&bare.workload, name, sizeof name), "glibc");
    for (size_t block = 0; block < 3; block++) {
        bare.records[block].roles = &role;
        bare.records[block].role_count = 1;
    }
    assert_string_equal(deployment_incumbent(&bare.workload, name, sizeof name), "jemalloc");
    result_recommend(&bare.workload, 3, &recommend_weights_default, NULL);
    assert_int_equal(bare.workload.advice.reference, 1);
    assert_non_null(strstr(bare.workload.recommendation, "Stay with jemalloc"));
}

/* Runs that were stored before know no library to preload: half a recipe is none. */
static void test_older_runs(void **state)
{
    (void)state;
    static const char *const rows[] = {"jemalloc"};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 1, 1, &bare);
    char **before = bare.stored.run.rows[0].environment;
    bare.stored.run.rows[0].environment = with_decay;
    assert_false(deployment_needed(&bare.workload, 0));
    bare.stored.run.rows[0].environment = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_place),
        cmocka_unit_test(test_the_incumbent_of_a_linked_program),
        cmocka_unit_test(test_older_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
