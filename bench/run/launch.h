/*
 * launch: command line and environment of a role. Internal to run/.
 */
#pragma once

#include "play.h"

int launch_role(struct trial *trial, size_t role, const struct play_start *start, struct err *err);
