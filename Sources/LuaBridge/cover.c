// SPDX-License-Identifier: Apache-2.0
// Which lines of a script's files can run, and how often each did; kept for tests only, outside of Lua's memory.
// Lua tells the lines of a function only through the function, and one that is never made is what a test wants to know of:
// so they are read out of what lua_dump writes, which never leaves this file.
#include "internal.h"

#include <stdlib.h>

enum { most_files = 64, most_lines = 1 << 17, absolute = -128, deepest = 220 };

typedef struct file {
    char name[160];
    // Nothing where the line cannot run, else one more than the times that it did.
    uint32_t *counts;
    int lines;
} file;

struct lb_cover {
    file files[most_files];
    int count, last;
    lb_buffer dump, packed;
};

typedef struct dump {
    const uint8_t *bytes;
    size_t left;
    bool broken;
} dump;

static const uint8_t *take(dump *d, size_t count) {
    if (count > d->left) d->broken = true;
    if (d->broken) return NULL;
    const uint8_t *start = d->bytes;
    d->bytes += count;
    d->left -= count;
    return start;
}

static size_t number(dump *d) {
    size_t result = 0;
    for (;;) {
        const uint8_t *byte = take(d, 1);
        if (byte == NULL || result > SIZE_MAX >> 8) return d->broken = true, 0;
        result = result << 7 | (*byte & 0x7f);
        if (*byte & 0x80) return result;
    }
}

static void text(dump *d) {
    size_t size = number(d);
    if (size > 0) take(d, size - 1);
}

static void constants(dump *d) {
    for (size_t left = number(d); left > 0 && !d->broken; left--) {
        const uint8_t *tag = take(d, 1);
        if (tag == NULL) return;
        if (*tag == 0x03 || *tag == 0x13) take(d, 8);
        else if (*tag == 0x04 || *tag == 0x14) text(d);
    }
}

static void can_run(file *f, long line) {
    if (line < 1 || line > most_lines) return;
    if (line > f->lines) {
        int lines = (int)line + 256;
        uint32_t *counts = realloc(f->counts, (size_t)lines * sizeof *counts);
        if (counts == NULL) return;
        memset(counts + f->lines, 0, (size_t)(lines - f->lines) * sizeof *counts);
        f->counts = counts;
        f->lines = lines;
    }
    if (f->counts[line - 1] == 0) f->counts[line - 1] = 1;
}

static void lines(dump *d, file *f, long line, bool is_vararg) {
    size_t count = number(d);
    const uint8_t *steps = take(d, count);
    size_t marks = number(d);
    size_t mark = SIZE_MAX;
    long mark_line = 0;
    for (size_t index = 0; index < count && !d->broken; index++) {
        int step = (int8_t)steps[index];
        if (step == absolute) {
            while ((mark == SIZE_MAX || mark < index) && marks > 0 && !d->broken) {
                mark = number(d);
                mark_line = (long)number(d);
                marks--;
            }
            line = mark_line;
        } else {
            line += step;
        }
        // A vararg function begins with an instruction that no hook sees.
        if (index > 0 || !is_vararg) can_run(f, line);
    }
    for (; marks > 0 && !d->broken; marks--) number(d), number(d);
}

static void function(dump *d, file *f, int depth) {
    if (depth > deepest) d->broken = true;
    text(d);
    long first = (long)number(d);
    number(d);
    const uint8_t *head = take(d, 3);
    bool is_vararg = head != NULL && head[1] != 0;
    size_t code = number(d);
    take(d, code > SIZE_MAX / 4 ? SIZE_MAX : code * 4);
    constants(d);
    size_t upvalues = number(d);
    take(d, upvalues > SIZE_MAX / 3 ? SIZE_MAX : upvalues * 3);
    for (size_t left = number(d); left > 0 && !d->broken; left--) function(d, f, depth + 1);
    lines(d, f, first, is_vararg);
    for (size_t left = number(d); left > 0 && !d->broken; left--) text(d), number(d), number(d);
    for (size_t left = number(d); left > 0 && !d->broken; left--) text(d);
}

static int keep(lua_State *L, const void *bytes, size_t count, void *buffer) {
    (void)L;
    lb_put(buffer, bytes, count);
    return ((lb_buffer *)buffer)->overflow;
}

static file *file_named(lb_state *s, const char *source, bool is_new) {
    struct lb_cover *c = s->cover;
    if (*source != '@') return NULL;
    if (c->last < c->count && strcmp(c->files[c->last].name, source + 1) == 0) return &c->files[c->last];
    for (int index = 0; index < c->count; index++)
        if (strcmp(c->files[index].name, source + 1) == 0) return c->last = index, &c->files[index];
    if (!is_new || c->count == most_files || strlen(source) > sizeof c->files[0].name) return NULL;
    file *f = &c->files[c->last = c->count++];
    strcpy(f->name, source + 1);
    return f;
}

void lb_cover_chunk(lua_State *L, const char *name) {
    lb_state *s = lb_of(L);
    if (s->cover == NULL || name == NULL || strncmp(name, "@pvelua/", 8) == 0) return;
    file *f = file_named(s, name, true);
    if (f == NULL) return;
    // The header, and how many upvalues the chunk has.
    enum { header = 4 + 1 + 1 + 6 + 3 + 8 + 8, before = header + 1 };
    lb_empty(&s->cover->dump);
    if (lua_dump(L, keep, &s->cover->dump, 0) != 0 || s->cover->dump.count < before) return;
    dump d = {s->cover->dump.bytes + before, s->cover->dump.count - before, false};
    function(&d, f, 0);
    lb_empty(&s->cover->dump);
}

void lb_cover_line(lua_State *L, lua_Debug *ar) {
    lb_state *s = lb_of(L);
    if (s->cover == NULL || !lua_getinfo(L, "S", ar)) return;
    file *f = file_named(s, ar->source, false);
    if (f == NULL || ar->currentline < 1 || ar->currentline > f->lines) return;
    uint32_t *count = &f->counts[ar->currentline - 1];
    if (*count > 0 && *count < UINT32_MAX) ++*count;
}

int lb_cover(lb_state *s) {
    s->cover = calloc(1, sizeof *s->cover);
    return s->cover != NULL;
}

static void put_integer(lb_buffer *b, lua_Integer number) {
    lb_put_tag(b, 3);
    lb_put(b, &number, 8);
}

const uint8_t *lb_covered(lb_state *s, size_t *count) {
    struct lb_cover *c = s->cover;
    if (c == NULL) return NULL;
    lb_buffer *b = &c->packed;
    lb_empty(b);
    lb_put_tag(b, 7);
    lb_put_u32(b, (uint32_t)c->count);
    for (int index = 0; index < c->count; index++) {
        file *f = &c->files[index];
        uint32_t active = 0;
        for (int line = 0; line < f->lines; line++) active += f->counts[line] > 0;
        lb_put_key(b, f->name);
        lb_put_tag(b, 6);
        lb_put_u32(b, active * 2);
        for (int line = 0; line < f->lines; line++) {
            if (f->counts[line] == 0) continue;
            put_integer(b, line + 1);
            put_integer(b, f->counts[line] - 1);
            f->counts[line] = 1;
        }
    }
    *count = b->count;
    return b->overflow ? NULL : b->bytes;
}

void lb_cover_free(lb_state *s) {
    if (s->cover == NULL) return;
    for (int index = 0; index < s->cover->count; index++) free(s->cover->files[index].counts);
    free(s->cover->dump.bytes);
    free(s->cover->packed.bytes);
    free(s->cover);
}
