/*
 * filter_play: what a seccomp filter would return for a system call, without setting it: classic
 * BPF over struct seccomp_data, as far as seccomp(2) takes it. Pure; allocates nothing.
 */
#pragma once

#include <linux/filter.h>
#include <stdint.h>

/* SECCOMP_RET_…, without its data. For what the kernel would not take as a filter, and so would
 * not set: SECCOMP_RET_ALLOW. */
uint32_t filter_play(const struct sock_fprog *filter, int call, const uint64_t arguments[6]);
