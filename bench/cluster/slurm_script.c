#include "slurm_script.h"

#include <string.h>

/* As one word of a shell. */
static void put_word(FILE *out, const char *text)
{
    (void)fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*text, out);
    (void)fputc('\'', out);
}

static void put_cell(FILE *out, const struct slurm_script *script)
{
    put_word(out, script->heapchurn);
    (void)fputs(" cell ", out);
    if (script->copy_back)
        (void)fputs("\"$work\"", out);
    else
        put_word(out, script->dir);
    (void)fputs(" $cells", out);
    if (script->programs) {
        (void)fputs(" --programs ", out);
        put_word(out, script->programs);
    }
}

/* The plan goes there with the script, and a signal goes on to the cell, which says so. */
static void put_far(FILE *out, const struct slurm_script *script)
{
    (void)fprintf(out,
                  "work=$(mktemp -d) && mkdir \"$work/cells\" || exit 3\n"
                  "trap 'rm -rf \"$work\"' EXIT\n"
                  "cat >\"$work/run.json\" <<'END-OF-RUN'\n%s\nEND-OF-RUN\n",
                  script->run_json);
    put_cell(out, script);
    (void)fputs(" &\npid=$!\ntrap 'kill -TERM $pid' TERM\n"
                "status=0\nwait $pid || status=$?\n"
                "while kill -0 $pid 2>/dev/null; do wait $pid || status=$?; done\n"
                "export CELLS=\"$work/cells\" RUN=",
                out);
    put_word(out, script->dir);
    (void)fputs("\nsh -c ", out);
    put_word(out, script->copy_back);
    (void)fputs(" || exit\nexit $status\n", out);
}

void slurm_script_write(const struct slurm_script *script, const char *lines, FILE *out)
{
    (void)fprintf(
        out,
        "#!/bin/sh\n"
        "# Cells of a run of heapchurn; a task of the array has a line of this list.\n"
        "cells=$(sed -n \"${SLURM_ARRAY_TASK_ID}p\" <<'END-OF-CELLS'\n%sEND-OF-CELLS\n)\n",
        lines);
    if (script->copy_back) {
        put_far(out, script);
        return;
    }
    (void)fputs("exec ", out);
    put_cell(out, script);
    (void)fputc('\n', out);
}
