// SPDX-License-Identifier: Apache-2.0
// Coroutines whose bodies run inside a pcall of ours, so that none ever dies with variables still to be closed:
// lua_resetthread and its two bugs in 5.4.4 are never reached. A wait for the host passes through to the scheduler.
#include "internal.h"

enum { running, suspended, normal, dead };

static int status_of(lua_State *L, lua_State *co) {
    lua_Debug ar;
    if (L == co) return running;
    if (lb_has(co, LB_PARKED | LB_TOP)) return normal;
    switch (lua_status(co)) {
    case LUA_YIELD: return suspended;
    case LUA_OK:
        if (lua_getstack(co, 0, &ar)) return normal;
        return lua_gettop(co) == 0 ? dead : suspended;
    default: return dead;
    }
}

static int finish_body(lua_State *L, int status, lua_KContext context) {
    (void)context;
    lb_state *s = lb_of(L);
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return lb_die(L);
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L);
    lb_set(L, LB_ERROR);
    return 1;
}

static int body(lua_State *L) {
    return finish_body(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, finish_body), 0);
}

static lua_State *push_coroutine(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushcfunction(co, body);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return co;
}

static int create(lua_State *L) {
    push_coroutine(L);
    return 1;
}

// Runs `co` with its `arguments` topmost values; a new one gets its function as well. Returns how many results were moved
// to L, or -1 with an error value on top. Does not return when the coroutine waits for the host: L waits as well, and
// `again` goes on later.
static int step(lua_State *L, lua_State *co, int arguments, lua_KFunction again) {
    lb_state *s = lb_of(L);
    lua_State *outer = s->current;
    bool blocked = s->blocked;
    int results = 0;
    lb_charge(L, 100);
    s->blocked = blocked || !lua_isyieldable(L);
    s->current = co;
    s->reason = LB_YIELD_NONE;
    lb_clear(co, LB_PARKED);
    if (lua_status(co) == LUA_OK) arguments++;
    int status = lua_resume(co, L, arguments, &results);
    s->current = outer;
    s->blocked = blocked;
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return lb_die(L);
    if (status == LUA_YIELD && s->reason == LB_YIELD_HOST) {
        lb_set(co, LB_PARKED);
        return lua_yieldk(L, 0, 0, again);
    }
    bool failed = (status != LUA_OK && status != LUA_YIELD) || lb_has(co, LB_ERROR);
    lb_clear(co, LB_ERROR);
    if (!failed && !lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, failed ? 1 : results);
    return failed ? -1 : results;
}

static bool hand_over(lua_State *L, lua_State *co, int arguments) {
    static const char *const names[] = {"non-suspended", "", "non-suspended", "dead"};
    int status = status_of(L, co);
    if (status != suspended) {
        lua_pushfstring(L, "cannot resume %s coroutine", names[status]);
        return false;
    }
    if (!lua_checkstack(co, arguments + 1)) {
        lua_pushliteral(L, "too many arguments to resume");
        return false;
    }
    lua_xmove(L, co, arguments);
    return true;
}

static int finish_resume(lua_State *L, int results) {
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results < 0 ? -2 : -(results + 1));
    return results < 0 ? 2 : results + 1;
}

static int resume_again(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return finish_resume(L, step(L, lua_tothread(L, 1), 0, resume_again));
}

static lua_State *coroutine_at(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static int resume(lua_State *L) {
    lua_State *co = coroutine_at(L);
    int arguments = lua_gettop(L) - 1;
    if (!hand_over(L, co, arguments)) return finish_resume(L, -1);
    return finish_resume(L, step(L, co, arguments, resume_again));
}

static int finish_wrap(lua_State *L, int results) { return results < 0 ? lua_error(L) : results; }

static int wrap_again(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return finish_wrap(L, step(L, lua_tothread(L, lua_upvalueindex(1)), 0, wrap_again));
}

static int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int arguments = lua_gettop(L);
    if (!hand_over(L, co, arguments)) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
        return lua_error(L);
    }
    return finish_wrap(L, step(L, co, arguments, wrap_again));
}

static int wrap(lua_State *L) {
    push_coroutine(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int finish_yield(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    if (!lb_has(L, LB_CANCEL)) return lua_gettop(L);
    lua_pushnil(L);
    return lua_error(L);
}

static int yield(lua_State *L) {
    if (lb_has(L, LB_TOP)) return luaL_error(L, "attempt to yield from outside a coroutine");
    if (!lua_isyieldable(L)) return luaL_error(L, "attempt to yield across a C-call boundary");
    if (lb_has(L, LB_CANCEL)) return finish_yield(L, 0, 0);
    lb_of(L)->reason = LB_YIELD_SCRIPT;
    return lua_yieldk(L, lua_gettop(L), 0, finish_yield);
}

static int finish_close(lua_State *L, int results) {
    if (results < 0 && !lua_isnil(L, -1)) return finish_resume(L, -1);
    lua_pushboolean(L, 1);
    return 1;
}

static int close_again(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return finish_close(L, step(L, lua_tothread(L, 1), 0, close_again));
}

static int close_coroutine(lua_State *L) {
    lua_State *co = coroutine_at(L);
    lua_settop(L, 1);
    int status = status_of(L, co);
    if (status == running || status == normal)
        return luaL_error(L, "cannot close a %s coroutine", status == running ? "running" : "normal");
    if (status == dead || lua_status(co) == LUA_OK) {
        lua_settop(co, 0);
        lua_pushboolean(L, 1);
        return 1;
    }
    // Its yield raises nil, which closes its variables on the way out.
    lb_set(co, LB_CANCEL);
    return finish_close(L, step(L, co, 0, close_again));
}

static int status(lua_State *L) {
    static const char *const names[] = {"running", "suspended", "normal", "dead"};
    lua_pushstring(L, names[status_of(L, coroutine_at(L))]);
    return 1;
}

static int is_yieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, !lb_has(co, LB_TOP) && lua_isyieldable(co));
    return 1;
}

static int running_coroutine(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, lb_has(L, LB_TOP));
    return 2;
}

void lb_open_coroutine(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"create", create}, {"resume", resume}, {"wrap", wrap}, {"yield", yield}, {"status", status},
        {"close", close_coroutine}, {"isyieldable", is_yieldable}, {"running", running_coroutine}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
}
