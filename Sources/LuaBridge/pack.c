// SPDX-License-Identifier: Apache-2.0
// Lua values to packed bytes: exact, without metamethods and without an allocation that could raise.
#include "internal.h"

#include <stdio.h>

typedef struct path {
    const void *tables[LB_DEPTH];
    int depth, deepest;
    /// Whether it is a result, of which every table is shown as well as may be; arguments must be what they seem.
    bool result;
} path;

static void opaque(lb_buffer *b, const char *text) { lb_put_text(b, 8, text, strlen(text)); }

static void integer(lb_buffer *b, lua_Integer number) {
    lb_put_tag(b, 3);
    lb_put(b, &number, 8);
}

typedef enum { list, map, holes, mixed, other } shape;

// `other` has keys that no text can stand for; `highest` is the highest key of a list.
static shape shape_of(lua_State *L, int index, uint32_t *count, lua_Integer *highest) {
    lua_Integer numbers = 0, names = 0, rest = 0;
    bool odd = false;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        int type = lua_type(L, -1);
        if (type == LUA_TSTRING) {
            names++;
        } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
            numbers++;
            if (lua_tointeger(L, -1) > *highest) *highest = lua_tointeger(L, -1);
        } else {
            rest++;
            odd = odd || (type != LUA_TNUMBER && type != LUA_TBOOLEAN);
        }
    }
    *count = (uint32_t)(numbers + names + rest);
    if (odd) return other;
    if (rest > 0 || (numbers > 0 && names > 0)) return mixed;
    if (numbers == 0) return map;
    return *highest == numbers ? list : holes;
}

static void pack(lua_State *L, int index, lb_buffer *b, path *p);

// A list of which at most half is missing, with nil where nothing is.
static void pack_list(lua_State *L, int index, lua_Integer count, lb_buffer *b, path *p) {
    lb_put_tag(b, 6);
    lb_put_u32(b, (uint32_t)count);
    for (lua_Integer element = 1; element <= count && !b->overflow; element++) {
        lua_rawgeti(L, index, element);
        pack(L, lua_gettop(L), b, p);
        lua_pop(L, 1);
    }
}

static void put_key(lua_State *L, int index, lb_buffer *b) {
    char number[64];
    size_t length;
    const char *key = number;
    bool is_text = lua_type(L, index) == LUA_TSTRING;
    if (is_text) key = lua_tolstring(L, index, &length);
    else if (lua_isboolean(L, index)) key = lua_toboolean(L, index) ? "true" : "false";
    else if (lua_isinteger(L, index)) snprintf(number, sizeof number, LUA_INTEGER_FMT, lua_tointeger(L, index));
    else snprintf(number, sizeof number, "%.14g", lua_tonumber(L, index));
    if (!is_text) length = strlen(key);
    lb_put_u32(b, (uint32_t)length);
    lb_put(b, key, length);
}

static void pack_map(lua_State *L, int index, uint32_t count, lb_buffer *b, path *p) {
    lb_put_tag(b, 7);
    lb_put_u32(b, count);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        put_key(L, lua_gettop(L) - 1, b);
        pack(L, lua_gettop(L), b, p);
        lua_pop(L, 1);
        if (b->overflow) {
            lua_pop(L, 1);
            break;
        }
    }
}

static void pack_table(lua_State *L, int index, lb_buffer *b, path *p) {
    const void *self = lua_topointer(L, index);
    for (int level = 0; level < p->depth; level++)
        if (p->tables[level] == self) return opaque(b, "a table that contains itself");
    if (p->depth >= p->deepest || !lua_checkstack(L, 8)) {
        b->deep = true;
        return opaque(b, "a table nested too deep");
    }
    p->tables[p->depth++] = self;
    uint32_t count = 0;
    lua_Integer highest = 0;
    shape form = shape_of(L, index, &count, &highest);
    if (form == list || (p->result && form == holes && highest <= 2 * (lua_Integer)count)) pack_list(L, index, highest, b, p);
    else if (form == map || (p->result && form != other)) pack_map(L, index, count, b, p);
    else opaque(b, form == holes ? "a list with holes" : "a table with mixed keys");
    p->depth--;
}

static void pack_number(lua_State *L, int index, lb_buffer *b) {
    if (lua_isinteger(L, index)) return integer(b, lua_tointeger(L, index));
    lua_Number number = lua_tonumber(L, index);
    lb_put_tag(b, 4);
    lb_put(b, &number, 8);
}

static void pack_unknown(const lb_unknown *u, lb_buffer *b) {
    lb_put_tag(b, 9);
    lb_put_u32(b, u->id);
    lb_put_u32(b, (uint32_t)strlen(u->what));
    lb_put(b, u->what, strlen(u->what));
}

static void pack_userdata(lua_State *L, int index, lb_buffer *b, path *p) {
    const lb_unknown *u = lua_checkstack(L, 4) ? lb_to_unknown(L, index) : NULL;
    if (u != NULL) return pack_unknown(u, b);
    if (!lua_checkstack(L, 4) || !lb_thaw(L, index)) return opaque(b, "a userdata");
    pack_table(L, lua_gettop(L), b, p);
    lua_pop(L, 1);
}

static void pack(lua_State *L, int index, lb_buffer *b, path *p) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: lb_put_tag(b, 0); break;
    case LUA_TBOOLEAN: lb_put_tag(b, lua_toboolean(L, index) ? 2 : 1); break;
    case LUA_TNUMBER: pack_number(L, index, b); break;
    case LUA_TSTRING: {
        size_t count = 0;
        const char *text = lua_tolstring(L, index, &count);
        lb_put_text(b, 5, text, count);
        break;
    }
    case LUA_TTABLE: pack_table(L, index, b, p); break;
    case LUA_TUSERDATA: pack_userdata(L, index, b, p); break;
    case LUA_TFUNCTION: opaque(b, "a function"); break;
    case LUA_TTHREAD: opaque(b, "a coroutine"); break;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) == &lb_null) lb_put_tag(b, 0);
        else opaque(b, "a userdata");
        break;
    default: opaque(b, "a value of an unknown type");
    }
}

static void pack_whole(lua_State *L, int index, lb_buffer *b, bool result) {
    int deepest = lb_of(L)->limits.depth;
    path p = {.depth = 0, .deepest = deepest < LB_DEPTH ? deepest : LB_DEPTH, .result = result};
    pack(L, lua_absindex(L, index), b, &p);
}

void lb_pack(lua_State *L, int index, lb_buffer *b) { pack_whole(L, index, b, false); }

void lb_pack_result(lua_State *L, int index, lb_buffer *b) { pack_whole(L, index, b, true); }
