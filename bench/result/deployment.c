#include "deployment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "memory_stream.h"
#include "row_words.h"

const char *const deployment_titles[DEPLOYMENT_WAYS] = {
    [DEPLOY_SHELL] = "By hand",
    [DEPLOY_SYSTEMD] = "systemd (systemctl edit UNIT)",
    [DEPLOY_DOCKER] = "Dockerfile (an image of glibc, as Debian's)",
    [DEPLOY_LINK] = "Linked, in place of the preload",
    [DEPLOY_VERIFY] = "To see that it took effect",
};

enum place { PLACE_SHELL, PLACE_SYSTEMD, PLACE_DOCKER };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The allocator that the program of the workload is linked against; NULL: none. */
static const char *linked(const struct result_row *row)
{
    return row->valid > 0 ? record_primary(row->records[0])->linked : NULL;
}

/* "libjemalloc.so.2" is jemalloc's. */
const char *deployment_incumbent(const struct result_workload *workload, char *out, size_t size)
{
    static const char prefix[] = "lib";
    const char *library = NULL;
    for (size_t i = 0; i < workload->row_count && !library; i++)
        library = linked(&workload->rows[i]);
    if (!library)
        return RECOMMEND_INCUMBENT;
    library += strncmp(library, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    (void)snprintf(out, size, "%.*s", (int)strcspn(library, "."), library);
    return out;
}

/* Is the row's allocator the one that the program is linked against, and its library as well? */
static bool is_linked(const struct result_row *row)
{
    const char *library = linked(row);
    const char *preload = row->row->preload;
    return library && preload && !row->row->library && strcmp(base_name(preload), library) == 0;
}

/* What libc is called by its loader, for programs that are linked against another allocator. */
static const char *libc_of(const struct result_row *row)
{
    const char *told = record_primary(row->records[0])->libc;
    return told ? told : "libc.so.6";
}

static const char *preload_of(const struct result_row *row)
{
    if (is_linked(row))
        return NULL;
    return row->row->preload ? row->row->preload : linked(row) ? libc_of(row) : NULL;
}

static bool without_huge_pages(const struct result_row *row)
{
    return row->row->huge_pages == HUGE_PAGES_OFF;
}

bool deployment_needed(const struct result_workload *workload, size_t row)
{
    const struct result_row *of = &workload->rows[row];
    bool is_library = of->row->link && of->row->link[0] == '-';
    return preload_of(of) || (*of->row->environment && (!is_library || is_linked(of))) ||
           without_huge_pages(of);
}

static const char *program_of(const struct result_workload *workload)
{
    const struct workload *spec = workload->workload;
    return workload_is_own(spec) && spec_command_given(spec->program.command)
               ? base_name(spec->program.command[0])
               : "PROGRAM";
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("_-./:,=+@", *text))
            return false;
    return true;
}

/* KEY=value as the place takes it. */
static void put_setting(FILE *out, const char *setting, enum place place)
{
    const char *equals = strchr(setting, '=');
    size_t key = equals ? (size_t)(equals - setting) + 1 : 0;
    bool plain = is_plain(setting + key);
    bool whole = place == PLACE_SYSTEMD && !plain; /* systemd quotes the key as well */
    if (whole)
        (void)fputc('"', out);
    (void)fprintf(out, "%.*s", (int)key, setting);
    if (!plain && !whole)
        (void)fputc(place == PLACE_SHELL ? '\'' : '"', out);
    for (const char *letter = setting + key; *letter; letter++) {
        if (place == PLACE_SHELL && *letter == '\'')
            (void)fputs("'\\''", out);
        else if (place == PLACE_SYSTEMD && *letter == '%')
            (void)fputs("%%", out);
        else if (place != PLACE_SHELL && strchr(place == PLACE_DOCKER ? "\"\\$" : "\"\\", *letter))
            (void)fprintf(out, "\\%c", *letter);
        else
            (void)fputc(*letter, out);
    }
    if (!plain)
        (void)fputc(place == PLACE_SHELL ? '\'' : '"', out);
}

/* All that the row sets, with `between` between two. `preload`: the library's path or name. */
static void put_settings(FILE *out, const struct result_row *row, const char *preload,
                         enum place place, const char *between)
{
    const char *separator = "";
    if (preload) {
        char *setting = NULL;
        if (asprintf(&setting, "LD_PRELOAD=%s", preload) < 0)
            abort();
        put_setting(out, setting, place);
        free(setting);
        separator = between;
    }
    for (char **word = row->row->environment; *word; word++) {
        (void)fputs(separator, out);
        put_setting(out, *word, place);
        separator = between;
    }
}

static bool sets_anything(const struct result_row *row)
{
    return preload_of(row) || *row->row->environment;
}

static const char *package_of(const struct result_row *row)
{
    if (!row->row->preload || row->row->library || is_linked(row))
        return NULL;
    return row->row->preload_package ? row->row->preload_package : row->row->package;
}

/* No program of util-linux turns huge pages off for the one that it starts. perl is on every
 * Debian; the number of the call is that of this machine's architecture. */
static char *turn_off(void)
{
    char *text = NULL;
    if (asprintf(&text, "syscall(%d, %d, 1, 0, 0, 0) == 0 or die; exec @ARGV", SYS_prctl,
                 PR_SET_THP_DISABLE) < 0)
        abort();
    return text;
}

