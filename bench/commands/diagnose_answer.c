#include "diagnose_answer.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnosis_text.h"
#include "fate.h"
#include "findings_text.h"
#include "wrap.h"

int diagnose_answer(const struct diagnose_request *request, const struct diagnosis *plain,
                    const struct attribution *judged, struct diagnosis *diagnoses, size_t count,
                    struct err *err)
{
    const struct verdict *verdict = &judged->verdict;
    struct text_style style;
    struct verdict_vote vote;
    char headline[512];
    char sentence[512];
    char fate[512];
    verdict_vote(verdict, 1, &vote);
    (void)verdict_sentence(&vote, sentence, sizeof sentence);
    const char *answer = count > 0 ? fate_sentence(diagnoses, count, plain,
                                                   verdict->kind == VERDICT_LEAK, fate, sizeof fate)
                                   : NULL;
    (void)snprintf(headline, sizeof headline,
                   "%s on %s, %" PRId64 " cycles without a tool: %s (confidence %s).",
                   request->workload->name, request->row, plain->cycles,
                   verdict_names[verdict->kind], confidence_names[verdict->confidence]);
    text_style_detect(stdout, &style);
    wrap_print(stdout, &style, LOOK_PLAIN, "", 0, headline);
    if (judged->findings.count == 0)
        wrap_print(stdout, &style, LOOK_PLAIN, "", 0, sentence);
    findings_text_print(judged, "cycle", false, &style);
    if (answer)
        wrap_print(stdout, &style, LOOK_BOLD, "", 0, answer);
    if (count > 0) {
        (void)putchar('\n');
        diagnosis_print(diagnoses, count, plain, stdout, &style);
        (void)printf("\nEverything the tools wrote is in\n%s\n", request->folder);
    }
    return diagnosis_save_answer(request,
                                 &(struct diagnosis_answer){.plain = plain,
                                                            .verdict = verdict,
                                                            .sentence = sentence,
                                                            .answer = answer,
                                                            .diagnoses = diagnoses,
                                                            .count = count},
                                 err);
}
