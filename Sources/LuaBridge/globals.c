// SPDX-License-Identifier: Apache-2.0
// The globals of a script: a new table filled from a list of what is allowed. Nothing is ever removed from a full one.
#include "internal.h"

#include <math.h>

static const char *const base[] = {
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "rawequal", "rawget", "rawlen", "rawset", "select",
    "tonumber", "type", "_VERSION", NULL,
};
static const char *const maths[] = {
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger",
    "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult", NULL,
};
static const char *const utf8s[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};

// Charges for the length of its first argument, then is the function of the standard library.
int lb_charged(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING) lb_charge(L, lua_rawlen(L, 1) / 4);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void copy(lua_State *L, int from, int to, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_getfield(L, from, *names);
        lua_setfield(L, to, *names);
    }
}

static void charge(lua_State *L, int table, const char *name) {
    lua_getfield(L, table, name);
    lua_pushcclosure(L, lb_charged, 1);
    lua_setfield(L, table, name);
}

static int stock(lua_State *L, lua_CFunction open) {
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    return lua_gettop(L);
}

static int collect_garbage(lua_State *L) {
    if (strcmp(luaL_optstring(L, 1, "collect"), "count") != 0)
        return luaL_error(L, "collectgarbage takes only \"count\" here");
    lua_pushnumber(L, (lua_Number)lb_of(L)->used / 1024);
    return 1;
}

// The stock function without arguments seeds from addresses, and says which.
static int random_seed(lua_State *L) {
    bool anew = lua_isnoneornil(L, 1);
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    if (anew) {
        lua_pushinteger(L, (lua_Integer)lb_of(L)->seed);
        lua_pushinteger(L, 1);
    } else {
        lua_Number first = luaL_checknumber(L, 1);
        if (lua_isinteger(L, 1)) lua_pushvalue(L, 1);
        else lua_pushnumber(L, first);
        lua_pushinteger(L, luaL_optinteger(L, 2, 0));
    }
    lua_call(L, 2, 0);
    return 0;
}

static void open_math(lua_State *L, int globals) {
    int from = stock(L, luaopen_math);
    lua_newtable(L);
    copy(L, from, from + 1, maths);
    lua_getfield(L, from, "randomseed");
    lua_pushvalue(L, -1);
    lua_pushinteger(L, (lua_Integer)lb_of(L)->seed);
    lua_pushinteger(L, 0);
    lua_call(L, 2, 0);
    lua_pushcclosure(L, random_seed, 1);
    lua_setfield(L, from + 1, "randomseed");
    lua_setfield(L, globals, "math");
    lua_settop(L, globals);
}

static void open_utf8(lua_State *L, int globals) {
    int from = stock(L, luaopen_utf8);
    lua_newtable(L);
    copy(L, from, from + 1, utf8s);
    charge(L, from + 1, "len");
    charge(L, from + 1, "codepoint");
    charge(L, from + 1, "offset");
    lua_setfield(L, globals, "utf8");
    lua_settop(L, globals);
}

static int clock_used(lua_State *L) {
    lb_state *s = lb_of(L);
    lua_pushnumber(L, (lua_Number)(s->total + lb_cpu_now() - s->slice_start) / 1e9);
    return 1;
}

static int difference(lua_State *L) {
    lua_pushnumber(L, luaL_checknumber(L, 1) - luaL_checknumber(L, 2));
    return 1;
}

static int traceback(lua_State *L) {
    char text[4096];
    lua_State *of = L;
    if (lua_isthread(L, 1)) {
        of = lua_tothread(L, 1);
        lua_remove(L, 1);
    }
    if (!lua_isnoneornil(L, 1) && !lua_isstring(L, 1)) {
        lua_settop(L, 1);
        return 1;
    }
    lb_check(L);
    lb_trace(of, (int)luaL_optinteger(L, 2, of == L) & 255, text, sizeof text);
    if (lua_isnoneornil(L, 1)) lua_pushliteral(L, "stack traceback:\n");
    else lua_pushfstring(L, "%s\nstack traceback:\n", lua_tostring(L, 1));
    lua_pushstring(L, text);
    lua_concat(L, 2);
    return 1;
}

static void open_small(lua_State *L, int globals) {
    static const luaL_Reg os[] = {{"clock", clock_used}, {"difftime", difference}, {NULL, NULL}};
    static const luaL_Reg debug[] = {{"traceback", traceback}, {NULL, NULL}};
    luaL_newlib(L, os);
    lua_setfield(L, globals, "os");
    luaL_newlib(L, debug);
    lua_setfield(L, globals, "debug");
    lua_pushcfunction(L, collect_garbage);
    lua_setfield(L, globals, "collectgarbage");
}

void lb_open_globals(lua_State *L) {
    int from = stock(L, luaopen_base);
    lua_newtable(L);
    int globals = lua_gettop(L);
    copy(L, from, globals, base);
    charge(L, globals, "tonumber");
    lua_pushvalue(L, globals);
    lua_setfield(L, globals, "_G");
    lua_pushvalue(L, globals);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    open_math(L, globals);
    open_utf8(L, globals);
    open_small(L, globals);
    lb_open_output(L);
    lb_open_protect(L);
    lb_open_metatable(L);
    lb_open_load(L);
    lb_open_coroutine(L);
    lua_setfield(L, globals, "coroutine");
    lb_open_string(L);
    lua_setfield(L, globals, "string");
    lb_open_table(L);
    lua_setfield(L, globals, "table");
    lua_settop(L, from - 1);
}
