#include "trial_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

static const int64_t look_again_ns = CLOCK_NS_PER_MS;

/* A process may be between its birth and the first word of its agent. */
static const int64_t speak_ns = CLOCK_NS_PER_S;

static struct role_tree *tree_of(struct trial *trial, size_t role)
{
    return &trial->sampler.trees[role];
}

static void hear(struct trial *trial, size_t role)
{
    struct role_tree *tree = tree_of(trial, role);
    for (size_t i = 1; i < tree->count; i++) {
        struct role_process *process = &tree->list[i];
        bool spoke = process->agent.fd >= 0;
        int64_t rss = 0, anon = 0;
        tree_agent_hear(&process->agent, trial->options->allocator, trial->options->library);
        /* Its memory goes before its descriptors do: one that holds any has not ended, but runs
         * another program. */
        if (spoke && process->agent.fd < 0 &&
            procfs_read_statm(&process->procfs, &rss, &anon) == 0 && rss > 0)
            tree_agent_forget(&process->agent);
    }
}

void trial_tree_walk(struct trial *trial, bool now)
{
    for (size_t role = 0; role < trial->sampler.count; role++) {
        AUTO(process_tree) struct process_tree others = {.count = 0};
        if (!trial->sampler.trees[role].follows)
            continue;
        if (trial->scenario->ends)
            hear(trial, role);
        for (size_t i = 0; i < trial->supervisor.role_count; i++)
            if (i != role && play_pid(trial, i) > 0)
                process_tree_add(&others, play_pid(trial, i));
        sampler_walk(&trial->sampler, role, &others, now);
    }
}

/* One that owes an answer; NULL: none does. */
static struct role_process *in_debt(struct role_tree *tree)
{
    for (size_t i = 1; i < tree->count; i++)
        if (!tree->list[i].ended && tree->list[i].agent.proved && tree->list[i].agent.owed > 0)
            return &tree->list[i];
    return NULL;
}

int trial_tree_ask(struct trial *trial, size_t role, const char *verb)
{
    struct role_tree *tree = tree_of(trial, role);
    struct role_process *debtor;
    int64_t until_ns = trial_deadline(play_answer_ns(trial));
    int code = 0;
    hear(trial, role);
    for (size_t i = 1; i < tree->count; i++)
        if (tree->list[i].agent.proved)
            tree_agent_ask(&tree->list[i].agent, verb);
    for (hear(trial, role); in_debt(tree) && clock_now_ns() < until_ns; hear(trial, role))
        if ((code = play_idle(trial, look_again_ns)) < 0)
            return code;
    while ((debtor = in_debt(tree)))
        tree_agent_dismiss(&debtor->agent, "its agent did not answer");
    return 0;
}

/* Why there are no sums; NULL: there are. */
static const char *no_sum(const struct role_tree *tree)
{
    bool same = !tree->lost;
    bool told = true;
    for (size_t i = 0; i < tree->count; i++) {
        const struct role_process *process = &tree->list[i];
        same = same && process->at_baseline && !process->ended;
        told = told && (i == 0 || process->ended || process->agent.proved);
    }
    if (!same)
        return "processes of it have come or gone since the baseline: the table of processes says "
               "what each holds";
    return told ? NULL : "not every process of it has an agent that answers";
}

static bool has_inherited(const struct role_process *process)
{
    return !process->ended && process->agent.forked && process->agent.birth.value[STAT_LIVE] > 0;
}

/* Once said it stays: a curve has one kind of level. */
static void check_level(const struct role_tree *tree, struct record_role *role)
{
    int64_t inherited_bytes = 0, anon_bytes = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const struct role_process *process = &tree->list[i];
        anon_bytes += process->ended ? 0 : process->share_anon_bytes;
        if (i > 0 && has_inherited(process))
            inherited_bytes += process->agent.birth.value[STAT_LIVE];
    }
    if (role->level_unavailable ||
        (double)inherited_bytes <= TRIAL_TREE_INHERITED_SHARE * (double)anon_bytes)
        return;
    role->level_unavailable =
        strdup("its forked processes count as their own what they inherited: growth alone can be "
               "summed, the table of processes says what each counts");
}

static int64_t since_birth(const struct tree_agent *agent, int stat)
{
    int64_t now = agent->stats.value[stat], birth = agent->birth.value[stat];
    return !agent->forked || now < 0 || birth < 0 ? now : now - birth;
}

/* ALLOCATOR_NA where one does not tell. */
static int64_t sum_of(const struct role_tree *tree, int stat, int64_t first)
{
    int64_t sum = first;
    for (size_t i = 1; i < tree->count; i++) {
        if (sum < 0 || tree->list[i].agent.stats.value[stat] < 0)
            return ALLOCATOR_NA;
        sum += since_birth(&tree->list[i].agent, stat);
    }
    return sum < 0 ? 0 : sum;
}

