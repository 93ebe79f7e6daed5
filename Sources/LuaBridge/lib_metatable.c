// SPDX-License-Identifier: Apache-2.0
// setmetatable gives a table a copy of the metatable's allowed fields, never the metatable itself. So no __concat,
// __mode or __gc reaches the interpreter, where Debian's 5.4.4 has memory errors behind the first two and where the
// third would run without hooks.
#include "internal.h"

// In every shadow that may be replaced; a metatable without it, such as one of ours, is protected.
static const char replaceable = 0;

static const char *const functions[] = {
    "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor", "__shl",
    "__shr", "__bnot", "__len", "__eq", "__lt", "__le", "__call", "__tostring", "__close", "__pairs",
};
static const char *const refused[] = {"__gc", "__mode", "__concat"};

enum { source = 2, shadow = 3 };

static void copy_function(lua_State *L, const char *name, bool table_allowed) {
    lua_pushstring(L, name);
    int type = lua_rawget(L, source);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    if (type != LUA_TFUNCTION && !(table_allowed && (type == LUA_TTABLE || type == LUA_TUSERDATA)))
        luaL_error(L, "metamethod '%s' must be a function%s", name, table_allowed ? " or a table" : "");
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, shadow);
}

static void copy_name(lua_State *L) {
    lua_pushliteral(L, "__name");
    if (lua_rawget(L, source) == LUA_TSTRING && lua_rawlen(L, -1) <= 64) {
        lua_setfield(L, shadow, "__name");
    } else {
        lua_pop(L, 1);
    }
}

static void copy_protection(lua_State *L) {
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, source) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
        lua_rawsetp(L, shadow, &replaceable);
        lua_pushvalue(L, source);
    }
    lua_setfield(L, shadow, "__metatable");
}

static int set_metatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    lua_settop(L, 2);
    if (lua_getmetatable(L, 1)) {
        if (lua_rawgetp(L, -1, &replaceable) == LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
        lua_pop(L, 2);
    }
    if (lua_isnil(L, 2)) {
        lua_setmetatable(L, 1);
        return 1;
    }
    lb_charge(L, 50);
    for (size_t index = 0; index < sizeof refused / sizeof *refused; index++) {
        lua_pushstring(L, refused[index]);
        if (lua_rawget(L, source) != LUA_TNIL) return luaL_error(L, "metamethod '%s' is not available", refused[index]);
        lua_pop(L, 1);
    }
    lua_createtable(L, 0, 4);
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++)
        copy_function(L, functions[index], false);
    copy_function(L, "__index", true);
    copy_function(L, "__newindex", true);
    copy_name(L);
    copy_protection(L);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

void lb_open_metatable(lua_State *L) {
    lua_pushcfunction(L, set_metatable);
    lua_setfield(L, -2, "setmetatable");
}
