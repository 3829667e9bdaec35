/*
 * conclusion: what all rows together say, which no single one can.
 *
 * Every row did the same work. So if live grows on every row that can tell, the application holds
 * the memory, and changing the allocator will not help; if live is flat where it can be told, what
 * RSS does elsewhere is the allocator's, also on a row that has no live counter itself; and if the
 * rows disagree about live, one of the libraries is to be looked at, not the application. Where
 * live tells no trend, levels may still tell (levels.h).
 *
 * Live "at the same rate": allocators count blocks at the size they hand out, so that one loss of
 * 64 B reads 64 to 96 B. Rates within CONCLUSION_SAME_RATE of each other, or within
 * CONCLUSION_BLOCK_BYTES per cycle, are one rate.
 */
#pragma once

struct result_workload;

#define CONCLUSION_SAME_RATE   1.5
#define CONCLUSION_BLOCK_BYTES 32

/* A short paragraph about the primary subject; NULL where nothing was measured. The caller frees.
 */
char *conclusion_text(const struct result_workload *workload);