static void take_away(struct record_role *role, struct allocator_stats *stats, const char *why)
{
    allocator_stats_init(stats);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        if (!role->unavailable[i])
            role->unavailable[i] = strdup(why);
}

int trial_tree_add_stats(struct trial *trial, size_t role, struct allocator_stats *stats)
{
    struct role_tree *tree = tree_of(trial, role);
    if (!tree->attached)
        return 0;
    tree->list[0].agent.stats = *stats;
    if (!tree->several)
        return 0;
    int code = trial_tree_ask(trial, role, "stats");
    if (code < 0)
        return code;
    const char *why = no_sum(tree);
    if (why) {
        take_away(&trial->record->roles[role], stats, why);
        return 0;
    }
    check_level(tree, &trial->record->roles[role]);
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++)
        stats->value[stat] = sum_of(tree, stat, stats->value[stat]);
    return 0;
}

/* The largest of those that prove nothing, how many they are, and what they hold. */
struct foreign {
    const struct role_process *largest;
    size_t count;
    int64_t bytes, all_bytes;
};

static struct foreign find_foreign(const struct role_tree *tree)
{
    struct foreign found = {.largest = NULL};
    for (size_t i = 0; i < tree->count; i++) {
        const struct role_process *process = &tree->list[i];
        if (process->ended)
            continue;
        found.all_bytes += process->share_anon_bytes;
        if (i == 0 || process->agent.proved || process->share_anon_bytes < TRIAL_TREE_BARE_BYTES)
            continue;
        found.count++;
        found.bytes += process->share_anon_bytes;
        if (!found.largest || process->share_anon_bytes > found.largest->share_anon_bytes)
            found.largest = process;
    }
    return found;
}

static bool too_much(const struct foreign *found)
{
    return found->largest &&
           (double)found->bytes > TRIAL_TREE_FOREIGN_SHARE * (double)found->all_bytes;
}

static int refuse(struct trial *trial, size_t role, const struct foreign *found)
{
    char text[32];
    const char *sentence = found->largest->agent.sentence;
    trial->supervisor.refused = true;
    return play_fail(
        trial,
        "%zu of the %zu processes of %s did not prove to run on %s, and hold %.0f %% "
        "of its anonymous memory (limit %.0f %%); the largest is %s with %s: %s",
        found->count, role_tree_living(tree_of(trial, role)), trial->record->roles[role].name,
        trial->options->allocator, 100 * (double)found->bytes / (double)found->all_bytes,
        100 * TRIAL_TREE_FOREIGN_SHARE, found->largest->name,
        units_format_bytes((double)found->largest->share_anon_bytes, text, sizeof text),
        sentence ? sentence : "no agent of it has spoken");
}

int trial_tree_check_past(struct trial *trial, size_t role)
{
    const struct record_role *of = &trial->record->roles[role];
    int64_t all_bytes = 0, foreign_bytes = 0;
    const struct record_process *largest = NULL;
    char text[32];
    if (!of->allocator || trial->options->tool)
        return 0;
    for (size_t i = 0; i < of->process_count; i++) {
        const struct record_process *process = &of->processes[i];
        int64_t bytes = process->last_pss_anon_bytes;
        all_bytes += bytes > 0 ? bytes : 0;
        if ((process->allocator && strcmp(process->allocator, trial->options->allocator) == 0) ||
            bytes < TRIAL_TREE_BARE_BYTES)
            continue;
        foreign_bytes += bytes;
        if (!largest || bytes > largest->last_pss_anon_bytes)
            largest = process;
    }
    if (!largest || (double)foreign_bytes <= TRIAL_TREE_FOREIGN_SHARE * (double)all_bytes)
        return 0;
    trial->supervisor.refused = true;
    return play_fail(
        trial,
        "processes of %s that did not prove to run on %s held %.0f %% of its anonymous "
        "memory (limit %.0f %%); the largest was %s with %s: %s",
        of->name, trial->options->allocator, 100 * (double)foreign_bytes / (double)all_bytes,
        100 * TRIAL_TREE_FOREIGN_SHARE, largest->name,
        units_format_bytes((double)largest->last_pss_anon_bytes, text, sizeof text),
        largest->proof);
}

int trial_tree_check(struct trial *trial, size_t role)
{
    struct role_tree *tree = tree_of(trial, role);
    int64_t until_ns = trial_deadline(speak_ns);
    if (tree->trouble[0])
        return play_fail(trial, "the memory of %s cannot be told: %s",
                         trial->record->roles[role].name, tree->trouble);
    if (!tree->several || !trial_has_channel(trial, role) || trial->options->tool)
        return 0;
    struct foreign found = find_foreign(tree);
    while (too_much(&found) && clock_now_ns() < until_ns) {
        int code = play_idle(trial, look_again_ns);
        if (code < 0)
            return code;
        hear(trial, role);
        trial_tree_walk(trial, false);
        found = find_foreign(tree);
    }
    return too_much(&found) ? refuse(trial, role, &found) : 0;
}
