// SPDX-License-Identifier: Apache-2.0
// pcall and xpcall that catch errors and nothing else: neither a limit, nor the end of a coroutine being closed.
#include "internal.h"

static int finish(lua_State *L, int status, lua_KContext below) {
    lb_state *s = lb_of(L);
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return lb_die(L);
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)below;
    if (lb_has(L, LB_CANCEL) && lua_isnil(L, -1)) return lua_error(L);
    lb_charge(L, 100);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish), 0);
}

// Runs the script's handler, unless what comes by is no error of the script.
static int handler(lua_State *L) {
    lb_state *s = lb_of(L);
    if (s->end != LB_NONE || (lb_has(L, LB_CANCEL) && lua_isnil(L, 1))) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int protected_call_handled(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handler, 1);
    lua_replace(L, 2);
    // handler, true, function, arguments…
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_replace(L, 1);
    lua_remove(L, 2);
    lua_rotate(L, 2, 2);
    return finish(L, lua_pcallk(L, lua_gettop(L) - 3, LUA_MULTRET, 1, 1, finish), 1);
}

void lb_open_protect(lua_State *L) {
    static const luaL_Reg functions[] = {{"pcall", protected_call}, {"xpcall", protected_call_handled}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
