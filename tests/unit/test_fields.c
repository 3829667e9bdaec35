/* A struct by its table: from YAML, to JSON and back, compared, told. One row is all a key needs.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"
#include "fields_file.h"
#include "memory_stream.h"

enum mood { GLAD, SAD };
static const char *const moods[] = {"glad", "sad", NULL};

struct step {
    char *name;
    int64_t size_bytes;
};

struct service {
    char *command;
    char **environment;
    char **builds;
    char *user;
    struct {
        bool port;
        char *line;
        int64_t within_ns;
    } ready;
    enum mood mood;
    int64_t seed;
    int64_t added;
    char *note;
    struct step *steps;
    size_t step_count;
};

static const struct field step_fields[] = {
    {FIELD_AT(struct step, name), .key = "name", .kind = FIELD_WORD, .sentence = "its name"},
    {FIELD_AT(struct step, size_bytes), .key = "size", .kind = FIELD_BYTES, .least = 1,
     .most = 1 << 20, .fallback = "1 KiB"},
    {.name = NULL},
};
static const struct field_list steps = {
    .fields = step_fields,
    .size = sizeof(struct step),
    .count_offset = offsetof(struct service, step_count),
    .item = "step",
};

#define NS_PER_S INT64_C(1000000000)

static const struct field fields[] = {
    {FIELD_AT(struct service, command), .key = "command", .kind = FIELD_WORD,
     .sentence = "what is started"},
    {FIELD_AT(struct service, environment), .key = "environment", .kind = FIELD_WORDS,
     .fallback = ""},
    {FIELD_AT(struct service, builds), .key = "builds", .kind = FIELD_PAIRS, .fallback = "",
     .later = true},
    {FIELD_AT(struct service, user), .key = "user", .kind = FIELD_TEXT, .fallback = ""},
    {FIELD_AT(struct service, ready.port), .key = "ready.port", .kind = FIELD_BOOL,
     .fallback = "false"},
    {FIELD_AT(struct service, ready.line), .key = "ready.line", .kind = FIELD_TEXT,
     .sentence = "a line it prints"},
    {FIELD_AT(struct service, ready.within_ns), .key = "ready.within", .kind = FIELD_DURATION,
     .least = 1, .most = 60 * NS_PER_S, .fallback = "5s"},
    {FIELD_AT(struct service, mood), .key = "mood", .kind = FIELD_NAME, .names = moods,
     .fallback = "glad"},
    {FIELD_AT(struct service, seed), .key = "seed", .kind = FIELD_SEED, .most = INT64_MAX,
     .fallback = "1"},
    {FIELD_AT(struct service, added), .key = "added", .kind = FIELD_COUNT, .most = 9,
     .fallback = "7", .later = true},
    {FIELD_AT(struct service, note), .key = "note", .kind = FIELD_TEXT, .fallback = "",
     .descriptive = true},
    {FIELD_AT(struct service, steps), .key = "steps", .kind = FIELD_LIST, .list = &steps,
     .fallback = ""},
    {.name = NULL},
};

static const struct fields_format format = {
    .fields = fields,
    .what = "a service",
    .least = "'command'",
    .keys_are = "see the table",
    .length_max = 4096,
};

static void release(struct service *service)
{
    fields_release(fields, service);
}
DEFINE_AUTO(service, release)

static char path[] = "/tmp/heapchurn-fields-XXXXXX";

static int load(const char *text, struct service *out, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fflush(file), 0);
    return fields_file_read(path, &format, out, &tree, err);
}

#define ALL                                            \
    "command: redis-server --port {port}\n"            \
    "environment: [A=1 2, 'B=']\n"                     \
    "ready: {line: Ready to accept, within: 1500ms}\n" \
    "mood: sad\n"                                      \
    "seed: 9007199254740993\n"                         \
    "builds: {jemalloc: ./je 'a b', glibc: ./g}\n"     \
    "added: 3\n"                                       \
    "note: mine\n"                                     \
    "steps:\n"                                         \
    "  - {name: first, size: 64 KiB}\n"                \
    "  - name: second\n"

static void maps_lists_and_words_are_read(void **state)
{
    (void)state;
    AUTO(service) struct service service = {0};
    struct err err = ERR_INIT;
    if (load(ALL, &service, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(service.command, "redis-server --port {port}");
    assert_string_equal(service.environment[0], "A=1 2");
    assert_string_equal(service.environment[1], "B=");
    assert_null(service.environment[2]);
    assert_string_equal(service.builds[0], "jemalloc");
    assert_string_equal(service.builds[1], "./je 'a b'");
    assert_string_equal(service.builds[2], "glibc");
    assert_null(service.builds[4]);
    assert_null(service.user);
    assert_false(service.ready.port);
    assert_string_equal(service.ready.line, "Ready to accept");
    assert_int_equal(service.ready.within_ns, 3 * NS_PER_S / 2);
    assert_int_equal(service.step_count, 2);
    assert_string_equal(service.steps[0].name, "first");
    assert_int_equal(service.steps[0].size_bytes, 65536);
    assert_int_equal(service.steps[1].size_bytes, 1024);
}

/* What a group needs is needed where the group is given. */
static void a_group_may_be_left_out(void **state)
{
    (void)state;
    AUTO(service) struct service service = {0};
    assert_int_equal(load("command: x\nenvironment: A=1 B=2\n", &service, NULL), 0);
    assert_null(service.ready.line);
    assert_int_equal(service.ready.within_ns, 5 * NS_PER_S);
    assert_string_equal(service.environment[1], "B=2");
    assert_int_equal(service.step_count, 0);
}

