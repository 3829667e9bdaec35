/*
 * process_user: whom a process runs as, where the driver is run by root.
 */
#pragma once

#include <sys/types.h>

#include "cleanup.h"
#include "err.h"

struct process_user {
    char *name, *home;
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    int group_count;
};

/* -ENOENT with a sentence. The caller releases. */
int process_user_find(const char *name, struct process_user *out, struct err *err);

void process_user_release(struct process_user *user);
DEFINE_AUTO(process_user, process_user_release)
