/* Command lines: what is taken, and what is said about the wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "options.h"
#include "text.h"

struct given {
    bool json;
    const char *output;
    struct option_list rows;
    int64_t blocks, rounds;
    int64_t every_ns, for_ns;
    size_t length;
    struct option_words arguments;
};

static int parse_length(const char *text, void *out, struct err *err)
{
    if (!*text)
        return err_set(err, -1, "--length: nothing there");
    *(size_t *)out = strlen(text);
    return 0;
}

static const struct option_row rows[] = {
    {.name = "json", .letter = 'j', .at = offsetof(struct given, json)},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .at = offsetof(struct given, output)},
    {.name = "allocator",
     .letter = 'a',
     .argument = "ROW",
     .kind = OPTION_LIST,
     .at = offsetof(struct given, rows),
     .group = "Work"},
    {.name = "blocks",
     .letter = 'r',
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct given, blocks),
     .least = 1,
     .most = 10,
     .fallback = "3"},
    {.name = "rounds",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct given, rounds),
     .most = INT64_MAX},
    {.name = "every",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct given, every_ns),
     .least = 1000000,
     .fallback = "5s",
     .group = "Time"},
    {.name = "for",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct given, for_ns)},
    {.name = "length",
     .argument = "TEXT",
     .kind = OPTION_PARSED,
     .at = offsetof(struct given, length),
     .parse = parse_length},
    {.name = "resume", .at = offsetof(struct given, json), .excludes = "Work", .because = "is set"},
    {.name = "tree", .at = offsetof(struct given, json), .excludes = "for", .because = "lasts"},
    {.name = NULL},
};

static const struct option_arguments none = {.surplus = "none is taken"};
static const struct option_arguments two = {.usage = "DIR DIR",
                                            .least = 1,
                                            .most = 2,
                                            .at = offsetof(struct given, arguments),
                                            .missing = "which?",
                                            .surplus = "two at most"};
static const struct option_arguments any = {
    .usage = "[-- COMMAND...]", .at = offsetof(struct given, arguments), .command = true};

enum { WORDS = 24 };

/* Split at spaces; parsed as argv. `line` must outlive what is parsed. */
static int parse(char *line, const struct option_arguments *arguments, struct given *out,
                 struct err *err)
{
    static char *argv[WORDS];
    static char name[] = "heapchurn x";
    char *rest = line;
    int argc = 1;
    argv[0] = name;
    for (char *word; (word = strsep(&rest, " ")) && argc < WORDS - 1;)
        if (*word)
            argv[argc++] = word;
    argv[argc] = NULL;
    *out = (struct given){.json = false};
    return options_parse(rows, arguments, "ask", argc, argv, out, err);
}

static void values_go_where_their_rows_say(void **state)
{
    (void)state;
    struct given given;
    char nothing[] = "";
    assert_int_equal(parse(nothing, &none, &given, NULL), 0);
    assert_false(given.json);
    assert_null(given.output);
    assert_int_equal(given.rows.count, 0);
    assert_int_equal(given.blocks, 3);
    assert_int_equal(given.rounds, -1);
    assert_int_equal(given.every_ns, INT64_C(5000000000));
    assert_int_equal(given.for_ns, -1);
    char all[] = "-jo x -aA --alloc=B -r 7 --rounds 0 --every 1m1s --for 1ns --length four";
    assert_int_equal(parse(all, &none, &given, NULL), 0);
    assert_true(given.json);
    assert_string_equal(given.output, "x");
    assert_int_equal(given.rows.count, 2);
    assert_string_equal(given.rows.words[0], "A");
    assert_string_equal(given.rows.words[1], "B");
    assert_null(given.rows.words[2]);
    assert_int_equal(given.blocks, 7);
    assert_int_equal(given.rounds, 0);
    assert_int_equal(given.every_ns, INT64_C(61000000000));
    assert_int_equal(given.for_ns, 1);
    assert_int_equal(given.length, 4);
}

static void what_stands_besides(void **state)
{
    (void)state;
    struct given given;
    char between[] = "one -j two";
    assert_int_equal(parse(between, &two, &given, NULL), 0);
    assert_true(given.json);
    assert_int_equal(given.arguments.count, 2);
    assert_string_equal(given.arguments.words[1], "two");
    char closed[] = "-- -j";
    assert_int_equal(parse(closed, &two, &given, NULL), 0);
    assert_false(given.json);
    assert_string_equal(given.arguments.words[0], "-j");
    char command[] = "-j ls -o x";
    assert_int_equal(parse(command, &any, &given, NULL), 0);
    assert_true(given.json);
    assert_null(given.output);
    assert_int_equal(given.arguments.count, 3);
    assert_string_equal(given.arguments.words[0], "ls");
    char behind[] = "-j -- -o";
    assert_int_equal(parse(behind, &any, &given, NULL), 0);
    assert_string_equal(given.arguments.words[0], "-o");
    assert_null(given.arguments.words[1]);
}

