/* spec: each mistake in a file is answered with its place and what was expected. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "scenarios.h"
#include "spec.h"

#define Q "question: q\n"

struct row {
    const char *name;
    const char *text;     /* of the file */
    const char *sentence; /* what follows "FILE:" */
};

static const struct row rows[] = {
    {"empty", "", "1:1: the file says nothing; it needs at least 'question'"},
    {"comment only", "# nothing\n", "1:1: the file says nothing; it needs at least 'question'"},
    {"text", "question\n", "1:1: expected lines of 'key: value'"},
    {"list", "- question\n", "1:1: expected lines of 'key: value'"},
    {"tab", Q "\tpeers: 3\n", "2:1: not YAML: found a tab character that violates indentation"},
    {"open quote", Q "load: \"rounds\n", "3:1: not YAML: found unexpected end of stream"},
    {"indented", Q "  peers: 3\n", "2:8: not YAML: mapping values are not allowed in this context"},
    {"not UTF-8", Q "load: \xff\n", "2:7: not YAML: invalid leading UTF-8 octet"},
    {"two documents", Q "---\n" Q, "2:1: a second document begins; *"},
    {"anchor", Q "peers: &a 3\nrounds: *a\n",
     "2:8: anchor '&a': anchors and aliases are not read *"},
    {"alias of nothing", Q "peers: *b\n", "2:8: anchor '&b': anchors and aliases are not read *"},
    {"anchored list", Q "peers: &c [*c]\n", "2:8: anchor '&c': *"},
    {"tag", Q "peers: !!int 3\n", "2:8: tag 'tag:yaml.org,2002:int': tags are not read here*"},
    {"merge key", Q "<<: {peers: 3}\n", "2:1: unknown key '<<'; *"},
    {"too deep", Q "peers: [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\n",
     "2:23: lists and maps are nested deeper than 16"},
    {"half deep", Q "peers: [[[[[[[[[[[[[[[[[[[[",
     "2:23: lists and maps are nested deeper than 16"},
    {"zero byte", "question: \"a\\0b\"\n", "1:11: a text has a control character in it; *"},
    {"escape", "question: \"\\e[2J\"\n", "1:11: a text has a control character in it; *"},
    {"key with a dot", Q "peers.x: 3\n", "2:1: unknown key 'peers.x' (did you mean 'peers'?)"},
    {"unknown key", Q "peers: 3\n\npears: 4\n", "4:1: unknown key 'pears' (did you mean 'peers'?)"},
    {"strange key", Q "colour: red\n",
     "2:1: unknown key 'colour'; 'heapchurn list --keys' lists them"},
    {"twice", Q "peers: 3\nrounds: 2\npeers: 4\n", "4:1: peers: is given twice"},
    {"value is a list", Q "peers: [1, 2]\n",
     "2:8: peers: a list or mapping is given; expected one value"},
    {"key is a list", Q "? [a]\n: 3\n", "2:3: a list or mapping is given; expected a key"},
    {"no question", "peers: 3\n",
     "1:1: question: is missing; it is the question this workload answers"},
    {"no number", Q "peers:   many\n",
     "2:10: peers: 'many' is given; expected a whole number from 1 to 128"},
    {"half a number", Q "peers: 3.5\n",
     "2:8: peers: '3.5' is given; expected a whole number from 1 to 128"},
    {"too small", Q "rounds: 0\n",
     "2:9: rounds: '0' is given; expected a whole number from 1 to 1000000"},
    {"too large", Q "peers: 129\n",
     "2:8: peers: '129' is given; expected a whole number from 1 to 128"},
    {"beyond 64 bits", Q "seed: 99999999999999999999\n",
     "2:7: seed: '99999999999999999999' is given; expected a whole number from 0 to "
     "9223372036854775807"},
    {"nothing", Q "peers:\n",
     "2:7: peers: nothing is given; expected a whole number from 1 to 128"},
    {"no choice", Q "drain: pol\n",
     "2:8: drain: 'pol' is given; expected none, poll, send, events or pollset"},
    {"no flag", Q "mesh: maybe\n", "2:7: mesh: 'maybe' is given; expected true or false"},
    {"no unit", Q "leak_bytes: 64\n", "2:13: leak_bytes: '64' is not a size; *"},
    {"no duration", Q "quiet: 1 fortnight\n", "2:8: quiet: '1 fortnight' is not a duration; *"},
    {"huge size", Q "leak_bytes: 1 GiB\n",
     "2:13: leak_bytes: '1 GiB' is given; expected a size from 0 B to 1 MiB"},
    {"short deadline", Q "step_deadline: 5ms\n",
     "2:16: step_deadline: '5ms' is given; expected a duration from 1 s to 10 m"},
    {"quick is longer", Q "rounds: 4\nquick_rounds: 5\n",
     "3:15: quick_rounds: is more than rounds*"},
    {"empty bursts", Q "load: messages\n", "2:7: load: with 'messages' each round sends; *"},
    {"no life", Q "load: processes\n", "2:7: load: with 'processes' each lives a given time; *"},
    {"life of nobody", Q "life: 2s\n", "2:7: life: is for 'load: processes' only; *"},
    {"short life", Q "load: processes\nlife: 999us\n",
     "3:7: life: is below 1 ms; no process comes and goes in that time"},
    {"processes apart", Q "load: processes\nlife: 1s\nmesh: false\n",
     "4:7: mesh: real processes *"},
    {"processes talk", Q "load: processes\nlife: 1s\nmessages: 2\nmessage_bytes: 64 B\n",
     "4:11: messages: real processes send no messages; *"},
    {"tiny messages", Q "messages: 2\nmessage_bytes: 8 B\n",
     "2:11: messages: needs message_bytes*"},
    {"size of nothing", Q "message_bytes: 64 B\n", "2:16: message_bytes: does nothing without *"},
    {"leak of nobody", Q "load: messages\nmessages: 1\nmessage_bytes: 64 B\nleak_bytes: 8 B\n",
     "5:13: leak_bytes: something is lost when a peer joins*"},
    {"sizes of nothing", Q "session_size_min: 64 B\n", "2:19: session_size_min: does nothing *"},
    {"sizes reversed", Q "session_blocks: 1\nsession_size_max: 8 B\n",
     "3:19: session_size_max: session_size_min is larger than session_size_max"},
    {"outliving", Q "session_blocks: 1\nsession_outlive_percent: 3\n",
     "3:26: session_outlive_percent: needs session_outlive_cycles*"},
    {"step with mesh", Q "load: connect-only\nmesh: true\n",
     "3:7: mesh: is for peers that come and go; here one step alone is repeated: leave it out"},
    {"step with messages", Q "load: message-only\nmessages: 2\nmessage_bytes: 64 B\n",
     "3:11: messages: is for peers that come and go; *"},
    {"step with sizes", Q "load: message-only\nmessage_bytes: 64 B\n",
     "3:16: message_bytes: is for peers that come and go; *"},
    {"step with leak", Q "load: announce-only\nleak_bytes: 64 B\n",
     "3:13: leak_bytes: is for peers that come and go; *"},
    {"step with sessions", Q "load: monitor-only\nsession_blocks: 3\n",
     "3:17: session_blocks: is for peers that come and go; *"},
    {"step with outliving", Q "load: context-only\nsession_outlive_percent: 3\n",
     "3:26: session_outlive_percent: is for peers that come and go; *"},
    {"workers of nothing", Q "workers: 2\n", "2:10: workers: does nothing without session_blocks*"},
    {"workers of a step", Q "load: monitor-only\nworkers: 2\n", "3:10: workers: is for peers*"},
    {"nobody to be replaced", Q "session_blocks: 1\nworker_sessions: 3\n",
     "3:18: worker_sessions: does nothing without workers*"},
    {"outlived", Q "session_blocks: 1\nsession_outlive_cycles: 3\n",
     "3:25: session_outlive_cycles: does nothing without session_outlive_percent*"},
};

