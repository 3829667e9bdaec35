/*
 * same_machine: all trials of a run that is carried out here are of one machine, or of machines
 * that differ in nothing but their name. What is measured later (--resume, --rerun) would mix two,
 * if anything that can move a number has changed since.
 */
#pragma once

#include "err.h"
#include "store.h"

/* 0, or -EXDEV with a list of what differs: host (host.h) and pinning. */
int same_machine_check(const struct run *run, struct err *err);
