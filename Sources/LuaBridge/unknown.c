// SPDX-License-Identifier: Apache-2.0
// Values that only the real run will know, while a script is planned. A script may carry one about, print it, compute with
// it and hand it to the host; where it goes by one, its chunk ends. What Lua lets nobody intercept (truth, `==`, keys) is
// asked here by the calls that the host has written into the text: methods of the empty string.
#include "internal.h"

#include <stdio.h>

static const char metatable = 0;

lb_unknown *lb_to_unknown(lua_State *L, int index) {
    if (!lb_of(L)->planning || lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? lua_touserdata(L, index) : NULL;
}

static lb_unknown *push(lua_State *L, const char *what) {
    lb_unknown *u = lua_newuserdatauv(L, sizeof *u, 0);
    *u = (lb_unknown){0};
    snprintf(u->what, sizeof u->what, "%s", what);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable);
    lua_setmetatable(L, -2);
    return u;
}

// The table on top, `{ id, what, solid, record }`, becomes the value that it stands for.
void lb_push_unknown(lua_State *L) {
    lua_rawgeti(L, -1, 2);
    lb_unknown *u = push(L, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "a value");
    lua_rawgeti(L, -3, 1);
    u->id = (uint32_t)lua_tointeger(L, -1);
    lua_rawgeti(L, -4, 3);
    u->solid = lua_toboolean(L, -1);
    lua_rawgeti(L, -5, 4);
    u->record = lua_toboolean(L, -1);
    lua_pop(L, 3);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

// Ends the chunk: from here on nobody can tell what it will do.
static int stop(lua_State *L, const lb_unknown *u) {
    lb_state *s = lb_of(L);
    if (s->end == LB_NONE) {
        s->end = LB_UNKNOWN;
        snprintf(s->unknown, sizeof s->unknown, "%s", u->what);
    }
    return lb_die(L);
}

static void derive(lua_State *L, const lb_unknown *u, bool solid) {
    luaL_checkstack(L, 3, NULL);
    push(L, u->what)->solid = solid;
}

static lb_unknown *any(lua_State *L, int from, int to) {
    lb_unknown *u = NULL;
    for (int index = from; index <= to && u == NULL; index++) u = lb_to_unknown(L, index);
    return u;
}

// MARK: - What the host has written into the text

static int ask_truth(lua_State *L) {
    lua_settop(L, 2);
    const lb_unknown *u = lb_to_unknown(L, 2);
    return u != NULL && !u->solid ? stop(L, u) : 1;
}

static int ask_value(lua_State *L) {
    lua_settop(L, 2);
    const lb_unknown *u = lb_to_unknown(L, 2);
    return u != NULL ? stop(L, u) : 1;
}

static int join(lua_State *L) {
    int count = lua_gettop(L);
    for (int index = 2; index <= count; index++) {
        if (!lua_isstring(L, index) && lb_to_unknown(L, index) == NULL)
            return luaL_error(L, "attempt to concatenate a %s value", luaL_typename(L, index));
    }
    const lb_unknown *u = any(L, 2, count);
    if (u != NULL) derive(L, u, true);
    else lua_concat(L, count - 1);
    return 1;
}

void lb_require_known(lua_State *L, int index) {
    const lb_unknown *u = lb_to_unknown(L, index);
    if (u != NULL) stop(L, u);
}

// MARK: - Metamethods

static int meta_solid(lua_State *L) {
    derive(L, any(L, 1, 2), true);
    return 1;
}

static int meta_stop(lua_State *L) {
    const lb_unknown *u = any(L, 1, lua_gettop(L));
    return u != NULL ? stop(L, u) : 0;
}

// What may be a string has a string's methods; they give unknown values in their turn.
static int meta_index(lua_State *L) {
    lua_settop(L, 2);
    const lb_unknown *u = lb_to_unknown(L, 1);
    if (u == NULL) return 0;
    if (!u->record && lua_type(L, 2) == LUA_TSTRING) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TFUNCTION) return 1;
    }
    derive(L, u, false);
    return 1;
}

static int meta_text(lua_State *L) {
    const lb_unknown *u = lb_to_unknown(L, 1);
    lua_pushfstring(L, "<unknown: %s>", u == NULL ? "a value" : u->what);
    return 1;
}

// MARK: - The standard library, given an unknown value

typedef enum { STOPS, SOLID, OPEN, PAIR, TRUTH, CAPTURES, POSITIONS, INSERTS, JOINS } conduct;
enum { every = 0xff };

typedef struct guard_row {
    const char *library, *name;
    conduct conduct;
    /// Which arguments matter, the first in the lowest bit.
    unsigned arguments;
} guard_row;

