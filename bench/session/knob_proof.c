#include "knob_proof.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "cleanup.h"
#include "clock.h"
#include "command_output.h"
#include "text.h"

enum { VALUE_MAX = 160 };

static const int64_t loader_ns = 5LL * CLOCK_NS_PER_S;

/* What the role said of an option; NULL: nothing. */
static const char *option_of(const struct record *record, const char *name)
{
    const struct record_role *role = record_primary(record);
    for (size_t i = 0; i < role->option_count; i++)
        if (strcmp(role->options[i].name, name) == 0)
            return role->options[i].value;
    return NULL;
}

/* "1" and "0x1" are the same. */
static bool same_value(const char *a, const char *b)
{
    char *end_a = NULL, *end_b = NULL;
    long long number_a = strtoll(a, &end_a, 0), number_b = strtoll(b, &end_b, 0);
    bool numbers = end_a != a && end_b != b && !*end_a && !*end_b;
    return numbers ? number_a == number_b : strcmp(a, b) == 0;
}

/* The loader of this program, which is that of all that are linked with this machine's libc. */
static const char *loader(void)
{
    Dl_info info;
    const void *at = (const void *)getauxval(AT_BASE);
    return at && dladdr(at, &info) && info.dli_fname ? info.dli_fname : NULL;
}

/* "glibc.malloc.arena_max: 0x1 (min: …": the value; false where it is not listed. */
static bool listed(const char *text, const char *name, char *out, size_t size)
{
    const size_t length = strlen(name);
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0 || line[length] != ':')
            continue;
        const char *value = line + length + 1 + strspn(line + length + 1, " ");
        (void)snprintf(out, size, "%.*s", (int)strcspn(value, " \n"), value);
        return true;
    }
    return false;
}

/* The tunable as the loader has it with this entry in the environment ("A=": without it). */
static bool ask_loader(const char *entry, const char *name, char *out, size_t size)
{
    const char *path = loader();
    const char *const argv[] = {"env", entry, path, "--list-tunables", NULL};
    AUTO_FREE char *text = NULL;
    return path && command_output(argv, NULL, clock_now_ns() + loader_ns, -1, &text, NULL) == 0 &&
           listed(text, name, out, size);
}

static void prove_by_loader(const struct allocator_knob *knob, const char *value, char *trouble,
                            size_t trouble_size, char *proof, size_t proof_size)
{
    char entry[256], with[VALUE_MAX], without[VALUE_MAX];
    (void)snprintf(entry, sizeof entry, "%s=%s%s", knob->variable, knob->entry, value);
    if (!ask_loader("GLIBC_TUNABLES=", knob->option, without, sizeof without))
        (void)snprintf(trouble, trouble_size, "the dynamic loader of this machine lists no %s",
                       knob->option);
    else if (!ask_loader(entry, knob->option, with, sizeof with) || !same_value(with, value))
        (void)snprintf(trouble, trouble_size,
                       "did not take effect: the dynamic loader has %s at %s, not %s", knob->option,
                       with, value);
    else if (strcmp(with, without) == 0)
        (void)snprintf(proof, proof_size, "cannot be read back: the loader shows %s without it too",
                       without);
}

static void prove_by_option(const struct allocator_knob *knob, const char *value,
                            const struct record *record, char *trouble, size_t trouble_size,
                            char *proof, size_t proof_size)
{
    const char *read = option_of(record, knob->option);
    if (!read)
        (void)snprintf(proof, proof_size, "cannot be read back: nobody told %s", knob->option);
    else if (strstr(read, "no option of this version"))
        (void)snprintf(trouble, trouble_size,
                       "did not take effect: %s is no option of this version", knob->option);
    else if (strchr(read, '('))
        (void)snprintf(proof, proof_size, "cannot be read back: only what was asked for is told");
    else if (!same_value(read, value))
        (void)snprintf(trouble, trouble_size, "did not take effect: %s reads back as %s, not %s",
                       knob->option, read, value);
}

void knob_prove(void *context, const struct tune_setting *setting, const struct record *record,
                char *out_trouble, size_t trouble_size, char *out_proof, size_t proof_size)
{
    (void)context;
    for (size_t i = 0; i < setting->count && !*out_trouble; i++) {
        const struct allocator_knob *knob = setting->choice[i].knob;
        const char *value = setting->choice[i].value;
        switch (knob->proof) {
        case KNOB_BY_OPTION:
            prove_by_option(knob, value, record, out_trouble, trouble_size, out_proof, proof_size);
            break;
        case KNOB_BY_LOADER:
            prove_by_loader(knob, value, out_trouble, trouble_size, out_proof, proof_size);
            break;
        case KNOB_UNPROVED:
            (void)snprintf(out_proof, proof_size, "cannot be read back: %s", knob->unproved);
            break;
        }
    }
}