static const struct {
    const char *text, *says; /* after the file's name */
} broken[] = {
    {"mood: sad\n", ":1:1: command: is missing; it is what is started"},
    {"command: x\nready: {port: true}\n", ":2:8: ready.line: is missing; it is a line it prints"},
    {"command: x\nready: yes\n", ":2:8: expected lines of 'key: value'"},
    {"command: x\nready: {lime: a}\n", ":2:9: unknown key 'lime' (did you mean 'line'?)"},
    {"command: x\nready: {line: a, line: b}\n", ":2:18: line: is given twice"},
    {"command: x\nready: {line: a, within: 61s}\n",
     ":2:26: ready.within: '61s' is given; expected a duration from 1 ns to 1 m"},
    {"command: x\nready.line: a\n", ":2:1: unknown key 'ready.line'; see the table"},
    {"command: {x: y}\n", ":1:10: command: a list or mapping is given; expected one value"},
    {"command: x\nsteps: 3\n", ":2:8: steps: expected a list, each entry after '- '"},
    {"command: x\nsteps: [3]\n", ":2:9: expected lines of 'key: value'"},
    {"command: x\nsteps:\n  - {name: a}\n  - {size: 1 B}\n", ":4:5: name: is missing; it is its "},
    {"command: x\nsteps:\n  - {name: a, size: 0 B}\n", ":3:21: size: '0 B' is given; expected a "},
    {"command: x\nenvironment: [a, [b]]\n", ":2:18: environment: expected one value after each"},
    {"command: x\nenvironment: {a: b}\n", ":2:14: environment: a list or mapping is given; "},
    {"command: x\nbuilds: je\n", ":2:9: builds: 'je' is given; expected lines of 'name: text'"},
    {"command: x\nbuilds: {je: [a]}\n", ":2:10: builds: expected lines of 'name: text'"},
    {"command: x\nbuilds: {je: a, je: b}\n", ":2:17: builds: 'je' is given twice"},
    {"command: x\nmood: bad\n", ":2:7: mood: 'bad' is given; expected glad or sad"},
};

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        AUTO(service) struct service service = {0};
        struct err err = ERR_INIT;
        assert_int_equal(load(broken[i].text, &service, &err), -EINVAL);
        if (strncmp(err.text + strlen(path), broken[i].says, strlen(broken[i].says)) != 0)
            fail_msg("%s\nis answered '%s'", broken[i].text, err.text);
    }
}