static const guard_row rows[] = {
    {NULL, "assert", TRUTH, 1}, {NULL, "ipairs", STOPS, every}, {NULL, "next", STOPS, every},
    {NULL, "pairs", STOPS, every}, {NULL, "rawequal", STOPS, every}, {NULL, "rawget", STOPS, every},
    {NULL, "rawset", STOPS, 3}, {NULL, "rawlen", SOLID, every}, {NULL, "select", STOPS, 1},
    {NULL, "tonumber", OPEN, every}, {NULL, "type", SOLID, 1}, {NULL, "tostring", SOLID, 1},
    {NULL, "setmetatable", STOPS, every}, {NULL, "load", STOPS, every}, {NULL, "warn", STOPS, every},
    {NULL, "collectgarbage", STOPS, every}, {"os", "difftime", SOLID, every},
    {"string", "byte", STOPS, every}, {"string", "char", SOLID, every}, {"string", "len", SOLID, every},
    {"string", "lower", SOLID, every}, {"string", "upper", SOLID, every}, {"string", "reverse", SOLID, every},
    {"string", "sub", SOLID, every}, {"string", "format", SOLID, every}, {"string", "rep", SOLID, every},
    {"string", "pack", SOLID, every}, {"string", "packsize", SOLID, every}, {"string", "unpack", STOPS, every},
    {"string", "find", POSITIONS, every}, {"string", "match", CAPTURES, every}, {"string", "gmatch", STOPS, every},
    {"string", "gsub", PAIR, every}, {"table", "concat", JOINS, every}, {"table", "insert", INSERTS, every},
    {"table", "remove", STOPS, every}, {"table", "unpack", STOPS, every}, {"table", "move", STOPS, every},
    {"table", "sort", STOPS, every}, {"utf8", "char", SOLID, every}, {"utf8", "codepoint", STOPS, every},
    {"utf8", "codes", STOPS, every}, {"utf8", "len", STOPS, every}, {"utf8", "offset", STOPS, every},
    {"coroutine", "create", STOPS, 1}, {"coroutine", "wrap", STOPS, 1}, {"coroutine", "resume", STOPS, 1},
    {"coroutine", "status", STOPS, 1}, {"coroutine", "close", STOPS, 1}, {"math", "modf", PAIR, every},
    {"math", "tointeger", OPEN, every}, {"math", "type", OPEN, every}, {"math", "ult", STOPS, every},
    {"math", "random", SOLID, every}, {"math", "randomseed", STOPS, every}, {"math", "abs", SOLID, every},
    {"math", "acos", SOLID, every}, {"math", "asin", SOLID, every}, {"math", "atan", SOLID, every},
    {"math", "ceil", SOLID, every}, {"math", "cos", SOLID, every}, {"math", "deg", SOLID, every},
    {"math", "exp", SOLID, every}, {"math", "floor", SOLID, every}, {"math", "fmod", SOLID, every},
    {"math", "log", SOLID, every}, {"math", "max", SOLID, every}, {"math", "min", SOLID, every},
    {"math", "rad", SOLID, every}, {"math", "sin", SOLID, every}, {"math", "sqrt", SOLID, every},
    {"math", "tan", SOLID, every},
};

static int results(lua_State *L, const lb_unknown *u, int count, bool solid) {
    luaL_checkstack(L, count + 3, "too many captures");
    for (int result = 0; result < count; result++) derive(L, u, solid);
    return count;
}

// How many values a match gives cannot be seen from its subject, but from its pattern.
static int captures(lua_State *L, const lb_unknown *u, int more) {
    if (lua_type(L, 2) != LUA_TSTRING) return stop(L, u);
    size_t size = 0;
    const char *text = lua_tolstring(L, 2, &size);
    int count = 0;
    bool set = false;
    for (size_t index = 0; index < size; index++) {
        if (text[index] == '%') index++;
        else if (set) set = text[index] != ']';
        else if (text[index] == '[') set = true, index += index + 1 < size && (text[index + 1] == ']' || text[index + 1] == '^');
        else count += text[index] == '(';
    }
    if (count > 32) return stop(L, u);
    return results(L, u, count == 0 && more == 0 ? 1 : count + more, false);
}

static int answer(lua_State *L, const lb_unknown *u, conduct conduct) {
    switch (conduct) {
    case SOLID: return results(L, u, 1, true);
    case OPEN: return results(L, u, 1, false);
    case PAIR: return results(L, u, 2, true);
    case CAPTURES: return captures(L, u, 0);
    case POSITIONS: return lua_toboolean(L, 4) ? results(L, u, 2, false) : captures(L, u, 2);
    default: return stop(L, u);
    }
}

