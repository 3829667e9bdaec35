/*
 * program_state: a trial of a user's program under way. Internal to the scenario `program`.
 *
 * Roles: the program itself, measured; `load`, whatever drives it; `work`, what asks it how much it
 * has done. Loads and questions are started anew each time, and end.
 */
#pragma once

#include <limits.h>

#include "agents.h"
#include "clock.h"
#include "placeholders.h"
#include "play.h"
#include "program_look.h"

enum { LOOK_AGAIN_NS = 2 * CLOCK_NS_PER_MS };

enum { PROGRAM_ROLE, LOAD_ROLE, WORK_ROLE };

struct program_state {
    struct agents agents;
    struct program_look look;
    struct placeholders fill;
    char data[PATH_MAX];
    char notify_path[PATH_MAX];
    int notify_fd;
    bool opened, notified;
    bool announced; /* its agent has said which allocator serves it */
};

/* The program is up, proved and ready. */
int program_start(struct trial *trial, struct err *err);

/* Wait until it is what `ready:` of the workload asks for. 0, -ECANCELED, -EINTR. */
int program_await_ready(struct trial *trial);

/* A datagram socket for sd_notify(3), in `folder`. */
int program_open_notify(struct program_state *state, const char *folder, struct err *err);

/* What the log of a role holds has this text. */
bool program_log_has(const struct trial *trial, const char *role, const char *text);

/* Everything that the user's environment says but to an allocator: rows differ by that alone. What
 * every role gets is there already. */
void program_environment(struct words *out);

/* Run a command in a role, filled in, to its end with status 0. */
int program_run(struct trial *trial, size_t role, char *const *command, int64_t within_ns);

/* What the program says it has done, into counters. */
int program_ask_work(struct trial *trial);

/* Where no agent does: the allocator, seen from outside in what is mapped. `library`: the row's;
 * NULL: libc's. */
int program_prove_outside(struct trial *trial, const char *library);

/* Scenario hooks. */
void program_knock(struct trial *trial);
void program_close(struct trial *trial);
const char *program_explain(const struct trial *trial, size_t role, int wait_status);

extern const struct spec_rule program_rules[];