static char folder[] = "/tmp/heapchurn-spec-XXXXXX";
static char path[sizeof folder + sizeof "/file.yaml"];

static void write_file(const char *text, size_t length)
{
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
}

static void is_answered(void **state)
{
    const struct row *row = *state;
    write_file(row->text, strlen(row->text));
    struct workload untouched = {.peers = 4711};
    struct err err = ERR_INIT;
    assert_int_equal(spec_load_workload(folder, path, scenario_loads(), &untouched, &err), -EINVAL);
    assert_int_equal(untouched.peers, 4711);
    assert_null(untouched.question);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    const char *said = err.text + strlen(path) + 1;
    size_t length = strlen(row->sentence);
    if (row->sentence[length - 1] != '*')
        assert_string_equal(said, row->sentence);
    else if (strncmp(said, row->sentence, length - 1) != 0)
        fail_msg("said '%s'", said);
    assert_int_equal(spec_load_workload(folder, path, scenario_loads(), &untouched, NULL), -EINVAL);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct workload w = {0};
    struct err err = ERR_INIT;
    assert_int_equal(spec_load_workload(folder, "/tmp/", scenario_loads(), &w, &err), -EINVAL);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(spec_load_workload(folder, path, scenario_loads(), &w, &err), -EINVAL);
    assert_non_null(strstr(err.text, "is not a file"));
    assert_int_equal(rmdir(path), 0);
    static const char large[70000] = "";
    write_file(large, sizeof large);
    assert_int_equal(spec_load_workload(folder, path, scenario_loads(), &w, &err), -EFBIG);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/file.yaml", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    struct CMUnitTest tests[ARRAY_LENGTH(rows) + 1] = {
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        tests[i + 1] = (struct CMUnitTest){.name = rows[i].name, .test_func = is_answered};
        tests[i + 1].initial_state = (void *)(uintptr_t)&rows[i];
    }
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
