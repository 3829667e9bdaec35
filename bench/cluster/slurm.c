#include "slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command_output.h"
#include "grow.h"
#include "text.h"

static const int64_t patience_ns = INT64_C(120) * CLOCK_NS_PER_S;

static int ask(const char *const *argv, int interrupt_fd, char **out_text, struct err *err)
{
    int code =
        command_output(argv, NULL, clock_now_ns() + patience_ns, interrupt_fd, out_text, err);
    if (code == -ENOENT)
        return err_set(err, code,
                       "%s is not in PATH: there is no Slurm here; call this on a host from which "
                       "jobs are submitted, or hand the cells out yourself (heapchurn plan, cell, "
                       "collect)",
                       argv[0]);
    return code;
}

/* The next of the words between '|', cut off; NULL: there is none. */
static char *next_word(char **rest)
{
    char *word = *rest ? strsep(rest, "|") : NULL;
    return word && *word ? word : NULL;
}

/* Names of partitions, for a sentence; "" once they are in it. */
static void add_name(char *names, size_t size, const char *name)
{
    char word[SLURM_WORD_MAX + 2];
    size_t used = strlen(names);
    (void)snprintf(word, sizeof word, "%s", name);
    word[strcspn(word, "*")] = '\0';
    const char *found = strstr(names, word);
    if (!found)
        (void)snprintf(names + used, size - used, "%s%s", used ? ", " : "", word);
}

static bool is_partition(const char *word, const char *wanted)
{
    size_t length = strcspn(word, "*");
    return wanted ? strlen(wanted) == length && strncmp(word, wanted, length) == 0
                  : word[length] == '*';
}

int slurm_nodes_parse(const char *text, const char *partition, struct slurm_nodes *out,
                      struct err *err)
{
    AUTO_FREE char *copy = text_own(text);
    char names[512] = "";
    char *lines = copy;
    *out = (struct slurm_nodes){.count = 0};
    for (char *line; (line = strsep(&lines, "\n")) != NULL;) {
        if (!*line)
            continue;
        const char *name = next_word(&line), *of = next_word(&line), *state = next_word(&line),
                   *shared = next_word(&line), *limit = next_word(&line);
        if (!name || !of || !state || !shared || !limit) {
            slurm_nodes_release(out);
            return err_set(err, -EPROTO, "sinfo answers what cannot be read");
        }
        add_name(names, sizeof names, of);
        if (!is_partition(of, partition))
            continue;
        (void)snprintf(out->partition, sizeof out->partition, "%.*s", (int)strcspn(of, "*"), of);
        out->list = grow(out->list, out->count, sizeof *out->list);
        struct slurm_node *node = &out->list[out->count++];
        (void)text_copy(node->name, sizeof node->name, name);
        (void)text_copy(node->state, sizeof node->state, state);
        (void)text_copy(node->shared, sizeof node->shared, shared);
        (void)text_copy(node->limit, sizeof node->limit, limit);
    }
    if (out->count > 0)
        return 0;
    if (!partition)
        return err_set(err, -ESRCH, "Slurm has no default partition; name one: slurm:PARTITION%s%s",
                       *names ? ", of " : "", names);
    return err_set(err, -ESRCH, "Slurm has no partition '%s' with nodes; there are: %s", partition,
                   *names ? names : "none");
}

int slurm_nodes(const char *partition, int interrupt_fd, struct slurm_nodes *out, struct err *err)
{
    static const char *const argv[] = {"sinfo", "-h", "-a", "-N", "-o", "%N|%P|%t|%h|%l", NULL};
    AUTO_FREE char *text = NULL;
    int code = ask(argv, interrupt_fd, &text, err);
    return code < 0 ? code : slurm_nodes_parse(text, partition, out, err);
}

void slurm_nodes_release(struct slurm_nodes *nodes)
{
    free(nodes->list);
    *nodes = (struct slurm_nodes){.count = 0};
}

