/*
 * stop: SIGINT and SIGTERM as a readable descriptor, so that a program leaves properly.
 */
#pragma once

/* Block both signals and return a descriptor that is readable once one has arrived, for the life of
 * the process; -errno. Call it before any thread exists, so that all threads inherit the mask. */
int stop_fd_open(void);
