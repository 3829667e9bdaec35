#include "own_program.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "registry.h"
#include "text.h"

bool own_program_given(const struct own_program *program)
{
    return program->command.count > 0 || program->ready.count > 0 || program->load ||
           program->prepare || program->work || program->equal || program->stop ||
           program->stop_command || program->stop_status || program->builds.count > 0 ||
           program->rounds >= 0 || program->user || program->setup || program->during ||
           program->count >= 0 || program->agent || program->save;
}

/* "env PORT=1 ./server" is about ./server. */
static const char *behind_env(const struct option_words *command)
{
    size_t i = 1;
    while (i < command->count && (command->words[i][0] == '-' || strchr(command->words[i], '=')))
        i++;
    return command->words[strcmp(command->words[0], "env") == 0 && i < command->count ? i : 0];
}

/* Of a build, the first word of its command. */
static const char *program_name(const struct own_program *program, char *out, size_t size)
{
    if (program->command.count > 0)
        return behind_env(&program->command);
    const char *command = strchr(program->builds.words[0], '=');
    (void)text_copy(out, size, command ? command + 1 : "");
    out[strcspn(out, " ")] = '\0';
    return out;
}

const char *own_program_name(const struct own_program *program, char *out, size_t size)
{
    char build[PATH_MAX];
    const char *path = program_name(program, build, sizeof build);
    const char *slash = strrchr(path, '/');
    (void)text_copy(out, size, slash && slash[1] ? slash + 1 : path);
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            *c = '-';
    if (!out[0])
        out[1] = '\0';
    if (!isalnum((unsigned char)out[0]))
        out[0] = 'p';
    return out;
}

/* A text as YAML takes it for certain: as JSON. */
static void put_text(FILE *out, const char *key, const char *text)
{
    json_t *value = json_string(text);
    AUTO_FREE char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    json_decref(value);
    (void)fprintf(out, "%s%s\n", key, quoted ? quoted : "\"\"");
}

static void put_words(FILE *out, const char *key, const struct option_words *words)
{
    (void)fprintf(out, "%s\n", key);
    for (size_t i = 0; i < words->count; i++)
        put_text(out, "    - ", words->words[i]);
}

static int put_ready(FILE *out, const struct option_list *ready, struct err *err)
{
    static const char *const with_text[] = {"line:", "file:", "check:"};
    static const char *const known[] = {"port", "notify", "line:", "file:", "check:", NULL};
    if (ready->count > 0)
        (void)fputs("ready:\n", out);
    for (size_t i = 0; i < ready->count; i++) {
        const char *word = ready->words[i];
        bool found = strcmp(word, "port") == 0 || strcmp(word, "notify") == 0;
        if (found)
            (void)fprintf(out, "  %s: true\n", word);
        for (size_t k = 0; k < ARRAY_LENGTH(with_text) && !found; k++) {
            size_t length = strlen(with_text[k]);
            found = strncmp(word, with_text[k], length) == 0 && word[length];
            if (found) {
                (void)fprintf(out, "  %s ", with_text[k]);
                put_text(out, "", word + length);
            }
        }
        if (!found)
            return text_unknown("way to be ready", word, known,
                                "port, notify, line:TEXT, file:PATH or check:COMMAND", -EINVAL,
                                err);
    }
    return 0;
}

static void put_builds(FILE *out, const struct option_list *builds)
{
    if (builds->count > 0)
        (void)fputs("  commands:\n", out);
    for (size_t i = 0; i < builds->count; i++) {
        const char *command = strchr(builds->words[i], '=') + 1;
        (void)fprintf(out, "    %.*s: ", (int)(command - builds->words[i] - 1), builds->words[i]);
        put_text(out, "", command);
    }
}

static void put_stop(FILE *out, const struct own_program *program)
{
    const char *status = program->stop_status;
    if (program->stop || program->stop_command || status)
        (void)fputs("stop:\n", out);
    if (program->stop)
        put_text(out, "  signal: ", program->stop);
    if (program->stop_command)
        put_text(out, "  command: ", program->stop_command);
    if (status && strcmp(status, "any") == 0)
        (void)fputs("  any_status: true\n", out);
    else if (status)
        (void)fprintf(out, "  status: %s\n", status);
}

/* A file of texts cannot hold other bytes: they would come back as others. */
static int check_text(const char *what, const char *text, struct err *err)
{
    AUTO_FREE char *printable = text ? text_utf8(text) : NULL;
    return !text || strcmp(text, printable) == 0
               ? 0
               : err_set(err, -EINVAL,
                         "%s is not UTF-8, which a workload is written in: '%s'; put it into a "
                         "script",
                         what, printable);
}

