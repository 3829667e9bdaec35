#include "recording_facts.h"

#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "grow.h"
#include "host.h"
#include "memory_stream.h"
#include "program_look.h"
#include "text.h"
#include "words.h"

enum { KEPT_LOOKS = 32 };

/* "0-1,4" */
static char *cpus_text(void)
{
    cpu_set_t set;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (size_t first = 0, last = 0; first < CPU_SETSIZE; first = last + 1) {
            last = first;
            if (!CPU_ISSET(first, &set))
                continue;
            while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &set))
                last++;
            (void)fprintf(out, "%s%zu", ftell(out) > 0 ? "," : "", first);
            if (last > first)
                (void)fprintf(out, "-%zu", last);
        }
    return memory_stream_close(&memory);
}

void recording_facts_begin(struct trace_facts *facts, char *const *command)
{
    AUTO(host) struct host host = {.name = NULL};
    struct words words = {.count = 0};
    struct tm utc;
    char text[64];
    time_t now = time(NULL);
    trace_facts_init(facts);
    host_describe(&host);
    facts->kernel = TAKE_PTR(host.kernel);
    facts->cpu_model = TAKE_PTR(host.cpu_model);
    facts->libc = TAKE_PTR(host.libc);
    facts->heapchurn = TAKE_PTR(host.heapchurn);
    facts->cores = host.cores;
    facts->cpus = cpus_text();
    if (gmtime_r(&now, &utc) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        facts->started_utc = text_own(text);
    if (command)
        words_add_all(&words, command);
    facts->command = words.word;
}

static void find_linked(struct trace_image *image)
{
    struct program_look look = {.linked = ""};
    if (!image->program || program_look(image->program, &look, NULL) < 0 || !look.linked[0])
        return;
    image->linked = text_own(look.linked);
    image->libc = text_own(look.libc);
}

/* A shell starts the same few programs again and again. */
void recording_facts_find_linked(struct trace_facts *facts)
{
    for (size_t i = 0; i < facts->image_count; i++) {
        struct trace_image *image = &facts->images[i];
        const struct trace_image *same = NULL;
        for (size_t back = 1; back <= KEPT_LOOKS && back <= i && !same; back++)
            if (image->program && image[-(ptrdiff_t)back].program &&
                strcmp(image->program, image[-(ptrdiff_t)back].program) == 0)
                same = &image[-(ptrdiff_t)back];
        if (!same)
            find_linked(image);
        else if (same->linked) {
            image->linked = text_own(same->linked);
            image->libc = text_own(same->libc);
        }
    }
}

void recording_facts_add_run(struct trace_run **list, size_t *count, const struct trace_run *run)
{
    *list = grow(*list, *count, sizeof **list);
    (*list)[(*count)++] = *run;
}

int64_t recording_facts_file_bytes(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? about.st_size : -1;
}
