/* knob_proof.c: what was read back of a setting, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "knob_proof.h"
#include "text.h"

static const struct allocator_knob told = {
    .name = "delay", .proof = KNOB_BY_OPTION, .option = "opt.delay"};
static const struct allocator_knob untold = {
    .name = "delay", .proof = KNOB_UNPROVED, .unproved = "nobody <knows>"};

static void test_what_was_read_back(void **state)
{
    (void)state;
    static const struct {
        const struct allocator_knob *knob;
        const char *value, *read; /* NULL: it is not among the options */
        const char *trouble, *proof;
    } cases[] = {
        {&told, "10", "10", "", ""},
        {&told, "131072", "0x20000", "", ""},
        {&told, "-1", "-1", "", ""},
        {&told, "true", "true", "", ""},
        {&told, "true", "false", "did not take effect: opt.delay reads back as false, not true",
         ""},
        {&told, "10", "100", "did not take effect: opt.delay reads back as 100, not 10", ""},
        {&told, "10", "10 (asked for; no option of this version)",
         "did not take effect: opt.delay is no option of this version", ""},
        {&told, "10", "10 (asked for; not verified)", "",
         "cannot be read back: only what was asked for is told"},
        {&told, "10", NULL, "", "cannot be read back: nobody told opt.delay"},
        {&untold, "10", "100", "", "cannot be read back: nobody <knows>"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(record) struct record record;
        char trouble[TUNE_TROUBLE_MAX] = "", proof[TUNE_PROOF_MAX] = "";
        struct tune_setting setting = {.count = 1, .choice[0].knob = cases[i].knob};
        (void)text_copy(setting.choice[0].value, TUNE_VALUE_MAX, cases[i].value);
        record_init(&record);
        struct record_role *role = record_add_role(&record, "peer", true);
        role->options = calloc(1, sizeof *role->options);
        role->option_count = cases[i].read != NULL;
        if (cases[i].read)
            role->options[0] = (struct record_pair){strdup("opt.delay"), strdup(cases[i].read)};
        knob_prove(NULL, &setting, &record, trouble, sizeof trouble, proof, sizeof proof);
        assert_string_equal(trouble, cases[i].trouble);
        assert_string_equal(proof, cases[i].proof);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_was_read_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