bool slurm_node_is_up(const struct slurm_node *node)
{
    static const char *const up[] = {"idle", "mix", "alloc", "comp", "plnd", "resv", NULL};
    char state[SLURM_WORD_MAX];
    (void)text_copy(state, sizeof state, node->state);
    state[strcspn(state, "*~#!%$@^-+")] = '\0';             /* powered down, about to boot, … */
    return !strchr(node->state, '*') && text_in(state, up); /* '*': it does not answer */
}

int64_t slurm_seconds(const char *limit)
{
    enum { MOST = 1000000 }; /* more is no limit that anybody sets */
    long days = 0, part[3] = {0};
    int count = 0;
    const char *at = limit;
    const char *dash = strchr(limit, '-');
    if (dash) {
        days = strtol(limit, NULL, 10);
        at = dash + 1;
    }
    for (char *end = NULL; count < 3; at = end + 1) {
        part[count] = strtol(at, &end, 10);
        if (end == at || part[count] < 0 || part[count] > MOST || days < 0 || days > MOST)
            return -1;
        count++;
        if (*end != ':')
            break;
    }
    if (dash) /* D-H:M:S */
        return ((days * 24 + part[0]) * 60 + part[1]) * 60 + part[2];
    return count == 3   ? (part[0] * 60 + part[1]) * 60 + part[2]
           : count == 2 ? part[0] * 60 + part[1]
                        : part[0] * 60;
}

int slurm_submit(const struct words *options, const char *script, int interrupt_fd,
                 char out_job[SLURM_WORD_MAX], struct err *err)
{
    AUTO(words) struct words argv = {.count = 0};
    AUTO_FREE char *text = NULL;
    words_add(&argv, "sbatch");
    words_add(&argv, "--parsable");
    words_add_all(&argv, options->word);
    words_add(&argv, "%s", script);
    int code = ask((const char *const *)argv.word, interrupt_fd, &text, err);
    if (code < 0)
        return code;
    size_t length = strcspn(text, ";\n"); /* "17;cluster" */
    if (length == 0 || length >= SLURM_WORD_MAX)
        return err_set(err, -EPROTO, "sbatch says no number of a job");
    (void)memcpy(out_job, text, length);
    out_job[length] = '\0';
    return 0;
}

static void add_node(struct slurm_queue *queue, const char *node)
{
    size_t used = strlen(queue->nodes);
    if (node && used + strlen(node) + 2 < sizeof queue->nodes)
        (void)snprintf(queue->nodes + used, sizeof queue->nodes - used, "%s%s", used ? " " : "",
                       node);
}

void slurm_queue_parse(char *text, struct slurm_queue *out)
{
    *out = (struct slurm_queue){.running = 0};
    char *lines = text;
    for (char *line; (line = strsep(&lines, "\n")) != NULL;) {
        const char *state = next_word(&line), *reason = next_word(&line), *node = next_word(&line);
        if (!state)
            continue;
        if (strcmp(state, "PENDING") == 0) {
            if (out->pending++ == 0 && reason)
                (void)text_copy(out->reason, sizeof out->reason, reason);
        } else {
            out->running++;
            add_node(out, node);
        }
    }
}

int slurm_queue(const char *name, int interrupt_fd, struct slurm_queue *out, struct err *err)
{
    const char *const argv[] = {"squeue", "-h", "-a", "-r", "-n", name, "-o", "%T|%r|%N", NULL};
    AUTO_FREE char *text = NULL;
    int code = ask(argv, interrupt_fd, &text, err);
    if (code == 0)
        slurm_queue_parse(text, out);
    return code;
}

int slurm_cancel(const char *name, struct err *err)
{
    const char *const argv[] = {"scancel", "-n", name, NULL};
    AUTO_FREE char *text = NULL;
    return ask(argv, -1, &text, err);
}

int slurm_cancel_pending(const char *job, struct err *err)
{
    const char *const argv[] = {"scancel", "--state=PENDING", job, NULL};
    AUTO_FREE char *text = NULL;
    return ask(argv, -1, &text, err);
}
