/*
 * namespace_pid: who is the process that calls itself N? In a PID namespace of its own a process
 * has another number than outside (NSpid of /proc/PID/status).
 */
#pragma once

#include <sys/types.h>

/* The number outside of the descendant of this process that is `inside` to itself; of several the
 * one that began last. -1: there is none. */
pid_t namespace_pid_find(pid_t inside);
