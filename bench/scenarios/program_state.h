/*
 * program_state: a trial of a user's program under way. Internal to the scenario `program`.
 *
 * Roles: the program itself, measured; `load`, whatever drives it; `work`, what asks it how much it
 * has done; `setup`, what makes ready what it finds. Loads and questions are started anew each
 * time, and end.
 */
#pragma once

#include <limits.h>

#include "agents.h"
#include "clock.h"
#include "placeholders.h"
#include "play.h"
#include "process_user.h"
#include "program_look.h"

enum { LOOK_AGAIN_NS = 2 * CLOCK_NS_PER_MS };

enum { PROGRAM_ROLE, LOAD_ROLE, WORK_ROLE, SETUP_ROLE };

struct program_state {
    struct agents agents;
    struct program_look look;
    struct placeholders fill;
    char **command;             /* the row's: of a build of its own, or what all have */
    bool built;                 /* a build of its own: nothing but our agent is preloaded */
    enum spec_agent agent;      /* the workload's, where the row's libc can load it */
    struct process_user user;   /* name NULL: the driver's own */
    char scratch[PATH_MAX];     /* a temporary folder of the trial's own; "": none yet */
    char data[PATH_MAX];        /* in it, {data} */
    char notify_path[PATH_MAX]; /* and the socket */
    int notify_fd;
    bool opened, notified;
    bool announced; /* its agent has said which allocator serves it */
};

/* On rows of libc's own allocator: the program is linked against another, or may be, since what a
 * script starts is not known before it does. */
static inline bool program_wants_libc_first(const struct program_state *state)
{
    return !state->built && (state->look.linked[0] || state->look.is_script);
}

/* The program is up, proved and ready. */
int program_start(struct trial *trial, struct err *err);

/* Wait until it is what `ready:` of the workload asks for. 0, -ECANCELED, -EINTR. */
int program_await_ready(struct trial *trial);

/* A datagram socket for sd_notify(3), in the trial's own folder. */
int program_open_notify(struct program_state *state, struct err *err);

/* What the log of a role holds has this text. */
bool program_log_has(const struct trial *trial, const char *role, const char *text);

/* Everything that the user's environment says but to an allocator: rows differ by that alone. What
 * every role gets is there already. */
void program_environment(const struct process_user *user, struct words *out);

/* Run a command in a role, filled in, to its end with status 0. */
enum program_as { AS_ONESELF, AS_USER };
int program_run(struct trial *trial, size_t role, char *const *command, enum program_as as,
                int64_t within_ns);

/* Begin it, for who waits by oneself. */
int program_begin(struct trial *trial, size_t role, char *const *command, enum program_as as);

/* {data}: an empty folder in a temporary one, the user's. */
int program_make_data(struct trial *trial, struct err *err);

/* What `setup:` makes, once in the life of this process, copied into {data}. */
int program_setup(struct trial *trial);

/* What the program says it has done, into counters. */
int program_ask_work(struct trial *trial);

/* What a script started, once it has. */
void program_find_linked(struct trial *trial);

/* Where no agent does: the allocator, seen from outside in what is mapped. `library`: the row's;
 * NULL: libc's. */
int program_prove_outside(struct trial *trial, const char *library);

/* Scenario hooks. */
void program_knock(struct trial *trial);
void program_close(struct trial *trial);
const char *program_explain(const struct trial *trial, size_t role, int wait_status);

bool program_heard(struct trial *trial, size_t role, const struct control_line *line);
const char *program_lacks(const struct workload *workload, const char *allocator);

extern const struct spec_rule program_rules[], batch_rules[];

/* Where in the scratch folder the ledger of one that ends writes what it counted. */
#define PROGRAM_LEDGER "ledger"
