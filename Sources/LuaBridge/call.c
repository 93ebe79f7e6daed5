// SPDX-License-Identifier: Apache-2.0
// A call to the host. Only C stands between the script and the yield or the error.
#include "internal.h"

#include <stdio.h>

static int finish(lua_State *L, int status, lua_KContext id) {
    (void)status;
    lb_state *s = lb_of(L);
    if (s->end != LB_NONE) return lb_die(L);
    lua_settop(L, 0);
    bool failed = s->answer_kind == 0x04;
    if (!lb_push_json(L, s->answer.bytes, s->answer.count) || (failed && !lua_istable(L, -1))) {
        lua_settop(L, 0);
        lb_raise(L, "server", "the host answered with something that is no JSON");
    }
    lb_charge(L, s->answer.count / 8);
    lb_empty(&s->answer);
    if (!failed) return 1;
    lb_push_error(L, (uint32_t)id);
    return lua_error(L);
}

static void pack_call(lua_State *L, lb_buffer *b) {
    char where[160];
    int count = lua_gettop(L);
    lb_empty(b);
    lb_put_tag(b, 6);
    lb_put_u32(b, (uint32_t)count + 1);
    lb_pack(L, 1, b);
    lb_where(L, where, sizeof where);
    if (where[0] == 0) lb_put_tag(b, 0);
    else lb_put_text(b, 5, where, strlen(where));
    for (int index = 2; index <= count; index++) lb_pack(L, index, b);
}

static void refuse_excess(lua_State *L, lb_state *s) {
    char message[128];
    if (s->packed.overflow || s->packed.count > s->limits.frame) {
        snprintf(message, sizeof message, "the arguments of the call take more than %llu %s (limit frame)",
            lb_amount(s->limits.frame), lb_unit(s->limits.frame));
    } else if (s->packed.deep) {
        snprintf(message, sizeof message, "the arguments of the call are nested deeper than %d tables (limit depth)",
            s->limits.depth);
    } else {
        return;
    }
    lb_empty(&s->packed);
    lb_raise(L, "limit", message);
}

int lb_call(lua_State *L) {
    lb_state *s = lb_of(L);
    luaL_checkstring(L, 1);
    lb_charge(L, 100);
    pack_call(L, &s->packed);
    refuse_excess(L, s);
    lb_charge(L, s->packed.count / 8);
    uint32_t id = ++s->next_id;
    lb_flush(s);
    s->host.send(s->host.context, 0x82, id, s->packed.bytes, s->packed.count);
    lb_empty(&s->packed);
    // What a cancelled block still asks for is given up at once; the host says so in its own words.
    if (s->strand_count > 0 && s->strands[s->strand].cancelled)
        s->host.send(s->host.context, 0x86, id, (const uint8_t *)"", 0);
    if (lua_isyieldable(L) && !s->blocked) {
        s->waiting = id;
        s->reason = LB_YIELD_HOST;
        return lua_yieldk(L, 0, (lua_KContext)id, finish);
    }
    // A sort comparator, a gsub function or the like cannot be parked: wait here.
    lb_clock_stop(s);
    if (s->host.wait(s->host.context, id) != 0 && s->end == LB_NONE) s->end = LB_INTERRUPT;
    lb_clock_start(s);
    return finish(L, LUA_OK, (lua_KContext)id);
}

void lb_answer(lb_state *s, uint8_t kind, const uint8_t *bytes, size_t count) {
    lb_empty(&s->answer);
    s->answer_kind = kind;
    lb_put(&s->answer, bytes, count);
}
