// SPDX-License-Identifier: Apache-2.0
// Where a script stands, told without an allocation: script frames only, nothing of the prelude or of C.
#include "internal.h"

#include <stdio.h>

static bool script_frame(lua_State *L, int level, lua_Debug *ar, const char *what) {
    return lua_getinfo(L, what, ar) && ar->currentline > 0 && strcmp(ar->source, LB_PRELUDE) != 0;
}

void lb_where(lua_State *L, char *out, size_t size) {
    lua_Debug ar;
    out[0] = 0;
    for (int level = 0; level < 1000 && lua_getstack(L, level, &ar); level++) {
        if (!script_frame(L, level, &ar, "Sl")) continue;
        snprintf(out, size, "%s:%d", ar.short_src, ar.currentline);
        return;
    }
}

int lb_here(lua_State *L) {
    char where[160];
    lb_where(L, where, sizeof where);
    lua_pushstring(L, where);
    return 1;
}

static int describe(const lua_Debug *ar, char *out, size_t size) {
    if (strcmp(ar->what, "main") == 0)
        return snprintf(out, size, "%s:%d: in the main chunk\n", ar->short_src, ar->currentline);
    if (ar->name == NULL)
        return snprintf(
            out, size, "%s:%d: in the function of line %d\n", ar->short_src, ar->currentline, ar->linedefined);
    return snprintf(out, size, "%s:%d: in %.12s '%.60s'\n", ar->short_src, ar->currentline,
        *ar->namewhat == 0 ? "function" : ar->namewhat, ar->name);
}

void lb_trace(lua_State *L, int level, char *out, size_t size) {
    lua_Debug ar;
    size_t used = 0;
    out[0] = 0;
    // A deep recursion has its beginning in the innermost frames; more of it would say the same again.
    for (int shown = 0; shown < 20 && level < 1000 && lua_getstack(L, level, &ar); level++) {
        if (!script_frame(L, level, &ar, "Slnt")) continue;
        int written = describe(&ar, out + used, size - used);
        if (written < 0 || (size_t)written >= size - used) break;
        used += (size_t)written;
        shown++;
    }
    if (used > 0) used--;
    out[used] = 0;
}

static size_t prefix(const char *source, const char *message, size_t count) {
    size_t length = strlen(source);
    if (length + 4 > count || strncmp(message, source, length) != 0 || message[length] != ':') return 0;
    size_t at = length + 1;
    while (at < count && message[at] >= '0' && message[at] <= '9') at++;
    if (at == length + 1 || at + 1 >= count || message[at] != ':' || message[at + 1] != ' ') return 0;
    return at;
}

size_t lb_position(lua_State *L, const char *message, size_t count) {
    lua_Debug ar;
    for (int level = 0; level < 200 && lua_getstack(L, level, &ar); level++) {
        if (!script_frame(L, level, &ar, "Sl")) continue;
        size_t length = prefix(ar.short_src, message, count);
        if (length > 0) return length;
    }
    return 0;
}

size_t lb_chunk_position(const char *name, const char *message, size_t count) {
    return *name == '@' || *name == '=' ? prefix(name + 1, message, count) : 0;
}
