#include "flame.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "saturate.h"
#include "svg.h"
#include "units.h"

enum { WIDTH = 960, ROW = 18, LETTER = 7, LEAST_WIDTH = 5 };

static size_t add_frame(struct flame *flame, const char *name, size_t length)
{
    struct flame_frame *frames =
        reallocarray(flame->frames, flame->count + 1, sizeof *flame->frames);
    char *own = strndup(name, length);
    if (!frames || !own)
        abort();
    flame->frames = frames;
    frames[flame->count] = (struct flame_frame){.name = own};
    return flame->count++;
}

static bool is_named(const struct flame_frame *frame, const char *name, size_t length)
{
    return strlen(frame->name) == length && strncmp(frame->name, name, length) == 0;
}

/* The frame of this name below `parent`, made if missing. */
static size_t frame_below(struct flame *flame, size_t parent, const char *name, size_t length)
{
    for (size_t at = flame->frames[parent].child; at; at = flame->frames[at].next)
        if (is_named(&flame->frames[at], name, length))
            return at;
    size_t made = add_frame(flame, name, length);
    flame->frames[made].next = flame->frames[parent].child;
    flame->frames[parent].child = made;
    return made;
}

/* jeprof adds "<address>" to names. */
static size_t name_length(const char *name, size_t length)
{
    size_t open = length > 17 ? length - 18 : 0;
    bool address = length > 18 && name[open] == '<' && name[length - 1] == '>' &&
                   strspn(name + open + 1, "0123456789abcdef") == 16;
    return address ? open : length;
}

static void add_stack(struct flame *flame, char *line)
{
    char *space = strrchr(line, ' ');
    char *end = NULL;
    if (!space || space == line)
        return;
    errno = 0;
    long long bytes = strtoll(space + 1, &end, 10);
    if (errno || end == space + 1 || (*end && *end != '\n') || bytes <= 0)
        return;
    *space = '\0';
    size_t at = 0;
    flame->frames[0].bytes = saturate_add(flame->frames[0].bytes, bytes);
    for (const char *name = line; name;) {
        size_t length = strcspn(name, ";");
        size_t own = name_length(name, length);
        if (at == 0 || !is_named(&flame->frames[at], name, own)) {
            at = frame_below(flame, at, name, own);
            flame->frames[at].bytes = saturate_add(flame->frames[at].bytes, bytes);
        }
        name = name[length] ? name + length + 1 : NULL;
    }
}

void flame_read(FILE *in, struct flame *out)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    *out = (struct flame){.count = 0};
    (void)add_frame(out, "all", 3);
    while (getline(&line, &size, in) > 0)
        add_stack(out, line);
}

void flame_release(struct flame *flame)
{
    for (size_t i = 0; i < flame->count; i++)
        free(flame->frames[i].name);
    free(flame->frames);
    *flame = (struct flame){.count = 0};
}

/* Where a frame is drawn. */
struct place {
    double x, width;
    int depth;
};

static int depth_of(const struct flame *flame, size_t at, double width, int depth)
{
    int deepest = depth;
    double scale = width / (double)flame->frames[at].bytes;
    for (size_t i = flame->frames[at].child; i && depth + 1 < FLAME_DEPTH_MAX;
         i = flame->frames[i].next) {
        double below = scale * (double)flame->frames[i].bytes;
        int reached = below < LEAST_WIDTH ? depth : depth_of(flame, i, below, depth + 1);
        deepest = reached > deepest ? reached : deepest;
    }
    return deepest;
}

static void put_frame(FILE *out, const struct flame *flame, size_t at, const struct place *place)
{
    static const char *const colours[] = {"#f6c177", "#f0a868", "#f4d58d", "#eeb98a"};
    const struct flame_frame *frame = &flame->frames[at];
    char bytes[48];
    unsigned int hash = 0;
    for (const char *letter = frame->name; *letter; letter++)
        hash = hash * 31 + (unsigned char)*letter;
    int y = place->depth * ROW;
    (void)fputs("<g><title>", out);
    svg_put_text(out, frame->name);
    (void)fprintf(out,
                  ": %s, %.1f %%</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
                  "fill=\"%s\"/>",
                  units_format_bytes((double)frame->bytes, bytes, sizeof bytes),
                  100 * (double)frame->bytes / (double)flame->frames[0].bytes, place->x, y,
                  place->width > 1 ? place->width - 0.5 : place->width, ROW - 1, colours[hash % 4]);
    int letters = (int)(place->width / LETTER) - 1;
    if (letters >= 3) {
        bool cut = strlen(frame->name) > (size_t)letters;
        AUTO_FREE char *shown = strndup(frame->name, (size_t)letters - cut);
        (void)fprintf(out, "<text x=\"%.1f\" y=\"%d\" fill=\"#14181c\">", place->x + 3,
                      y + ROW - 5);
        svg_put_text(out, shown ? shown : "");
        (void)fputs(cut ? "…</text>" : "</text>", out);
    }
    (void)fputs("</g>\n", out);
}

static void put_tree(FILE *out, const struct flame *flame, size_t at, const struct place *place)
{
    put_frame(out, flame, at, place);
    double scale = place->width / (double)flame->frames[at].bytes;
    struct place below = {.x = place->x, .depth = place->depth + 1};
    for (size_t i = flame->frames[at].child; i && below.depth < FLAME_DEPTH_MAX;
         i = flame->frames[i].next) {
        below.width = scale * (double)flame->frames[i].bytes;
        if (below.width >= LEAST_WIDTH)
            put_tree(out, flame, i, &below);
        below.x += below.width;
    }
}

void flame_write(FILE *out, const char *title, const struct flame *flame)
{
    if (flame->count == 0 || flame->frames[0].bytes == 0)
        return;
    int height = (depth_of(flame, 0, WIDTH, 0) + 1) * ROW;
    (void)fprintf(out,
                  "<svg class=\"flame\" xmlns=\"http://www.w3.org/2000/svg\" "
                  "viewBox=\"0 0 %d %d\" role=\"img\" font-size=\"11\" "
                  "font-family=\"ui-monospace,monospace\" aria-label=\"",
                  WIDTH, height);
    svg_put_text(out, title);
    (void)fputs("\">\n", out);
    put_tree(out, flame, 0, &(struct place){.width = WIDTH});
    (void)fputs("</svg>\n", out);
}