static const lb_unknown *element(lua_State *L) {
    if (lua_type(L, 1) != LUA_TTABLE) return NULL;
    const lb_unknown *u = NULL;
    lua_Unsigned count = lua_rawlen(L, 1);
    lb_charge(L, count);
    for (lua_Unsigned index = 1; index <= count && u == NULL; index++) {
        lua_rawgeti(L, 1, (lua_Integer)index);
        u = lb_to_unknown(L, -1);
        lua_pop(L, 1);
    }
    return u;
}

// Runs the function itself, in this very frame, unless an argument that matters is unknown.
static int guarded(lua_State *L, int upvalue) {
    const guard_row *row = &rows[lua_tointeger(L, lua_upvalueindex(upvalue + 1))];
    int count = lua_gettop(L);
    const lb_unknown *u = NULL;
    for (int index = 1; index <= count && u == NULL; index++) {
        if ((row->arguments >> (index < 8 ? index - 1 : 7)) & 1) u = lb_to_unknown(L, index);
        // What is appended to a list, or inserted, is nobody's business.
        if (row->conduct == INSERTS && index == count && index > 1) u = NULL;
        if (row->conduct == TRUTH && u != NULL && u->solid) u = NULL;
    }
    if (u != NULL) return answer(L, u, row->conduct);
    if (row->conduct == JOINS && (u = element(L)) != NULL) return results(L, u, 1, true);
    return lua_tocfunction(L, lua_upvalueindex(upvalue + 2))(L);
}

static int guarded_plain(lua_State *L) { return guarded(L, 0); }
// A function that has an upvalue finds it where it was.
static int guarded_closure(lua_State *L) { return guarded(L, 1); }

static void guard(lua_State *L, int table, lua_Integer number) {
    lua_getfield(L, table, rows[number].name);
    lua_CFunction function = lua_tocfunction(L, -1);
    if (function == NULL) luaL_error(L, "no function %s to guard", rows[number].name);
    bool has_upvalue = lua_getupvalue(L, -1, 1) != NULL;
    lua_pushinteger(L, number);
    lua_pushcfunction(L, function);
    if (has_upvalue) lua_pushcclosure(L, guarded_closure, 3);
    else lua_pushcclosure(L, guarded_plain, 2);
    lua_setfield(L, table, rows[number].name);
    lua_pop(L, 1);
}

// MARK: - Opening

// Upvalues: what the host has written into the text, and the strings' methods.
static int string_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(2));
    return 1;
}

static void open_methods(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"__pvelua_truth", ask_truth}, {"__pvelua_value", ask_value}, {"__pvelua_join", join}, {NULL, NULL},
    };
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    luaL_newlib(L, methods);
    lua_getfield(L, -2, "__index");
    lua_pushcclosure(L, string_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 2);
}

static void open_metatable(lua_State *L) {
    static const char *const solid[] = {
        "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor", "__shl",
        "__shr", "__bnot", "__len",
    };
    static const luaL_Reg others[] = {
        {"__lt", meta_stop}, {"__le", meta_stop}, {"__eq", meta_stop}, {"__call", meta_stop}, {"__newindex", meta_stop},
        {"__pairs", meta_stop}, {"__tostring", meta_text}, {NULL, NULL},
    };
    luaL_newlib(L, others);
    for (size_t index = 0; index < sizeof solid / sizeof *solid; index++) {
        lua_pushcfunction(L, meta_solid);
        lua_setfield(L, -2, solid[index]);
    }
    lua_getglobal(L, "string");
    lua_pushcclosure(L, meta_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "unknown");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable);
}

// The boot map on top says by which key the host marks such values; without one nothing here is ever reached.
void lb_open_unknown(lua_State *L) {
    lb_state *s = lb_of(L);
    size_t size = 0;
    int top = lua_gettop(L);
    if (lua_getfield(L, top, "unknown") == LUA_TSTRING) {
        const char *key = lua_tolstring(L, -1, &size);
        if (size == 0 || size >= sizeof s->unknown_key) luaL_error(L, "the key of unknown values is too long");
        memcpy(s->unknown_key, key, size);
        s->planning = true;
        for (size_t number = 0; number < sizeof rows / sizeof *rows; number++) {
            lua_pushglobaltable(L);
            if (rows[number].library != NULL) lua_getfield(L, -1, rows[number].library);
            guard(L, lua_gettop(L), (lua_Integer)number);
            lua_settop(L, top);
        }
        open_methods(L);
        open_metatable(L);
    }
    lua_settop(L, top);
}
