#include "slurm_submission.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expected_time.h"
#include "folder.h"
#include "grow.h"
#include "memory_stream.h"
#include "path.h"
#include "plan.h"
#include "slurm_script.h"
#include "text.h"
#include "whole_file.h"

static size_t count_up(const struct slurm_nodes *nodes)
{
    size_t count = 0;
    for (size_t i = 0; i < nodes->count; i++)
        count += slurm_node_is_up(&nodes->list[i]);
    return count;
}

/* "n1 is drain, n2 is down*" */
static void say_states(const struct slurm_nodes *nodes, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < nodes->count && used < size; i++)
        if (!slurm_node_is_up(&nodes->list[i]))
            used += (size_t)snprintf(out + used, size - used, "%s%s is %s", used ? ", " : "",
                                     nodes->list[i].name, nodes->list[i].state);
}

static int check_nodes(const struct slurm_submission *submission, const struct slurm_nodes *nodes,
                       struct err *err)
{
    char states[512];
    size_t up = count_up(nodes);
    int64_t hosts = submission->slurm->hosts;
    say_states(nodes, states, sizeof states);
    if (up == 0)
        return err_set(err, -EHOSTDOWN, "no node of partition %s is up: %s", nodes->partition,
                       states);
    if (hosts > submission->run->blocks)
        return err_set(err, -EINVAL,
                       "--hosts %" PRId64 ": each needs a block, and the run has %" PRId64
                       "; -r %" PRId64 " or more",
                       hosts, submission->run->blocks, hosts);
    if ((int64_t)up < hosts && submission->sent == 0)
        return err_set(err, -EINVAL, "--hosts %" PRId64 ": partition %s has %zu that are up%s%s",
                       hosts, nodes->partition, up, *states ? "; " : "", states);
    return 0;
}

int slurm_submission_check(struct slurm_submission *submission, struct err *err)
{
    const struct executor_slurm *slurm = submission->slurm;
    AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
    struct slurm_queue queue = {.running = 0};
    int code = slurm_nodes(slurm->partition, slurm->interrupt_fd, &nodes, err);
    if (code == 0)
        code = check_nodes(submission, &nodes, err);
    if (code == 0)
        code = slurm_queue(submission->name, slurm->interrupt_fd, &queue, err);
    if (code < 0)
        return code;
    if (queue.running + queue.pending > 0)
        return err_set(err, -EBUSY,
                       "%" PRId64 " tasks of this run are still in the queue; wait for them and "
                       "collect, or end them: scancel -n %s",
                       queue.running + queue.pending, submission->name);
    if (strncmp(nodes.list[0].shared, "FORCE", strlen("FORCE")) == 0)
        slurm->say(slurm->context, "this partition makes jobs share nodes (OverSubscribe=FORCE): "
                                   "what others run there shows as noise");
    return 0;
}

/* Idle ones first, and of these, and of the others, in the order of Slurm. */
static size_t choose_nodes(const struct slurm_nodes *nodes, int64_t hosts,
                           const struct slurm_node **out)
{
    size_t count = 0;
    for (int idle = 1; idle >= 0; idle--)
        for (size_t i = 0; i < nodes->count && (int64_t)count < hosts; i++) {
            const struct slurm_node *node = &nodes->list[i];
            if (slurm_node_is_up(node) && (strncmp(node->state, "idle", 4) == 0) == idle)
                out[count++] = node;
        }
    return count;
}

/* Lines of tasks: the cells of one block each. */
struct tasks {
    char *text;
    size_t count;
    bool first; /* some of the first block, which brings the passes */
};

