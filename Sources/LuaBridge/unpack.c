// SPDX-License-Identifier: Apache-2.0
// Packed bytes from the host to Lua values. The Swift side has decoded the bytes once already, so they are well formed;
// they are checked all the same. A nil element becomes `pve.null`, since a list with a hole has no certain length.
#include "internal.h"

typedef struct cursor {
    const uint8_t *bytes;
    size_t left;
} cursor;

static const uint8_t *take(lua_State *L, cursor *c, size_t count) {
    if (count > c->left) luaL_error(L, "a packed value cut short");
    const uint8_t *start = c->bytes;
    c->bytes += count;
    c->left -= count;
    return start;
}

static size_t take_count(lua_State *L, cursor *c) {
    const uint8_t *b = take(L, c, 4);
    return (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

static void take_text(lua_State *L, cursor *c) {
    size_t count = take_count(L, c);
    lua_pushlstring(L, (const char *)take(L, c, count), count);
}

static void push(lua_State *L, cursor *c, int depth) {
    luaL_checkstack(L, 4, "a packed value nested too deep");
    if (depth > 64) luaL_error(L, "a packed value nested too deep");
    uint8_t tag = *take(L, c, 1);
    switch (tag) {
    case 0: lua_pushnil(L); break;
    case 1:
    case 2: lua_pushboolean(L, tag == 2); break;
    case 3: {
        lua_Integer number;
        memcpy(&number, take(L, c, 8), 8);
        lua_pushinteger(L, number);
        break;
    }
    case 4: {
        lua_Number number;
        memcpy(&number, take(L, c, 8), 8);
        lua_pushnumber(L, number);
        break;
    }
    case 5: take_text(L, c); break;
    case 6: {
        size_t count = take_count(L, c);
        lua_createtable(L, count > 4096 ? 4096 : (int)count, 0);
        for (size_t element = 1; element <= count; element++) {
            push(L, c, depth + 1);
            if (lua_isnil(L, -1)) {
                lua_pop(L, 1);
                lua_pushlightuserdata(L, (void *)&lb_null);
            }
            lua_rawseti(L, -2, (lua_Integer)element);
        }
        break;
    }
    case 7: {
        size_t count = take_count(L, c);
        lua_createtable(L, 0, count > 4096 ? 4096 : (int)count);
        for (size_t pair = 0; pair < count; pair++) {
            take_text(L, c);
            push(L, c, depth + 1);
            lua_rawset(L, -3);
        }
        break;
    }
    default: luaL_error(L, "a packed value of unknown tag");
    }
}

void lb_unpack(lua_State *L, const uint8_t *bytes, size_t count) {
    cursor c = {bytes, count};
    push(L, &c, 0);
}
