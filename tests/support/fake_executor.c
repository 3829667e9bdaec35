#include "fake_executor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void note(struct fake_executor *fake,
                                                       const char *format, ...)
{
    size_t used = strlen(fake->log);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fake->log + used, sizeof fake->log - used, format, args);
    va_end(args);
}

static char *name_of(struct fake_executor *fake)
{
    static char fallback[] = "fake";
    return fake->host ? fake->host : fallback;
}

static char next_letter(const char **script)
{
    return *script && **script ? *(*script)++ : 'v';
}

void fake_plain(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                struct record *out)
{
    (void)cell;
    (void)trial;
    (void)attempt;
    record_init(out);
    out->outcome = RECORD_VALID;
}

static void set_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
}

static void make(struct fake_executor *fake, const struct cell *cell,
                 const struct cell_trial *trial, int64_t attempt, char letter, struct record *out)
{
    fake->make(cell, trial, attempt, out);
    out->id = trial->id;
    out->block = cell->block;
    out->attempt = attempt;
    set_text(&out->workload, cell->workload->name);
    set_text(&out->row, trial->row->name);
    set_text(&out->host, name_of(fake));
    out->noise.noisy = letter == 'n';
    if (letter == 'f' || letter == 'i') {
        out->outcome = letter == 'f' ? RECORD_FAILED : RECORD_INVALID;
        set_text(&out->reason, "so it is written");
    }
}

static int play(struct fake_executor *fake, const struct cell *cell, const struct cell_trial *trial,
                int64_t attempt, const struct cell_client *client, bool *out_again, struct err *err)
{
    char folder[4096];
    const struct trial_progress half = {.cycles_done = 1, .cycles_planned = 2};
    char letter = next_letter(&fake->script);
    AUTO(record) struct record record;
    record_init(&record);
    *out_again = false;
    note(fake, "%jd.%jd%c ", (intmax_t)trial->id, (intmax_t)attempt, letter);
    if (letter == 'l')
        return 0;
    make(fake, cell, trial, attempt, letter, &record);
    int code = client->folder(client->context, &record, folder, sizeof folder, err);
    if (code < 0)
        return code;
    client->progress(client->context, &record, &half);
    if (letter == 'x')
        return -EINTR;
    if (letter == 'e')
        return err_set(err, -EIO, "the harness is broken");
    return client->finished(client->context, &record, out_again, err);
}

static int play_cells(void *state, const struct cell *cells, size_t count,
                      const struct cell_client *client, struct err *err)
{
    struct fake_executor *fake = state;
    for (size_t cell = 0; cell < count; cell++) {
        size_t i = fake->elsewhere ? count - 1 - cell : cell;
        note(fake, "[");
        const struct host here = {.name = name_of(fake)};
        int told = client->host(client->context, &here, err);
        if (told < 0)
            return told;
        for (size_t t = 0; t < cells[i].trial_count; t++) {
            const struct cell_trial *trial = &cells[i].trials[t];
            bool again = true;
            for (int64_t attempt = trial->attempts + 1; again; attempt++) {
                int code = play(fake, &cells[i], trial, attempt, client, &again, err);
                if (code < 0)
                    return code;
                again = again && !fake->elsewhere;
            }
        }
        fake->log[strlen(fake->log) - 1] = ']'; /* for the blank of the last one */
        if (cells[i].host)
            note(fake, "@%s", cells[i].host);
    }
    return 0;
}

static int play_pass(void *state, const struct pass_request *request, struct pass *pass,
                     struct err *err)
{
    struct fake_executor *fake = state;
    char letter = next_letter(&fake->passes);
    (void)request;
    fake->pass_count++;
    if (letter == 'x')
        return -EINTR;
    if (letter == 'e')
        return err_set(err, -EIO, "the harness is broken");
    if (letter == 'u')
        pass->unavailable = strdup("so it is written");
    return 0;
}

struct executor fake_executor(struct fake_executor *fake)
{
    return (struct executor){.cells = play_cells, .pass = play_pass, .state = fake};
}
