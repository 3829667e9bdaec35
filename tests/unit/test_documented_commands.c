/*
 * Command lines that documents and helps show are taken by the commands they name. In blocks of
 * code and in examples of --help they are parsed as typed; within a sentence, where `BLOCKS` stands
 * for a number, the command and its options have to exist.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "command.h"
#include "memory_stream.h"
#include "rendered.h"

enum { WORDS_MAX = 64, COMMANDS_LEAST = 40 };

struct words {
    char *list[WORDS_MAX + 1];
    size_t count;
    char *text; /* they lie in it */
};

static void words_release(struct words *words)
{
    free(words->text);
}
DEFINE_AUTO(words, words_release)

/* As a shell would, up to a comment, another command, or a remark that is set off by three spaces.
 */
static struct words split(const char *line)
{
    struct words words = {.text = strdup(line)};
    char *to = words.text, quote = 0;
    bool inside = false;
    for (const char *at = line; *at && words.count < WORDS_MAX; at++) {
        if (!quote && (strchr("|>&;", *at) || strncmp(at, "   ", 3) == 0 ||
                       (!inside && (*at == '#' || strncmp(at, "…", 3) == 0))))
            break;
        if (!quote && *at == ' ') {
            if (inside)
                *to++ = '\0';
            inside = false;
            continue;
        }
        if (!inside)
            words.list[words.count++] = to;
        inside = true;
        if (!quote && strncmp(at, "$(", 2) == 0)
            quote = ')';
        else if (quote ? *at == quote : *at == '\'' || *at == '"')
            quote = quote ? '\0' : *at;
        else
            *to++ = *at;
    }
    *to = '\0';
    return words;
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static size_t parsed;

static void parse(const char *line, const char *where)
{
    AUTO(words) struct words words = split(line);
    struct err err = ERR_INIT;
    const struct command *command = words.count > 1 ? find(words.list[1]) : NULL;
    if (words.count > 1 && strcmp(words.list[1], "help") == 0)
        return;
    if (!command)
        fail_msg("%s: there is no such command: %s", where, line);
    AUTO_FREE void *options = calloc(1, command->options_size + 1);
    int rc = options_parse(command->options, &command->arguments, "", (int)words.count - 1,
                           words.list + 1, options, &err);
    if (rc < 0 && !strstr(err.text, strerror(ENOENT))) /* an example's folder is not here */
        fail_msg("%s: %s\nin: %s", where, err.text, line);
    parsed++;
}

static bool has_option(const struct command *command, const char *word)
{
    size_t length = strcspn(word, "=]");
    for (const struct option_row *row = command->options; row && row->name; row++)
        if (word[1] == '-'
                ? strlen(row->name) == length - 2 && strncmp(row->name, word + 2, length - 2) == 0
                : row->letter == word[1])
            return true;
    return strncmp(word, "--help", length) == 0;
}

static void look_up(const char *line, const char *where)
{
    AUTO(words) struct words words = split(line);
    if (words.count < 2 || !islower((unsigned char)words.list[1][0]) ||
        strcmp(words.list[1], "help") == 0)
        return;
    const struct command *command = find(words.list[1]);
    if (!command)
        fail_msg("%s: there is no such command: %s", where, line);
    for (size_t i = 2; i < words.count && strcmp(words.list[i], "--") != 0; i++) {
        const char *word = words.list[i] + (words.list[i][0] == '[');
        if (word[0] == '-' && word[1] && !has_option(command, word))
            fail_msg("%s: %s has no %s: %s", where, command->name, word, line);
    }
    parsed++;
}

/* What stands in backquotes, also over the end of a line. */
static void read_sentences(const char *text, const char *where)
{
    static const char mark[] = "`heapchurn ";
    for (const char *at = text; (at = strstr(at, mark)); at += strlen(mark)) {
        AUTO_FREE char *line = strndup(at + 1, strcspn(at + 1, "`"));
        for (char *c = line; *c; c++)
            *c = *c == '\n' ? ' ' : *c;
        look_up(line, where);
    }
}

/* Lines of blocks, between fences or set in by four; one that ends with \ goes on in the next. */
static void read_blocks(const char *text, const char *where)
{
    bool fenced = false;
    AUTO_FREE char *copy = strdup(text);
    for (char *line = copy, *next; line && *line; line = next) {
        size_t length = 0;
        while (line[length] && (line[length] != '\n' || (length > 0 && line[length - 1] == '\\'))) {
            if (line[length] == '\n')
                line[length] = line[length - 1] = ' ';
            length++;
        }
        next = line[length] ? line + length + 1 : NULL;
        line[length] = '\0';
        bool set_in = strncmp(line, "    ", 4) == 0;
        if (strncmp(line, "```", 3) == 0)
            fenced = !fenced;
        else if ((fenced || set_in) && strncmp(line + 4 * set_in, "heapchurn ", 10) == 0)
            parse(line + 4 * set_in, where);
    }
}

static void test_documents(void **state)
{
    (void)state;
    static const char *const patterns[] = {"/*.md", "/docs/*.md"};
    glob_t found = {.gl_pathc = 0};
    for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
        AUTO_FREE char *pattern = NULL;
        if (asprintf(&pattern, "%s%s", TEST_SOURCE_DIR, patterns[i]) < 0)
            abort();
        assert_int_equal(glob(pattern, i ? GLOB_APPEND : 0, NULL, &found), 0);
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        AUTO_FREE char *text = rendered_file(found.gl_pathv[i]);
        const char *name = found.gl_pathv[i] + strlen(TEST_SOURCE_DIR) + 1;
        read_blocks(text, name);
        read_sentences(text, name);
    }
    globfree(&found);
    assert_true(parsed >= COMMANDS_LEAST);
}

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++)
        for (const struct help_line *line = commands[i]->examples; line && line->term; line++)
            if (strncmp(line->term, "heapchurn ", 10) == 0)
                parse(line->term, commands[i]->name);
}

/* What the tests above rest on. */
static void test_words_and_options(void **state)
{
    (void)state;
    AUTO(words)
    struct words words = split("heapchurn run --load 'a b' -- \"c\" $(d -s)   a remark");
    assert_int_equal(words.count, 7);
    assert_string_equal(words.list[3], "a b");
    assert_string_equal(words.list[6], "(d -s");
    assert_true(has_option(find("run"), "-w"));
    assert_true(has_option(find("run"), "--seed=3"));
    assert_false(has_option(find("run"), "--sed"));
    assert_false(has_option(find("run"), "-Z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_words_and_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
