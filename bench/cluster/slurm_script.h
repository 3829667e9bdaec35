/*
 * slurm_script: what a task of an array does on its node.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct slurm_script {
    const char *dir;       /* of the run, absolute */
    const char *heapchurn; /* this program, absolute */
    const char *programs;  /* of trials; NULL: beside it */
    /* NULL: nodes see `dir`. Else they do not: the cells are measured in a folder of the node, and
     * this command of a shell brings them back. It finds them in $CELLS, and has the run's folder,
     * as it is called here, in $RUN. */
    const char *copy_back;
    const char *run_json; /* the text of run.json, which goes along then */
};

/* Task N carries out the cells of line N of `lines`, "6 7\n8 9\n". */
void slurm_script_write(const struct slurm_script *script, const char *lines, FILE *out);
