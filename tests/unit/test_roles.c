/*
 * Runs that measured one role, or three beside one that only helped, or nothing so far, go through
 * to every format; and what is recorded of a role is explained where people read it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter.h"
#include "record_fields.h"
#include "rendered.h"
#include "synthetic_run.h"

/* Every role of every record is replaced by these, with the numbers of the first one. */
struct cast {
    const char *what;
    const char *names[5];
    size_t measured;
};

static const struct cast casts[] = {
    {"one role", {"web"}, 1},
    {"one role and its load", {"web", "load"}, 1},
    {"four roles", {"web", "cache", "queue", "load"}, 3},
};

static void recast(struct record *record, const struct cast *cast)
{
    struct record out;
    record_init(&out);
    for (size_t i = 0; cast->names[i]; i++) {
        struct record_role *role = record_add_role(&out, cast->names[i], i < cast->measured);
        if (i < cast->measured)
            (void)memcpy(role->snapshot, record->roles[0].snapshot, sizeof role->snapshot);
    }
    for (size_t i = 0; i < record->sample_count; i++) {
        struct record_sample sample = record->samples[i];
        for (size_t role = 0; sample.role == 0 && role < cast->measured; role++) {
            struct record_sample copy = sample;
            copy.role = role;
            record_add_sample(&out, &copy);
        }
    }
    struct record_role *roles = record->roles;
    struct record_sample *samples = record->samples;
    size_t count = record->role_count;
    record->roles = out.roles;
    record->role_count = out.role_count;
    record->samples = out.samples;
    record->sample_count = out.sample_count;
    out.roles = roles;
    out.role_count = count;
    out.samples = samples;
    record_release(&out);
}

static void render_all(const struct stored_run *stored, const struct cast *cast)
{
    for (size_t i = 0; exporters[i]; i++) {
        AUTO_FREE char *text = rendered_text(exporters[i]->name, stored, &text_style_plain);
        assert_non_null(text);
        if (strstr(text, "peer") && !strstr(text, "peer life") && !strstr(text, "8 peers"))
            fail_msg("%s, %s: names a role that it has not", cast->what, exporters[i]->name);
    }
    AUTO_FREE char *text = rendered_text("terminal", stored, &text_style_plain);
    assert_non_null(strstr(text, "\nweb, MiB"));
    AUTO_FREE char *page = rendered_text("html", stored, &text_style_plain);
    for (size_t i = 0; cast->names[i]; i++) {
        char heading[64];
        (void)snprintf(heading, sizeof heading, "The %s: ", cast->names[i]);
        assert_int_equal(strstr(page, heading) != NULL, i < cast->measured);
    }
}

static void any_number_of_roles_is_reported(void **state)
{
    const struct cast *cast = *state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    synthetic_run_build(
        &(struct synthetic_run){.workloads = synthetic_discovery, .workload_count = 1, .blocks = 3},
        &stored);
    free(stored.run.workloads[0].question);
    stored.run.workloads[0].question = NULL;
    for (size_t i = 0; i < stored.record_count; i++)
        recast(&stored.records[i], cast);
    render_all(&stored, cast);
}

/* Interrupted before the first trial: nobody knows of any role. */
static void no_role_is_reported(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    synthetic_run_build(
        &(struct synthetic_run){.workloads = synthetic_discovery, .workload_count = 1, .blocks = 1},
        &stored);
    for (size_t i = 0; i < stored.record_count; i++)
        record_release(&stored.records[i]);
    stored.record_count = 0;
    for (size_t i = 0; exporters[i]; i++) {
        AUTO_FREE char *text = rendered_text(exporters[i]->name, &stored, &text_style_plain);
        assert_non_null(text);
    }
}

static void print_fields(const struct field *fields, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "| `%s` | %s |\n", fields[i].name, fields[i].sentence);
}

static void is_explained(const char *schema, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char line[512];
        assert_non_null(fields[i].sentence);
        (void)snprintf(line, sizeof line, "\n| `%s` | %s |\n", fields[i].name, fields[i].sentence);
        if (!strstr(schema, line))
            fail_msg("reports/SCHEMA.md lacks %s", line);
    }
}

static void recorded_fields_are_explained(void **state)
{
    (void)state;
    AUTO_FREE char *schema = rendered_file(TEST_SOURCE_DIR "/reports/SCHEMA.md");
    assert_non_null(schema);
    is_explained(schema, record_sample_fields, record_sample_field_count);
    is_explained(schema, record_snapshot_fields, record_snapshot_field_count);
    is_explained(schema, record_process_fields, record_process_field_count);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        print_fields(record_sample_fields, record_sample_field_count, stdout);
        (void)puts("");
        print_fields(record_snapshot_fields, record_snapshot_field_count, stdout);
        (void)puts("");
        print_fields(record_process_fields, record_process_field_count, stdout);
        return 0;
    }
    struct CMUnitTest tests[2 + ARRAY_LENGTH(casts)] = {
        cmocka_unit_test(no_role_is_reported),
        cmocka_unit_test(recorded_fields_are_explained),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(casts); i++)
        tests[2 + i] = (struct CMUnitTest){.name = casts[i].what,
                                           .test_func = any_number_of_roles_is_reported,
                                           .initial_state = (void *)(uintptr_t)&casts[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
