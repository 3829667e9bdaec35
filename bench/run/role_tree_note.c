/* What is written down of each process of a role that is several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_lanes.h"
#include "role_tree.h"

static void set(char **into, const char *text)
{
    if (*into && text && strcmp(*into, text) == 0)
        return;
    free(*into);
    *into = text ? strdup(text) : NULL;
}

/* Of one that has ended: what it proved, and the most that it was seen with. */
void role_tree_note_last(struct role_tree *tree, struct role_process *process)
{
    struct tree_agent *agent = &process->agent;
    if (!tree->role || process->row == 0)
        return;
    tree_agent_hear(agent, tree->allocator, tree->library);
    struct record_process *row = &tree->role->processes[process->row - 1];
    if (agent->last_allocator)
        set(&row->allocator, agent->last_allocator);
    if (agent->last_sentence)
        set(&row->proof, agent->last_sentence);
    if (process->most_anon_bytes > row->last_pss_anon_bytes)
        row->last_pss_anon_bytes = process->most_anon_bytes;
}

/* Why nobody answers in a process; a filter that the driver is not under may be the reason. */
static const char *silent(const struct role_process *process)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)process->procfs.pid);
    return lanes_filters(path) > lanes_filters("/proc/self/status")
               ? "no agent of it has spoken: it is under a seccomp filter, which may forbid one"
               : "no agent of it has spoken";
}

void role_tree_note(struct role_tree *tree, int64_t elapsed_ns, struct record_role *role)
{
    if (!tree->several)
        return;
    role->processes_seen = (int64_t)tree->seen;
    for (size_t i = 0; i < tree->count; i++) {
        struct role_process *process = &tree->list[i];
        const struct tree_agent *agent = &process->agent;
        bool first = process->row == 0 && !process->ended;
        if (first && record_add_process(role))
            process->row = role->process_count;
        if (process->row == 0 || process->ended)
            continue;
        struct record_process *row = &role->processes[process->row - 1];
        role_tree_name(process);
        set(&row->name, process->name);
        set(&row->allocator, i == 0 ? role->allocator : agent->allocator);
        set(&row->proof, i == 0            ? role->identity
                         : agent->sentence ? agent->sentence
                                           : silent(process));
        row->last_ns = elapsed_ns;
        row->last_pss_bytes = process->share_bytes;
        row->last_pss_anon_bytes = process->share_anon_bytes;
        row->last_live_bytes = agent->stats.value[STAT_LIVE];
        if (first) {
            row->first_ns = elapsed_ns;
            row->first_pss_bytes = process->share_bytes;
            row->first_pss_anon_bytes = process->share_anon_bytes;
        }
        if (row->first_live_bytes < 0)
            row->first_live_bytes = row->last_live_bytes;
    }
}
