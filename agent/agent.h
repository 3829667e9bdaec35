/*
 * agent: answers for a program that knows nothing of us.
 *
 *     LD_PRELOAD=libheapchurn-agent.so:libjemalloc.so.2 HEAPCHURN_AGENT=NAME program
 *
 * A preloaded library with a thread of its own that speaks the control protocol of linked subjects
 * (subject.h): it proves which object serves malloc in this process, and answers "stats",
 * "release" and "detail". It stands before the allocator, so that its constructor runs after the
 * allocator's (preloaded objects are initialised last to first; the other way round tcmalloc had no
 * statistics yet, measured), and behind the ledger. It defines no malloc and calls none after it
 * is ready.
 *
 * The driver listens on a SOCK_SEQPACKET socket; who connects says
 *
 *     option name= value=                                    for each effective option
 *     ready role=program pid= parent= program= began=exec|fork
 *           allocator= version= identity= [also=] na.<stat>=
 *     refused reason= pid= parent= program= began=           malloc is served by none that we know
 *
 * before the constructor returns: a program that changes its root or its namespaces first thing is
 * heard all the same. Processes that the program forks say it again, and so do those it executes.
 * The driver learns from the kernel who they are (SO_PEERCRED): numbers in the lines are of the
 * process's own PID namespace. When the driver is gone the thread ends.
 *
 * Who can reach neither socket (a child of a process that changed root and network), and who runs
 * under a seccomp filter that the driver is not under, speaks over a lane of shared memory
 * (control_lanes.h). What a filter would punish is not done (agent_filter.h): the answer then says
 * why. A forked process whose filter would punish a second thread has no agent and says nothing.
 *
 * What the program can notice, all measured: a second thread (glibc's single-threaded fast paths
 * are off: 3 ns per malloc of 24 bytes), 1.5 MiB of address space, 16 to 36 KiB resident, 288 to
 * 320 live bytes per generation of fork, 0.1 to 0.2 ms per fork, 5 to 15 us of CPU time per
 * request; jemalloc's first statistics take 244 to 408 KiB once. What it takes in each process it
 * says itself (agent_cost.h). It sees no descriptor: the thread has a table of its own. Where a
 * second thread would be refused, unshare(2) and setns(2) of a user namespace, it goes meanwhile
 * and comes again (libgcc_s is loaded for that). A main thread that calls pthread_exit(3) waits for
 * the others, and the process then ends with status 0, as it does without an agent. A seccomp
 * filter that is set by an instruction of the program's own may kill it by the thread's next call
 * (SIGSYS): such a program must run without an agent.
 */
#pragma once

/* Where the driver listens: a name in the abstract namespace, and a path for processes in another
 * network namespace. One of them at least; the first that answers is taken. */
#define AGENT_NAME_ENV "HEAPCHURN_AGENT"
#define AGENT_PATH_ENV "HEAPCHURN_AGENT_PATH"

/* A file of memory with lanes, as a path in /proc. */
#define AGENT_LANES_ENV "HEAPCHURN_AGENT_LANES"

/* For who loads the library into a process that runs already (bench/watch/attach.h): begin, and
 * connect there. What the process forks has no agent then, and what it would stand before it stands
 * not. 0, or an errno: EBUSY: an agent is in it; ECONNREFUSED: nobody listens. */
int heapchurn_agent_attach(const char *name, const char *path);

/* "first": only the process that is started has an agent and the preloaded allocator; what it
 * executes runs without either. Else all have. */
#define AGENT_SCOPE_ENV "HEAPCHURN_AGENT_SCOPE"
