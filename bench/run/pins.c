#include "pins.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pins_listed(const char *list, int cpu)
{
    for (const char *at = list; *at;) {
        char *end = NULL;
        long first = strtol(at, &end, 10);
        if (end == at)
            return false;
        long last = first;
        if (*end == '-') {
            at = end + 1;
            last = strtol(at, &end, 10);
            if (end == at)
                return false;
        }
        if (cpu >= first && cpu <= last)
            return true;
        at = *end == ',' ? end + 1 : "";
    }
    return false;
}

bool pins_share_core(int cpu, int other)
{
    char path[96];
    char list[256] = "";
    (void)snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
                   cpu);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    return cpu == other || (file && fgets(list, sizeof list, file) && pins_listed(list, other));
}

struct trial_pins pins_among(const int *allowed, size_t count,
                             bool (*shares_core)(void *context, int cpu, int other), void *context)
{
    if (count < 2)
        return (struct trial_pins){.subject_cpu = -1, .driver_cpu = -1};
    struct trial_pins pins = {.driver_cpu = allowed[0], .subject_cpu = allowed[count - 1]};
    for (size_t i = count - 1; i > 0; i--)
        if (!shares_core(context, pins.driver_cpu, allowed[i])) {
            pins.subject_cpu = allowed[i];
            break;
        }
    for (size_t i = count > 2 ? 1 : 0; i < count; i++)
        CPU_SET((unsigned)allowed[i], &pins.threads);
    return pins;
}

static bool kernel_says(void *context, int cpu, int other)
{
    (void)context;
    return pins_share_core(cpu, other);
}

struct trial_pins pins_choose(char *out_text, size_t size)
{
    cpu_set_t set;
    int allowed[CPU_SETSIZE];
    size_t count = 0;
    CPU_ZERO(&set);
    (void)sched_getaffinity(0, sizeof set, &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET((unsigned)cpu, &set))
            allowed[count++] = cpu;
    struct trial_pins pins = pins_among(allowed, count, kernel_says, NULL);
    if (pins.driver_cpu < 0)
        (void)snprintf(out_text, size, "not pinned: only one core may be used");
    else
        (void)snprintf(out_text, size, "subjects on CPU %d, driver and load on CPU %d%s",
                       pins.subject_cpu, pins.driver_cpu,
                       pins_share_core(pins.driver_cpu, pins.subject_cpu)
                           ? ", which are two threads of one core and slow each other down"
                           : "");
    return pins;
}

const cpu_set_t *pins_for_threads(const struct trial_pins *pins, bool measured)
{
    bool shared = pins->driver_cpu >= 0 && CPU_ISSET((unsigned)pins->driver_cpu, &pins->threads);
    return CPU_COUNT(&pins->threads) > 0 && (measured || shared) ? &pins->threads : NULL;
}

int pins_several(const struct trial_pins *pins, int wanted, cpu_set_t *out)
{
    cpu_set_t all = pins->threads, several;
    int count = 0;
    if (pins->driver_cpu < 0)
        return 0;
    CPU_SET((unsigned)pins->driver_cpu, &all);
    CPU_ZERO(&several);
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && count < wanted; cpu--)
        if (CPU_ISSET((unsigned)cpu, &all)) {
            CPU_SET((unsigned)cpu, &several);
            count++;
        }
    *out = several;
    return count;
}

void pinned_begin(const struct trial_pins *pins, struct pinned *out)
{
    cpu_set_t set;
    _Static_assert(sizeof out->before >= sizeof set, "room for what was allowed");
    *out = (struct pinned){.pins = *pins};
    if (pins->driver_cpu < 0)
        return;
    (void)sched_getaffinity(0, sizeof set, &set);
    (void)memcpy(out->before, &set, sizeof set);
    CPU_ZERO(&set);
    CPU_SET((unsigned)pins->driver_cpu, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

void pinned_release(struct pinned *pinned)
{
    cpu_set_t set;
    if (pinned->pins.driver_cpu < 0)
        return;
    (void)memcpy(&set, pinned->before, sizeof set);
    (void)sched_setaffinity(0, sizeof set, &set);
    pinned->pins.driver_cpu = -1;
}
