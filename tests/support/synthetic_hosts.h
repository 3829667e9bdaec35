/*
 * synthetic_hosts: a synthetic run as if it had been measured on several hosts, n1, n2, …: block b
 * is of host (b - 1) modulo their number.
 */
#pragma once

#include "store.h"

void synthetic_hosts_spread(struct stored_run *stored, size_t hosts);

/* Anonymous RSS of this row on one of the hosts (from 0) is so much of what it was. */
void synthetic_hosts_scale(struct stored_run *stored, const char *row, size_t host, double factor);