static void put_shell(FILE *out, const struct result_workload *workload,
                      const struct result_row *row)
{
    AUTO_FREE char *off = turn_off();
    if (package_of(row))
        (void)fprintf(out, "apt install %s\n", package_of(row));
    put_settings(out, row, preload_of(row), PLACE_SHELL, " ");
    if (sets_anything(row))
        (void)fputc(' ', out);
    if (without_huge_pages(row))
        (void)fprintf(out, "perl -e '%s' ", off);
    (void)fprintf(out, "%s …\n", program_of(workload));
}

static void put_systemd(FILE *out, const struct result_workload *workload,
                        const struct result_row *row)
{
    AUTO_FREE char *off = turn_off();
    (void)fputs("[Service]\n", out);
    if (sets_anything(row)) {
        (void)fputs("Environment=", out);
        put_settings(out, row, preload_of(row), PLACE_SYSTEMD, "\nEnvironment=");
        (void)fputc('\n', out);
    }
    if (without_huge_pages(row))
        (void)fprintf(
            out,
            "MemoryTHP=disable\n"
            "# systemd before 260 ignores that; there, in place of the unit's ExecStart:\n"
            "#ExecStart=\n#ExecStart=/usr/bin/perl -e '%s' /PATH/%s …\n",
            off, program_of(workload));
}

static void put_docker(FILE *out, const struct result_workload *workload,
                       const struct result_row *row)
{
    const char *preload = preload_of(row);
    if (package_of(row))
        (void)fprintf(out,
                      "RUN apt-get update && apt-get install -y --no-install-recommends %s \\\n"
                      "    && rm -rf /var/lib/apt/lists/*\n",
                      package_of(row));
    if (row->row->library && preload) {
        (void)fprintf(out, "COPY %s /usr/local/lib/\nENV ", base_name(preload));
        AUTO_FREE char *there = NULL;
        if (asprintf(&there, "/usr/local/lib/%s", base_name(preload)) < 0)
            abort();
        put_settings(out, row, there, PLACE_DOCKER, " \\\n    ");
        (void)fputc('\n', out);
    } else if (sets_anything(row)) {
        (void)fputs("ENV ", out);
        put_settings(out, row, preload ? base_name(preload) : NULL, PLACE_DOCKER, " \\\n    ");
        (void)fputc('\n', out);
    }
    AUTO_FREE char *off = turn_off();
    if (without_huge_pages(row))
        (void)fprintf(out, "ENTRYPOINT [\"perl\", \"-e\", \"%s\", \"%s\"]\n", off,
                      program_of(workload));
}

/* Of a library, that it is mapped and serves; of variables, that they are there. */
static void put_verify(FILE *out, const struct result_workload *workload,
                       const struct result_row *row)
{
    const char *shows = row->row->preload ? row->row->shows_itself : NULL;
    const char *preload = preload_of(row);
    const char *set = preload ? "LD_PRELOAD" : *row->row->environment;
    if (preload && row->row->preload)
        (void)fprintf(out, "grep -m1 %s /proc/$(pidof -s %s)/maps   # no line: it is not loaded\n",
                      base_name(preload), program_of(workload));
    else if (set)
        (void)fprintf(out, "tr '\\0' '\\n' </proc/$(pidof -s %s)/environ | grep '^%.*s='\n",
                      program_of(workload), (int)strcspn(set, "="), set);
    if (without_huge_pages(row))
        (void)fprintf(out,
                      "grep THP_enabled /proc/$(pidof -s %s)/status   # 0: it gets no huge "
                      "pages\n",
                      program_of(workload));
    if (!shows)
        return;
    size_t key = strcspn(shows, "=") + 1;
    (void)fprintf(out, "%.*s", (int)key, shows);
    for (char **word = row->row->environment; *word; word++)
        if (strncmp(*word, shows, key) == 0)
            (void)fprintf(out, "%s,", *word + key);
    (void)fprintf(out, "%s   # set besides: it prints %s\n", shows + key,
                  row->row->shows_itself_when ? row->row->shows_itself_when : "");
}

static void put(FILE *out, const struct result_workload *workload, const struct result_row *row,
                enum deployment_way way)
{
    switch (way) {
    case DEPLOY_SHELL:
        put_shell(out, workload, row);
        break;
    case DEPLOY_SYSTEMD:
        put_systemd(out, workload, row);
        break;
    case DEPLOY_DOCKER:
        put_docker(out, workload, row);
        break;
    case DEPLOY_LINK:
        (void)fprintf(out, "%s\n%s", row->row->link,
                      without_huge_pages(row)
                          ? "prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); // first in main()\n"
                          : "");
        break;
    case DEPLOY_VERIFY:
    case DEPLOYMENT_WAYS:
        put_verify(out, workload, row);
        break;
    }
}

char *deployment_text(const struct result_workload *workload, size_t row, enum deployment_way way)
{
    const struct result_row *of = &workload->rows[row];
    bool links = of->row->link && of->row->link[0] == '-';
    if (!deployment_needed(workload, row) || (way == DEPLOY_LINK && !links))
        return NULL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    put(out, workload, of, way);
    return memory_stream_close(&memory);
}

char *deployment_brief(const struct result_workload *workload, size_t row)
{
    const struct result_row *of = &workload->rows[row];
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    if (package_of(of))
        (void)fprintf(out, "apt install %s, then ", package_of(of));
    put_settings(out, of, preload_of(of), PLACE_SHELL, " ");
    if (sets_anything(of))
        (void)fputs(" before the command", out);
    if (linked(of) && !of->row->preload)
        (void)fprintf(out, ", since it is linked against %s", linked(of));
    return memory_stream_close(&memory);
}
