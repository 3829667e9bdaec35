#include "findings_text.h"

#include <stdio.h>

#include "wrap.h"

void findings_text_print(const struct attribution *attribution, const char *axis, bool next,
                         const struct text_style *style)
{
    enum { INDENT = 2, SENTENCE_MAX = 640 };
    char sentence[SENTENCE_MAX];
    char paragraph[2 * SENTENCE_MAX];
    for (size_t i = 0; i < attribution->findings.count; i++) {
        const struct finding *finding = &attribution->findings.list[i];
        const char *then = next ? finding_next(finding) : NULL;
        (void)finding_sentence(finding, axis, sentence, sizeof sentence);
        (void)snprintf(paragraph, sizeof paragraph, "%s: %s%s%s", finding_names[finding->kind],
                       sentence, then ? ". Next: " : "", then ? then : "");
        wrap_print(stdout, style, LOOK_PLAIN, "", INDENT, paragraph);
    }
    for (size_t i = 0; i < attribution->remark_count; i++) {
        (void)remark_sentence(&attribution->remarks[i], sentence, sizeof sentence);
        wrap_print(stdout, style, LOOK_PLAIN, "", INDENT, sentence);
    }
}