static void what_was_stored_is_read_again(void **state)
{
    (void)state;
    AUTO(service) struct service service = {0};
    AUTO(service) struct service again = {0};
    struct err err = ERR_INIT;
    assert_int_equal(load(ALL, &service, NULL), 0);
    json_auto_t *json = fields_write(fields, fields_count(fields), &service);
    const json_t *ready = json_object_get(json, "ready");
    assert_int_equal(json_integer_value(json_object_get(ready, "within_ns")), 1500000000);
    assert_string_equal(json_string_value(json_object_get(json, "seed")), "9007199254740993");
    if (fields_read(json, fields, fields_count(fields), &again, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(again.seed, INT64_C(9007199254740993));
    assert_string_equal(again.environment[0], "A=1 2");
    assert_string_equal(again.builds[1], "./je 'a b'");
    assert_int_equal(again.step_count, 2);
    assert_string_equal(again.steps[1].name, "second");
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    fields_differences(fields, "", &service, &again, out);
    AUTO_FREE char *differences = memory_stream_close(&memory);
    assert_string_equal(differences, "");
}

static void a_later_key_is_its_fallback_in_an_older_run(void **state)
{
    (void)state;
    AUTO(service) struct service service = {0};
    AUTO(service) struct service older = {0};
    struct err err = ERR_INIT;
    assert_int_equal(load(ALL, &service, NULL), 0);
    json_auto_t *json = fields_write(fields, fields_count(fields), &service);
    assert_int_equal(json_object_del(json, "added"), 0);
    assert_int_equal(fields_read(json, fields, fields_count(fields), &older, NULL), 0);
    assert_int_equal(older.added, 7);
    assert_int_equal(json_object_del(json, "mood"), 0);
    fields_release(fields, &older);
    assert_int_equal(fields_read(json, fields, fields_count(fields), &older, &err), -EINVAL);
    assert_string_equal(err.text, "'mood' is missing");
}

static void differences_are_told_without_loss(void **state)
{
    (void)state;
    AUTO(service) struct service here = {0};
    AUTO(service) struct service there = {0};
    assert_int_equal(load("command: x\nready: {line: a, within: 2s}\nnote: p\n", &here, NULL), 0);
    assert_int_equal(load("command: x\nready: {line: a, within: 2000000001ns}\nmood: sad\n"
                          "environment: A=1 B\nnote: q\n",
                          &there, NULL),
                     0);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    fields_differences(fields, "service, ", &here, &there, out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    assert_string_equal(text, "service, environment: none here, A=1 B there\n"
                              "service, ready.within: 2 s here, 2000000001 ns there\n"
                              "service, mood: glad here, sad there\n");
}

static void a_number_out_of_its_range_is_named(void **state)
{
    (void)state;
    AUTO(service) struct service service = {0};
    struct err err = ERR_INIT;
    assert_int_equal(load("command: x\n", &service, NULL), 0);
    assert_int_equal(fields_check(fields, &service, &err), 0);
    service.added = 10;
    assert_int_equal(fields_check(fields, &service, &err), -EINVAL);
    assert_string_equal(err.text, "added is 10; expected a whole number from 0 to 9");
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

/* Words in one text are quoted as in a shell, and written so that they are read again. */
static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words, *again;
    } rows[] = {
        {"a b", "a|b|", "a b"},
        {"  a\t b \n", "a|b|", "a b"},
        {"--save \"\" x", "--save||x|", "--save '' x"},
        {"sh -c 'echo \"$1\" {port}'", "sh|-c|echo \"$1\" {port}|", "sh -c 'echo \"$1\" {port}'"},
        {"a\\ b \"c\\\"d\" 'e\\f'", "a b|c\"d|e\\f|", "'a b' 'c\"d' 'e\\f'"},
        {"it\\'s", "it's|", "'it'\\''s'"},
        {"'open", "open|", "open"},
    };
    const struct field *field = fields_find_key(fields, "environment");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct service service = {0};
        char got[64] = "";
        assert_int_equal(field_parse(field, rows[i].text, &service, NULL), 0);
        for (char **word = service.environment; *word; word++)
            (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s|", *word);
        assert_string_equal(got, rows[i].words);
        char *again = field_text(field, &service);
        assert_string_equal(again, rows[i].again);
        free(again);
        fields_release(fields, &service);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(maps_lists_and_words_are_read),
        cmocka_unit_test(a_group_may_be_left_out),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(what_was_stored_is_read_again),
        cmocka_unit_test(a_later_key_is_its_fallback_in_an_older_run),
        cmocka_unit_test(differences_are_told_without_loss),
        cmocka_unit_test(a_number_out_of_its_range_is_named),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
