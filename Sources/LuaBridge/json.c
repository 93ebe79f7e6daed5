// SPDX-License-Identifier: Apache-2.0
// JSON from the host to Lua tables. simdjson has finished before the first Lua value is made, so nothing of C++ is on
// the stack when Lua raises for want of memory. A null member is absent; a null element is the value `pve.null`.
#include "internal.h"

typedef struct walker {
    const uint64_t *words;
    const uint8_t *strings;
    size_t index;
} walker;

static uint8_t kind_of(uint64_t word) { return (uint8_t)(word >> 56); }
static uint64_t payload_of(uint64_t word) { return word & 0x00ffffffffffffff; }

static void push_text(lua_State *L, const walker *w, uint64_t offset) {
    uint32_t count;
    memcpy(&count, w->strings + offset, 4);
    lua_pushlstring(L, (const char *)w->strings + offset + 4, count);
}

static void push_double(lua_State *L, uint64_t bits) {
    double number;
    memcpy(&number, &bits, 8);
    lua_pushnumber(L, number);
}

static int capacity_of(uint64_t word) {
    uint64_t count = payload_of(word) >> 32;
    return count > 1 << 20 ? 1 << 20 : (int)count;
}

static void push(lua_State *L, walker *w);

static void push_array(lua_State *L, walker *w, uint64_t word) {
    size_t end = (size_t)(payload_of(word) & 0xffffffff);
    lua_createtable(L, capacity_of(word), 0);
    for (lua_Integer element = 1; w->index < end - 1; element++) {
        if (kind_of(w->words[w->index]) == 'n') {
            w->index++;
            lua_pushlightuserdata(L, (void *)&lb_null);
        } else {
            push(L, w);
        }
        lua_rawseti(L, -2, element);
    }
    w->index = end;
}

// Whether the object that begins here is a mark of the host: its one key is one that nobody else can know.
static bool is_mark(lua_State *L, const walker *w) {
    const lb_state *s = lb_of(L);
    if (!s->planning || kind_of(w->words[w->index]) != '"') return false;
    const uint8_t *key = w->strings + payload_of(w->words[w->index]);
    uint32_t count;
    memcpy(&count, key, 4);
    return count == strlen(s->unknown_key) && memcmp(key + 4, s->unknown_key, count) == 0;
}

static void push_object(lua_State *L, walker *w, uint64_t word) {
    if (is_mark(L, w)) {
        w->index++;
        push(L, w);
        if (lua_istable(L, -1)) lb_push_unknown(L);
        w->index = (size_t)(payload_of(word) & 0xffffffff);
        return;
    }
    size_t end = (size_t)(payload_of(word) & 0xffffffff);
    lua_createtable(L, 0, capacity_of(word));
    while (w->index < end - 1) {
        push_text(L, w, payload_of(w->words[w->index++]));
        push(L, w);
        lua_rawset(L, -3);
    }
    w->index = end;
}

static void push(lua_State *L, walker *w) {
    luaL_checkstack(L, 4, "JSON nested too deep");
    uint64_t word = w->words[w->index++];
    switch (kind_of(word)) {
    case '"': push_text(L, w, payload_of(word)); break;
    case 'l': lua_pushinteger(L, (lua_Integer)w->words[w->index++]); break;
    case 'u': lua_pushnumber(L, (lua_Number)w->words[w->index++]); break;
    case 'd': push_double(L, w->words[w->index++]); break;
    case 't': lua_pushboolean(L, 1); break;
    case 'f': lua_pushboolean(L, 0); break;
    case '[': push_array(L, w, word); break;
    case '{': push_object(L, w, word); break;
    default: lua_pushnil(L);
    }
}

// Longer texts are read piece by piece: the tape of a whole one takes five times its room.
#define LONG_TEXT (64 << 10)

// Pushes the value that the piece begins; false where the text is no JSON, with whatever was pushed still there.
static bool push_pieces(lua_State *L, sj_parser *json, sj_piece piece, const sj_tape *tape) {
    luaL_checkstack(L, 4, "JSON nested too deep");
    if (piece == SJ_VALUE) {
        walker w = {tape->words, tape->strings, 1};
        push(L, &w);
        return true;
    }
    if (piece != SJ_ARRAY && piece != SJ_OBJECT) return false;
    bool is_array = piece == SJ_ARRAY;
    lua_newtable(L);
    for (lua_Integer element = 1;; element++) {
        sj_tape next;
        if (sj_next(json, &piece, &next) != 0) return false;
        if (piece == SJ_CLOSE) return true;
        if (!is_array) {
            walker name = {next.words, next.strings, 1};
            push(L, &name);
            if (sj_next(json, &piece, &next) != 0) return false;
        }
        if (is_array && piece == SJ_VALUE && kind_of(next.words[1]) == 'n') {
            lua_pushlightuserdata(L, (void *)&lb_null);
        } else if (!push_pieces(L, json, piece, &next)) {
            return false;
        }
        if (is_array) {
            lua_rawseti(L, -2, element);
        } else {
            lua_rawset(L, -3);
        }
    }
}

typedef struct long_text {
    sj_parser *json;
    const uint8_t *bytes;
    size_t count;
} long_text;

static int push_long(lua_State *L) {
    long_text *text = lua_touserdata(L, 1);
    sj_piece piece;
    sj_tape tape;
    sj_begin(text->json, text->bytes, text->count);
    bool is_json = sj_next(text->json, &piece, &tape) == 0 && push_pieces(L, text->json, piece, &tape)
        && sj_next(text->json, &piece, &tape) == 0;
    lua_pushboolean(L, is_json);
    lua_insert(L, 2);
    return lua_gettop(L) - 1;
}

// Nothing of what is being built is garbage, so looking for some meanwhile would only take time; where memory runs out Lua looks
// all the same.
static bool build(lua_State *L, sj_parser *json, const uint8_t *bytes, size_t count) {
    long_text text = {json, bytes, count};
    bool ran = lua_gc(L, LUA_GCISRUNNING) != 0;
    int top = lua_gettop(L);
    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, push_long);
    lua_pushlightuserdata(L, &text);
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    if (ran) lua_gc(L, LUA_GCRESTART);
    if (status != LUA_OK) lua_error(L);
    bool is_json = lua_toboolean(L, top + 1);
    lua_remove(L, top + 1);
    lua_settop(L, is_json ? top + 1 : top);
    return is_json;
}

bool lb_push_json(lua_State *L, const uint8_t *bytes, size_t count) {
    lb_state *s = lb_of(L);
    // While a plan is made, marks of the host may stand anywhere.
    if (count > LONG_TEXT && !s->planning) return build(L, s->json, bytes, count);
    sj_tape tape;
    if (sj_parse(s->json, bytes, count, &tape) != 0 || tape.words == NULL || tape.strings == NULL) return false;
    walker w = {tape.words, tape.strings, 1};
    push(L, &w);
    return true;
}
