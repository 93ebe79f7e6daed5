// SPDX-License-Identifier: Apache-2.0
#include "internal.h"

#include <stdlib.h>

// A live set just under the limit makes every allocation a full collection; so many of them end the chunk.
enum { most_refusals = 64, look_after = 1 << 20 };

static void *refuse(lb_state *s) {
    // Out of memory no message handler runs, so this is the moment to see where the script stands.
    if (s->current != NULL && s->end == LB_NONE) {
        lb_where(s->current, s->where, sizeof s->where);
        lb_trace(s->current, 0, s->trace, sizeof s->trace);
    }
    if (++s->refusals > most_refusals) lb_out_of_memory(s);
    return NULL;
}

void *lb_allocate(void *state, void *pointer, size_t old_size, size_t new_size) {
    lb_state *s = state;
    // For a new object Lua passes its type in place of the old size.
    size_t held = pointer == NULL ? 0 : old_size;
    if (new_size == 0) {
        free(pointer);
        s->used -= held;
        return NULL;
    }
    if (new_size > held && !s->unlimited) {
        size_t grow = new_size - held;
        bool too_long = pointer == NULL && old_size == LUA_TSTRING && new_size > LB_STRING + 64;
        s->too_long = too_long;
        if (too_long || s->used > s->limits.memory || grow > s->limits.memory - s->used) return refuse(s);
        s->fresh += grow;
        if (s->fresh > look_after) {
            // One instruction can copy megabytes, so look at the clock after the next one.
            s->fresh = 0;
            s->work += LB_LOOK;
            if (s->current != NULL) lua_sethook(s->current, lb_hook, LUA_MASKCOUNT, 1);
        }
    }
    void *result = realloc(pointer, new_size);
    // Lua relies on shrinking never to fail.
    if (result == NULL) return new_size <= held ? pointer : refuse(s);
    s->used += new_size;
    s->used -= held;
    return result;
}
