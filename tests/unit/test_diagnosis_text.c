/* Which of several tools is believed about the calls: the one that names them, then the one that
 * counts more blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diagnosis_text.h"
#include "roles.h"

static const struct tool tools[] = {{.name = "first"}, {.name = "second"}};

static void add_pass(struct diagnosis *out, size_t tool, int64_t blocks, const char *function)
{
    *out = (struct diagnosis){.tool = &tools[tool], .cycles = 10};
    roles_add(&out->record);
    if (blocks == 0)
        return;
    stacks_begin(&out->stacks, MOMENT_LOST, (struct amount){.bytes = 640, .blocks = blocks});
    stacks_frame(&out->stacks, &(struct frame){.function = function, .address = 1});
    sites_build(&out->stacks, &out->sites);
}

static const struct {
    int64_t blocks[2];
    const char *function[2]; /* NULL: the tool does not name it */
    const char *believed;    /* NULL: none */
} rows[] = {
    {{5, 6}, {"lose", "lose"}, "second"}, {{6, 5}, {"lose", "lose"}, "first"},
    {{5, 5}, {"lose", "lose"}, "first"},  {{5, 6}, {"lose", NULL}, "first"},
    {{6, 5}, {NULL, "lose"}, "second"},   {{5, 6}, {NULL, NULL}, "second"},
    {{0, 6}, {"lose", "lose"}, "second"}, {{5, 0}, {"lose", "lose"}, "first"},
    {{0, 0}, {"lose", "lose"}, NULL},
};

static void test_most_telling(void **state)
{
    (void)state;
    static const char before[] = "Left when the program had ended, by ";
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct diagnosis *passes = calloc(3, sizeof *passes);
        AUTO_FREE char *text = NULL;
        size_t size = 0;
        assert_non_null(passes);
        for (size_t tool = 0; tool < 2; tool++)
            add_pass(&passes[tool], tool, rows[i].blocks[tool], rows[i].function[tool]);
        add_pass(&passes[2], 0, 0, NULL);
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        diagnosis_print(passes, 2, &passes[2], out, &text_style_plain);
        assert_int_equal(fclose(out), 0);
        print_message("row %zu\n", i);
        const char *said = strstr(text, before);
        assert_int_equal(said != NULL, rows[i].believed != NULL);
        if (said) {
            said += sizeof before - 1;
            size_t length = strlen(rows[i].believed);
            assert_memory_equal(said, rows[i].believed, length);
            assert_int_equal(said[length], ':');
            assert_null(strstr(said, before)); /* one answer */
        }
        for (size_t pass = 0; pass < 3; pass++)
            diagnosis_release(&passes[pass]);
        free(passes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_most_telling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