static void help_is_asked_for(void **state)
{
    (void)state;
    static const char *const lines[] = {"-h", "--help", "--he", "-jh", "-j --help -o x"};
    struct given given;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        char line[64];
        (void)text_copy(line, sizeof line, lines[i]);
        assert_int_equal(parse(line, &two, &given, NULL), OPTIONS_HELP);
    }
    char behind[] = "-- --help";
    assert_int_equal(parse(behind, &any, &given, NULL), 0);
}

static void wrong_ones_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const struct option_arguments *arguments;
        const char *sentence;
    } cases[] = {
        {"--jsn", &none, "unknown option '--jsn' (did you mean '--json'?)"},
        {"--alocator=x", &none, "unknown option '--alocator' (did you mean '--allocator'?)"},
        {"--weather", &none, "unknown option '--weather'; ask"},
        {"--r 1", &none, "several options begin with '--r'; ask"},
        {"-x", &none, "unknown option '-x'; ask"},
        {"-jx", &none, "unknown option '-x'; ask"},
        {"--json=1", &none, "--json takes no value"},
        {"--help=1", &none, "--help takes no value"},
        {"-o", &none, "--output needs a value: FILE"},
        {"--output", &none, "--output needs a value: FILE"},
        {"-r 0", &none, "--blocks: '0' is not a whole number from 1 to 10"},
        {"-r 11", &none, "--blocks: '11' is not a whole number from 1 to 10"},
        {"-r 2x", &none, "--blocks: '2x' is not a whole number from 1 to 10"},
        {"--blocks=", &none, "--blocks: '' is not a whole number from 1 to 10"},
        {"-r 99999999999999999999", &none,
         "--blocks: '99999999999999999999' is not a whole number from 1 to 10"},
        {"--every 1us", &none, "--every: '1us' is too short; 1 ms is the least"},
        {"--every 1000000h", &none, "--every: '1000000h' is too long"},
        {"--every soon", &none, "--every: "},
        {"--length=", &none, "--length: nothing there"},
        {"--resume -r 2", &none, "--resume is set; leave -r out"},
        {"-a x --resume", &none, "--resume is set; leave -a out"},
        {"--for 1s --tree", &none, "--tree lasts; leave --for out"},
        {"x", &none, "unexpected argument 'x'; none is taken"},
        {"x y z", &two, "unexpected argument 'z'; two at most"},
        {"", &two, "which?"},
        {"-j --", &any, "no command stands behind --"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct given given;
        struct err err = ERR_INIT;
        char line[64];
        (void)text_copy(line, sizeof line, cases[i].line);
        assert_true(parse(line, cases[i].arguments, &given, &err) < 0);
        if (strncmp(err.text, cases[i].sentence, strlen(cases[i].sentence)) != 0)
            fail_msg("%s: %s, not %s", cases[i].line, err.text, cases[i].sentence);
    }
    char good[] = "--resume --every 1s";
    struct given given;
    assert_int_equal(parse(good, &none, &given, NULL), 0);
}

static void a_list_is_bounded(void **state)
{
    (void)state;
    char *argv[OPTION_LIST_MAX + 3];
    char name[] = "heapchurn x";
    char row[] = "-ax";
    struct given given = {.json = false};
    struct err err = ERR_INIT;
    argv[0] = name;
    for (int i = 1; i <= OPTION_LIST_MAX + 1; i++)
        argv[i] = row;
    argv[OPTION_LIST_MAX + 2] = NULL;
    assert_int_equal(options_parse(rows, &none, "ask", OPTION_LIST_MAX + 1, argv, &given, &err), 0);
    assert_int_equal(given.rows.count, OPTION_LIST_MAX);
    given = (struct given){.json = false};
    assert_true(options_parse(rows, &none, "ask", OPTION_LIST_MAX + 2, argv, &given, &err) < 0);
    assert_string_equal(err.text, "--allocator: more than 128 of them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_where_their_rows_say),
        cmocka_unit_test(what_stands_besides),
        cmocka_unit_test(help_is_asked_for),
        cmocka_unit_test(wrong_ones_are_told),
        cmocka_unit_test(a_list_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
