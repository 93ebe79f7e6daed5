// SPDX-License-Identifier: Apache-2.0
// A frozen table is a userdata that holds the table: rawset, next and setmetatable cannot reach it.
#include "internal.h"

static const char frozen_metatable = 0;

bool lb_thaw(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &frozen_metatable);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same) return false;
    if (lua_getiuservalue(L, index, 1) == LUA_TTABLE) return true;
    lua_pop(L, 1);
    return false;
}

int lb_frozen(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_newuserdatauv(L, 0, 2);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &frozen_metatable);
    lua_setmetatable(L, -2);
    return 1;
}

static void thawed(lua_State *L) {
    if (!lb_thaw(L, 1)) luaL_argerror(L, 1, "read-only table expected");
}

// lua_gettable, since the table may have an __index of its own that explains what is missing.
static int get(lua_State *L) {
    lua_settop(L, 2);
    thawed(L);
    lua_pushvalue(L, 2);
    lua_gettable(L, 3);
    return 1;
}

static int set(lua_State *L) {
    lua_getiuservalue(L, 1, 2);
    const char *name = lua_tostring(L, -1);
    return luaL_error(L, "%s is read-only", name == NULL ? "this table" : name);
}

static int next(lua_State *L) {
    lua_settop(L, 2);
    thawed(L);
    lua_insert(L, 2);
    return lua_next(L, 2) ? 2 : (lua_pushnil(L), 1);
}

static int pairs(lua_State *L) {
    lua_settop(L, 1);
    lua_pushcfunction(L, next);
    lua_insert(L, 1);
    lua_pushnil(L);
    return 3;
}

static int length(lua_State *L) {
    lua_settop(L, 1);
    thawed(L);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

static int text(lua_State *L) {
    if (lua_getiuservalue(L, 1, 2) != LUA_TSTRING) lua_pushliteral(L, "a read-only table");
    return 1;
}

void lb_open_frozen(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"__index", get}, {"__newindex", set}, {"__pairs", pairs}, {"__len", length},
        {"__tostring", text}, {NULL, NULL},
    };
    luaL_newlib(L, methods);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &frozen_metatable);
}