/* What goes to array `index` of `arrays`: every so many'th block. */
static void deal(const struct slurm_task_cell *cells, size_t count, size_t index, size_t arrays,
                 struct tasks *out)
{
    struct memory_stream memory;
    FILE *text = memory_stream_open(&memory);
    size_t block = 0;
    *out = (struct tasks){.count = 0};
    for (size_t i = 0, end; i < count; i = end, block++) {
        for (end = i; end < count && cells[end].block == cells[i].block; end++)
            if (block % arrays == index)
                (void)fprintf(text, "%s%" PRId64, end > i ? " " : "", cells[end].number);
        if (block % arrays != index)
            continue;
        (void)fputc('\n', text);
        out->count++;
        out->first = out->first || cells[i].block == 1;
    }
    out->text = memory_stream_close(&memory);
}

static int64_t limit_minutes(const struct slurm_submission *submission, bool first,
                             const struct slurm_node *node)
{
    const struct executor_slurm *slurm = submission->slurm;
    int64_t seconds =
        slurm->limit_s > 0 ? slurm->limit_s : expected_seconds(submission->run, first);
    int64_t most = slurm_seconds(node->limit);
    return ((most > 0 && most < seconds ? most : seconds) + 59) / 60;
}

struct writing {
    struct slurm_script script;
    const char *lines;
};

static int write_script(FILE *file, void *context)
{
    const struct writing *writing = context;
    slurm_script_write(&writing->script, writing->lines, file);
    return 0;
}

/* The text of a file of ours. */
static char *text_of(const char *path)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    char part[4096];
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    for (size_t length; file && (length = fread(part, 1, sizeof part, file)) > 0;)
        (void)fwrite(part, 1, length, out);
    return memory_stream_close(&memory);
}

static int save_script(const struct slurm_submission *submission, const char *path,
                       const char *lines, struct err *err)
{
    const struct executor_slurm *slurm = submission->slurm;
    AUTO_FREE char *run_path = path_join(slurm->dir, "run.json");
    AUTO_FREE char *run_json = slurm->copy_back ? text_of(run_path) : NULL;
    struct writing writing = {.script = {.dir = slurm->dir,
                                         .heapchurn = slurm->heapchurn,
                                         .programs = slurm->programs,
                                         .copy_back = slurm->copy_back,
                                         .run_json = run_json},
                              .lines = lines};
    return whole_file_write(path, write_script, &writing, err);
}

static void add_options(const struct slurm_submission *submission, const struct tasks *tasks,
                        const char *partition, const struct slurm_node *node, bool fixed,
                        struct words *options)
{
    const struct executor_slurm *slurm = submission->slurm;
    words_add(options, "--job-name=%s", submission->name);
    words_add(options, "--partition=%s", partition);
    words_add(options, "--array=1-%zu%s", tasks->count, fixed ? "%1" : "");
    words_add(options, "--nodes=1");
    words_add(options, "--ntasks=1");
    words_add(options, "--exclusive");
    words_add(options, "--no-requeue"); /* what fails is submitted again from here, and counted */
    words_add(options, "--signal=B:TERM@60");
    words_add(options, "--time=%" PRId64, limit_minutes(submission, tasks->first, node));
    if (fixed)
        words_add(options, "--nodelist=%s", node->name);
    if (!slurm->copy_back)
        words_add(options, "--output=%s/slurm/%%A_%%a.log", slurm->dir);
    for (const char *const *more = slurm->options; more && *more; more++)
        words_add(options, "%s", *more);
}

static int send_array(struct slurm_submission *submission, const struct tasks *tasks,
                      const char *partition, const struct slurm_node *node, bool fixed,
                      struct err *err)
{
    AUTO(words) struct words options = {.count = 0};
    struct slurm_array array = {.job = ""};
    if (tasks->count == 0)
        return 0;
    AUTO_FREE char *script = path_join(submission->slurm->dir, "slurm/%" PRId64 "-%zu.sh",
                                       submission->sent + 1, submission->array_count + 1);
    int code = save_script(submission, script, tasks->text, err);
    if (code < 0)
        return code;
    add_options(submission, tasks, partition, node, fixed, &options);
    code = slurm_submit(&options, script, submission->slurm->interrupt_fd, array.job, err);
    if (code < 0)
        return code;
    if (fixed)
        (void)text_copy(array.node, sizeof array.node, node->name);
    submission->arrays =
        grow(submission->arrays, submission->array_count, sizeof *submission->arrays);
    submission->arrays[submission->array_count++] = array;
    return 0;
}

