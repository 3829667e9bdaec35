/*
 * environment: lists of "KEY=value", ended by NULL, as execve() takes them.
 */
#pragma once

/* The value that `environment` (NULL: an empty one) gives to the variable of `entry`, which may be
 * "KEY" or "KEY=value"; NULL: it does not set it. */
const char *environment_value(char *const *environment, const char *entry);
