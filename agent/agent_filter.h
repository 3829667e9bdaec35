/*
 * agent_filter: which calls of the agent's a seccomp filter of the program's would punish.
 * Internal.
 *
 * A filter that kills takes the whole process with the agent's thread, or a forked process as soon
 * as its agent begins. So the agent stands before prctl(2) and syscall(2), by which filters are set
 * (libseccomp uses the latter), and plays each on the calls that it makes itself (filter_play.h),
 * before it is set. One that was set before the program was executed cannot be read; it lets pass
 * what the loader did. One that is set by an instruction of the program's own is not seen.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the agent wants to do. */
enum agent_act {
    AGENT_BEGIN,   /* a thread of its own, at a lane */
    AGENT_TALK,    /* over the socket that it has */
    AGENT_CONNECT, /* to the driver's socket */
    AGENT_RELEASE, /* have the allocator give back */
    AGENT_WRITE,   /* a file, or read one of /proc */
    AGENT_ACTS
};

/* Whom a filter is for: the thread that sets it and what comes of it, or all there are. */
enum agent_filter_reach { AGENT_FILTER_OF_ONE, AGENT_FILTER_OF_ALL };

/* Once, in the constructor. `theirs`: how many the driver is under, too. */
void agent_filter_begin(int64_t theirs);

/* Is one set in this process, by whoever? */
bool agent_filter_is_set(void);

/* Does none that is for the agent's thread punish it? */
bool agent_filter_lets(enum agent_act act);

/* In a process just forked: what was for one thread is for all now. */
void agent_filter_fork(void);

/* Of agent.c: after the filter that is about to be set, talk over a socket would be punished. */
void agent_leave_socket(void);
