// SPDX-License-Identifier: Apache-2.0
// table.* over the real length: a false __len makes the standard library loop for years without one VM instruction.
#include "internal.h"

static lua_Integer length(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) luaL_error(L, "a table with '__len' is not supported here");
    return (lua_Integer)lua_rawlen(L, 1);
}

static void range(lua_State *L, lua_Unsigned count) {
    if (count > LB_RANGE) luaL_error(L, "a range of more than %d elements", LB_RANGE);
    lb_charge(L, count * 2);
}

static int insert(lua_State *L) {
    lua_Integer end = length(L) + 1, position = end;
    int arguments = lua_gettop(L);
    if (arguments == 3) {
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        range(L, (lua_Unsigned)(end - position));
        for (lua_Integer index = end; index > position; index--) {
            lua_geti(L, 1, index - 1);
            lua_seti(L, 1, index);
        }
    } else if (arguments != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, position);
    return 0;
}

static int take_out(lua_State *L) {
    lua_Integer size = length(L), position = luaL_optinteger(L, 2, size);
    if (!lua_isnoneornil(L, 2))
        luaL_argcheck(L, (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    lua_geti(L, 1, position);
    if (position < size) range(L, (lua_Unsigned)(size - position));
    for (; position < size; position++) {
        lua_geti(L, 1, position + 1);
        lua_seti(L, 1, position);
    }
    lua_pushnil(L);
    lua_seti(L, 1, position);
    return 1;
}

static int concat(lua_State *L) {
    lua_Integer last = length(L);
    size_t separator_size = 0;
    const char *separator = luaL_optlstring(L, 2, "", &separator_size);
    lua_Integer first = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    lua_settop(L, 2);
    if (first > last) {
        lua_pushliteral(L, "");
        return 1;
    }
    range(L, (lua_Unsigned)last - (lua_Unsigned)first);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (lua_Integer index = first;; index++) {
        size_t count = 0;
        lua_geti(L, 1, index);
        const char *text = lua_tolstring(L, -1, &count);
        if (text == NULL)
            return luaL_error(L, "invalid value (a %s) at index %I in table for 'concat'", luaL_typename(L, -1),
                (LUAI_UACINT)index);
        if (luaL_bufflen(&b) + count + separator_size > LB_STRING) return luaL_error(L, "resulting string too large");
        luaL_addvalue(&b);
        if (index == last) break;
        luaL_addlstring(&b, separator, separator_size);
    }
    lb_charge(L, luaL_bufflen(&b) / 16);
    luaL_pushresult(&b);
    return 1;
}

static int unpack(lua_State *L) {
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? length(L) : luaL_checkinteger(L, 3);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
    if (count >= 1000000 || !lua_checkstack(L, (int)count + 1)) return luaL_error(L, "too many results to unpack");
    range(L, count);
    for (lua_Unsigned index = 0; index <= count; index++) lua_geti(L, 1, (lua_Integer)((lua_Unsigned)first + index));
    return (int)count + 1;
}

static int move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        range(L, (lua_Unsigned)count);
        bool upwards = to > last || to <= first || (target != 1 && !lua_rawequal(L, 1, target));
        for (lua_Integer index = 0; index < count; index++) {
            lua_Integer offset = upwards ? index : count - 1 - index;
            lua_geti(L, 1, first + offset);
            lua_seti(L, target, to + offset);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

// The comparator of every sort: it charges, which covers C functions and plain `<` as well.
static int compare(lua_State *L) {
    size_t size = lua_type(L, 1) == LUA_TSTRING ? lua_rawlen(L, 1) : 0;
    lb_charge(L, 10 + size / 8);
    lua_settop(L, 2);
    if (lua_isnil(L, lua_upvalueindex(1))) {
        lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    } else {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        lb_require_known(L, -1);
    }
    return 1;
}

static int sort(lua_State *L) {
    range(L, (lua_Unsigned)length(L));
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_pushcclosure(L, compare, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 0);
    return 0;
}

static int pack(lua_State *L) {
    int count = lua_gettop(L);
    lb_charge(L, (uint64_t)count * 2);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    for (int index = count; index >= 1; index--) lua_seti(L, 1, index);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

void lb_open_table(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", insert}, {"remove", take_out}, {"concat", concat}, {"unpack", unpack},
        {"move", move}, {"pack", pack}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_pushcfunction(L, luaopen_table);
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "sort");
    lua_pushcclosure(L, sort, 1);
    lua_setfield(L, -3, "sort");
    lua_pop(L, 1);
}
