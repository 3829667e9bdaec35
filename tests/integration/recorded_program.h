/*
 * recorded_program WHAT: does something whose calls are known, and prints what it knows:
 * "calls=N bytes=N", of what it did itself.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct known {
    uint64_t calls, bytes;
};

/* Counted. */
void *take(struct known *known, size_t bytes);
void give(struct known *known, void *block);

int forks(const char *self);
int execs(const char *self);
int forks_much(void);
int comets(void);
int closes(void);
int changes_root(void);
int producers(void);
int pool(void);
int cancelled(void);
int waits_for_weeks(void);
int threads_without_number(void);
int keeps_errno(void);
int touches(void);
int writes_late(void);
int passes(void);
int lets_go(void);
