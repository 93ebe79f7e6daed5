// SPDX-License-Identifier: Apache-2.0
// string.*: the harmless part of the standard library, the rest with caps, and string.dump not at all.
#include "internal.h"

enum { longest_format = 64 << 10, most_arguments = 256, longest_pack = 4 << 10 };

static int repeat(lua_State *L) {
    size_t size = 0, separator_size = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_size);
    if (count <= 0 || size + separator_size == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((lua_Unsigned)count > LB_STRING / (size + separator_size))
        return luaL_error(L, "resulting string too large");
    size_t total = (size_t)count * size + (size_t)(count - 1) * separator_size;
    lb_charge(L, total / 16 + (uint64_t)count);
    luaL_Buffer b;
    char *to = luaL_buffinitsize(L, &b, total);
    for (lua_Integer index = 0; index < count; index++) {
        memcpy(to, text, size);
        to += size;
        if (separator_size > 0 && index + 1 < count) {
            memcpy(to, separator, separator_size);
            to += separator_size;
        }
    }
    luaL_pushresultsize(&b, total);
    return 1;
}

// Refuses %p, turns what stands at %s into text without addresses, then lets the standard function do the rest.
static int format(lua_State *L) {
    size_t size = 0;
    int top = lua_gettop(L), argument = 1;
    const char *text = luaL_checklstring(L, 1, &size);
    if (size > longest_format || top > most_arguments) return luaL_error(L, "format too long");
    uint64_t work = size;
    for (size_t index = 0; index < size; index++) {
        if (text[index] != '%') continue;
        if (++index < size && text[index] == '%') continue;
        while (index < size && strchr("-+ #0123456789.", text[index]) != NULL && text[index] != 0) index++;
        if (index >= size) break;
        if (++argument > top) break;
        if (text[index] == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
        if (text[index] == 's') {
            lb_push_text(L, argument);
            lua_replace(L, argument);
        }
        if (lua_type(L, argument) == LUA_TSTRING) work += lua_rawlen(L, argument);
        if (work > LB_STRING) return luaL_error(L, "resulting string too large");
    }
    lb_charge(L, work / 4);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int pack(lua_State *L) {
    size_t size = 0, padding = 0, number = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    if (size > longest_pack) return luaL_error(L, "format too long");
    for (size_t index = 0; index < size; index++) {
        bool digit = text[index] >= '0' && text[index] <= '9';
        number = digit ? number * 10 + (size_t)(text[index] - '0') : 0;
        if (number > LB_STRING) return luaL_error(L, "format result too large");
        // A size counts when its last digit is read; padding more than that cannot be asked for.
        if (digit && (index + 1 == size || text[index + 1] < '0' || text[index + 1] > '9')) padding += number;
    }
    if (padding > LB_STRING) return luaL_error(L, "format result too large");
    lb_charge(L, size + padding / 4);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void wrap(lua_State *L, int stock, int to, const char *name, lua_CFunction function) {
    lua_getfield(L, stock, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, to, name);
}

void lb_open_string(lua_State *L) {
    static const char *const charged[] = {"byte", "char", "len", "lower", "upper", "reverse", "sub"};
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);
    int stock = lua_gettop(L), to = stock + 1;
    lua_newtable(L);
    for (size_t index = 0; index < sizeof charged / sizeof *charged; index++) {
        lua_getfield(L, stock, charged[index]);
        bool costs = index == 3 || index == 4 || index == 5;
        if (costs) lua_pushcclosure(L, lb_charged, 1);
        lua_setfield(L, to, charged[index]);
    }
    wrap(L, stock, to, "format", format);
    wrap(L, stock, to, "pack", pack);
    wrap(L, stock, to, "unpack", pack);
    wrap(L, stock, to, "packsize", pack);
    lua_pushcfunction(L, repeat);
    lua_setfield(L, to, "rep");
    lb_open_pattern(L);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, to);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_settop(L, to);
    lua_remove(L, stock);
}