static int send_all(struct slurm_submission *submission, const struct slurm_task_cell *cells,
                    size_t count, const struct slurm_nodes *nodes, struct err *err)
{
    AUTO_FREE const struct slurm_node **chosen = calloc(nodes->count + 1, sizeof(void *));
    if (!chosen)
        return err_set(err, -ENOMEM, "out of memory");
    bool fixed = submission->slurm->hosts > 0;
    size_t hosts = choose_nodes(nodes, fixed ? submission->slurm->hosts : 1, chosen);
    if (hosts == 0)
        return err_set(err, -EHOSTDOWN, "no node of partition %s is up", nodes->partition);
    /* No array may be longer than Slurm lets it be. */
    size_t each = fixed ? (count + hosts - 1) / hosts : count;
    size_t parts = (each + SLURM_ARRAY_MOST - 1) / SLURM_ARRAY_MOST;
    int code = 0;
    for (size_t i = 0; i < hosts * parts && code == 0; i++) {
        struct tasks tasks;
        deal(cells, count, i, hosts * parts, &tasks);
        code = send_array(submission, &tasks, nodes->partition, chosen[i % hosts], fixed, err);
        free(tasks.text);
    }
    return code;
}

int slurm_submission_send(struct slurm_submission *submission, const struct slurm_task_cell *cells,
                          size_t count, struct err *err)
{
    const struct executor_slurm *slurm = submission->slurm;
    AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
    AUTO_FREE char *folder = path_join(slurm->dir, "slurm");
    int code = slurm_nodes(slurm->partition, slurm->interrupt_fd, &nodes, err);
    if (code == 0)
        code = check_nodes(submission, &nodes, err);
    if (code == 0)
        code = folder_make(folder, err);
    if (code < 0)
        return code;
    submission->array_count = 0;
    code = send_all(submission, cells, count, &nodes, err);
    submission->sent++;
    if (code < 0)
        return code;
    AUTO_FREE char *said = NULL;
    if (asprintf(&said, "submitted %zu cell%s to partition %s%s as %s", count,
                 count == 1 ? "" : "s", nodes.partition, submission->sent > 1 ? " again" : "",
                 submission->name) >= 0)
        slurm->say(slurm->context, said);
    return 0;
}

static const struct slurm_node *find_node(const struct slurm_nodes *nodes, const char *name)
{
    for (size_t i = 0; i < nodes->count; i++)
        if (strcmp(nodes->list[i].name, name) == 0)
            return &nodes->list[i];
    return NULL;
}

int slurm_submission_look(struct slurm_submission *submission, const struct slurm_queue *queue,
                          struct err *err)
{
    const struct executor_slurm *slurm = submission->slurm;
    AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
    int code = slurm_nodes(slurm->partition, slurm->interrupt_fd, &nodes, NULL);
    if (code < 0)
        return code == -EINTR ? code : 0; /* whoever asks the queue notices when it stays deaf */
    if (queue->running == 0 && count_up(&nodes) == 0)
        return check_nodes(submission, &nodes, err);
    for (size_t i = 0; i < submission->array_count; i++) {
        struct slurm_array *array = &submission->arrays[i];
        const struct slurm_node *node = find_node(&nodes, array->node);
        if (!*array->node || !*array->job || (node && slurm_node_is_up(node)))
            continue;
        AUTO_FREE char *said = NULL;
        if (asprintf(&said, "node %s is %s: its cells go to others", array->node,
                     node ? node->state : "gone") >= 0)
            slurm->say(slurm->context, said);
        (void)slurm_cancel_pending(array->job, NULL);
        array->job[0] = '\0';
    }
    return 0;
}

void slurm_submission_release(struct slurm_submission *submission)
{
    free(submission->arrays);
    submission->arrays = NULL;
    submission->array_count = 0;
}