static int check_texts(const struct own_program *program, struct err *err)
{
    const struct {
        const char *what, *text;
    } texts[] = {
        {"--load", program->load},
        {"--prepare", program->prepare},
        {"--work", program->work},
        {"--equal", program->equal},
        {"--stop", program->stop},
        {"--user", program->user},
        {"--setup", program->setup},
        {"--agent", program->agent},
        {"--stop-command", program->stop_command},
    };
    int code = 0;
    for (size_t i = 0; code == 0 && i < program->command.count; i++)
        code = check_text("a word of the command", program->command.words[i], err);
    for (size_t i = 0; code == 0 && i < program->ready.count; i++)
        code = check_text("--ready", program->ready.words[i], err);
    for (size_t i = 0; code == 0 && i < program->builds.count; i++)
        code = check_text("--build", program->builds.words[i], err);
    for (size_t i = 0; code == 0 && i < ARRAY_LENGTH(texts); i++)
        code = check_text(texts[i].what, texts[i].text, err);
    return code;
}

/* "jemalloc=./server-je --port {port}": an allocator of ours, and a command. */
static int check_build(const char *build, struct err *err)
{
    char name[64];
    const char *known[64] = {NULL};
    const char *command = strchr(build, '=');
    if (!command || command == build || !command[1])
        return err_set(err, -EINVAL,
                       "--build takes ALLOCATOR=COMMAND, such as jemalloc=./server-je, not '%s'",
                       build);
    (void)text_copy(name, sizeof name, build);
    name[strcspn(name, "=")] = '\0';
    size_t count = 0;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        if (strcmp(entry->allocator->name, name) == 0)
            return 0;
        if (count + 1 < ARRAY_LENGTH(known))
            known[count++] = entry->allocator->name;
    }
    return text_unknown("allocator of --build", name, known,
                        "'heapchurn list --names allocators' lists them", -EINVAL, err);
}

static int check_status(const char *status, struct err *err)
{
    return !status || strcmp(status, "any") == 0 ||
                   (*status && strlen(status) <= 3 &&
                    strspn(status, "0123456789") == strlen(status))
               ? 0
               : err_set(err, -EINVAL,
                         "--stop-status is a number from 0 to 255, or 'any', not '%s'", status);
}

static int check(const struct own_program *program, struct err *err)
{
    int code = check_status(program->stop_status, err);
    for (size_t i = 0; code == 0 && i < program->builds.count; i++)
        code = check_build(program->builds.words[i], err);
    if (code < 0)
        return code;
    if (program->command.count == 0 && program->builds.count == 0)
        return err_set(err, -EINVAL,
                       "which program? It comes last, after '--': heapchurn run --load CMD -- "
                       "./server");
    if (!program->load && (program->ready.count > 0 || program->rounds >= 0 || program->stop ||
                           program->stop_command || program->during))
        return err_set(err, -EINVAL,
                       "what drives the program? --load CMD is run once a round and must end with "
                       "status 0; without it the program ends by itself, and --ready, --rounds, "
                       "--during, --stop and --stop-command say nothing");
    if (program->command.count > 0 && !*program->command.words[0])
        return err_set(err, -EINVAL, "the program's name is empty");
    return check_texts(program, err);
}

static int put_all(const struct own_program *program, FILE *out, struct err *err)
{
    char name[PATH_MAX];
    char question[PATH_MAX + 32];
    (void)snprintf(question, sizeof question, "Which allocator for %s?",
                   program_name(program, name, sizeof name));
    text_printable(question);
    put_text(out, "question: ", question);
    (void)fprintf(out, "load: %s\nprogram:\n", program->load ? "program" : "batch");
    if (program->command.count > 0)
        put_words(out, "  command:", &program->command);
    put_builds(out, &program->builds);
    if (program->user)
        put_text(out, "  user: ", program->user);
    if (program->setup)
        put_text(out, "  setup: ", program->setup);
    if (program->prepare)
        put_text(out, "  prepare: ", program->prepare);
    if (program->agent)
        put_text(out, "  agent: ", program->agent);
    int code = put_ready(out, &program->ready, err);
    if (program->load)
        (void)fprintf(out, "rounds: %" PRId64 "\n", program->rounds < 0 ? 20 : program->rounds);
    if (program->load || program->count >= 0)
        (void)fputs("round:\n", out);
    if (program->load)
        put_text(out, "  command: ", program->load);
    if (program->during)
        (void)fputs("  sample: during\n", out);
    if (program->count >= 0)
        (void)fprintf(out, "  count: %" PRId64 "\n", program->count);
    if (program->work || program->equal)
        (void)fputs("work:\n", out);
    if (program->work)
        put_text(out, "  command: ", program->work);
    if (program->equal)
        put_text(out, "  equal: ", program->equal);
    put_stop(out, program);
    return code;
}

int own_program_write(const struct own_program *program, const char *path, struct err *err)
{
    int code = check(program, err);
    if (code < 0)
        return code;
    AUTO_FCLOSE FILE *out = fopen(path, "we");
    if (!out)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    code = put_all(program, out, err);
    if (code == 0 && fflush(out) != 0)
        code = err_set(err, -errno, "%s: %s", path, strerror(errno));
    return code;
}
