/*
 * roles: those of the runs that tests make up, which are of the discovery application.
 */
#pragma once

#include "record.h"

enum { ROLE_PEER, ROLE_PROXY, ROLE_COUNT };

static const char *role_names[ROLE_COUNT] = {"peer", "proxy"};

/* A record that has them. */
static inline void roles_add(struct record *record)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        (void)record_add_role(record, role_names[i], true);
}
