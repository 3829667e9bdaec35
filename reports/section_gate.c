#include <stdbool.h>
#include <string.h>

#include "json_build.h"
#include "markdown.h"
#include "memory_stream.h"
#include "sections.h"
#include "wrap.h"

enum { LINE_MAX = 2048, MARK_WIDTH = 10 };

static const enum text_look looks[] = {
    [GATE_PASS] = LOOK_GREEN,
    [GATE_WARN] = LOOK_YELLOW,
    [GATE_UNDECIDED] = LOOK_YELLOW,
    [GATE_FAIL] = LOOK_RED,
};

/* "The gate fails (21 checks: 1 failed, 0 undecided, 2 warnings)." */
static const char *verdict_of(const struct gate_report *gate, char *out, size_t size)
{
    static const char *const words[] = {
        [GATE_PASS] = "passes",
        [GATE_WARN] = "passes",
        [GATE_UNDECIDED] = "is undecided, which is no pass",
        [GATE_FAIL] = "fails",
    };
    (void)snprintf(out, size, "The gate %s (%zu checks: %zu failed, %zu undecided, %zu warnings).",
                   words[gate->status], gate->count, gate_count(gate, GATE_FAIL),
                   gate_count(gate, GATE_UNDECIDED), gate_count(gate, GATE_WARN));
    return out;
}

/* "no leak" of "web: no leak". */
static const char *check_of(const struct gate_line *line)
{
    size_t length = line->subject ? strlen(line->subject) : 0;
    bool named = length && strncmp(line->name, line->subject, length) == 0 &&
                 strncmp(line->name + length, ": ", 2) == 0;
    return named ? line->name + length + 2 : line->name;
}

static bool alike(const struct gate_line *a, const struct gate_line *b)
{
    return a->status == b->status && a->row && b->row && strcmp(a->workload, b->workload) == 0 &&
           strcmp(check_of(a), check_of(b)) == 0 && strcmp(a->message, b->message) == 0;
}

static bool said_before(const struct gate_report *gate, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (alike(&gate->lines[i], &gate->lines[index]))
            return true;
    return false;
}

/* The check in words; of which other rows and subjects the same was found. */
static char *sentence_of(const struct gate_report *gate, size_t index)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    const struct gate_line *line = &gate->lines[index];
    const char *before = ". Likewise ";
    (void)fprintf(out, "%s%s%s, %s: %s", line->workload, line->row ? ", " : "",
                  line->row ? line->row : "", line->name, line->message);
    for (size_t i = index + 1; i < gate->count; i++) {
        const struct gate_line *other = &gate->lines[i];
        if (!alike(line, other))
            continue;
        (void)fprintf(out, "%s%s%s%s", before, other->row, other->subject ? ", " : "",
                      other->subject ? other->subject : "");
        before = "; ";
    }
    return memory_stream_close(&memory);
}

void section_gate_terminal(const struct gate_report *gate, FILE *out,
                           const struct text_style *style)
{
    char text[LINE_MAX];
    for (size_t i = 0; i < gate->count; i++) {
        const struct gate_line *line = &gate->lines[i];
        char mark[MARK_WIDTH + 1];
        if (said_before(gate, i))
            continue;
        (void)snprintf(mark, sizeof mark, "%s", gate_status_names[line->status]);
        AUTO_FREE char *sentence = sentence_of(gate, i);
        wrap_print(out, style, looks[line->status], mark, MARK_WIDTH, sentence);
    }
    (void)fputc('\n', out);
    wrap_print(out, style, LOOK_BOLD, "", 0, verdict_of(gate, text, sizeof text));
}

void section_gate_markdown(const struct gate_report *gate, FILE *out)
{
    char text[LINE_MAX];
    (void)fputs("**", out);
    markdown_text(out, verdict_of(gate, text, sizeof text));
    (void)fputs("**\n\n| | workload | row | check | found |\n|---|---|---|---|---|\n", out);
    for (int status = GATE_FAIL; status >= GATE_PASS; status--) {
        for (size_t i = 0; i < gate->count; i++) {
            const struct gate_line *line = &gate->lines[i];
            if (line->status != (enum gate_status)status)
                continue;
            (void)fprintf(out, "| %s | ", gate_status_names[status]);
            markdown_text(out, line->workload);
            (void)fputs(" | ", out);
            markdown_text(out, line->row ? line->row : "");
            (void)fputs(" | ", out);
            markdown_text(out, line->name);
            (void)fputs(" | ", out);
            markdown_text(out, line->message);
            (void)fputs(" |\n", out);
        }
    }
    (void)fputc('\n', out);
}

json_t *section_gate_json(const struct gate_report *gate)
{
    json_t *json = json_build(json_object());
    json_t *checks = json_build(json_array());
    for (size_t i = 0; i < gate->count; i++) {
        const struct gate_line *line = &gate->lines[i];
        json_t *check = json_build(json_object());
        json_build_put(check, "kind", json_build_text(gate_kind_names[line->kind]));
        json_build_put(check, "status", json_build_text(gate_status_names[line->status]));
        json_build_put(check, "workload", json_build_text(line->workload));
        json_build_put(check, "row", json_build_text(line->row));
        json_build_put(check, "name", json_build_text(line->name));
        json_build_put(check, "message", json_build_text(line->message));
        json_build_put(check, "line",
                       line->file_line > 0 ? json_integer(line->file_line) : json_null());
        json_build_push(checks, check);
    }
    json_build_put(json, "status", json_build_text(gate_status_names[gate->status]));
    json_build_put(json, "ceilings", json_build_text(gate->ceilings_path));
    json_build_put(json, "checks", checks);
    return json;
}
