/*
 * attach: our agent (agent/agent.h) into a process that runs already. gdb stops it for a moment and
 * has one of its threads call dlopen(3), as heaptrack does; attach.py says when that is safe. What
 * the agent needs to be before the program for, it is not then: pthread_exit(3) in the main thread,
 * unshare(2) and seccomp(2) are not seen, and what the process forks has no agent. The library
 * stays in the process; its thread ends with who listens.
 */
#pragma once

#include "agents.h"
#include "watch_target.h"

enum { ATTACH_ANSWER_MAX = 512 };

/* Refuse, in words, what cannot be done safely: -ENOTSUP (static, another loader, own malloc,
 * another architecture, under a seccomp filter, other files), -EPERM (no right to trace), -EBUSY
 * (traced, stopped, an agent is in it), -ENOENT (no gdb), -errno. */
int attach_check(const struct watch_target *target, struct err *err);

/* Into the process, from where it connects to `agents`. `library` is the agent's. How long the
 * process was stopped goes to `out_stopped_s`. -EBUSY: no thread of it was where that is safe;
 * -EIO: with gdb's word. The process goes on in any case. */
int attach_agent(const struct watch_target *target, const char *library,
                 const struct agents *agents, double *out_stopped_s, struct err *err);
