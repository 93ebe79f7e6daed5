// SPDX-License-Identifier: Apache-2.0
// Compiling text, and only text: bytecode is never verified by Lua and reads and writes memory at will.
#include "internal.h"

// Naming the culprit of an error recurses in C once per field of a chain (fixed in 5.4.7), so chains are bounded.
enum { most_fields = 20000, piece = 256, longest_source = 1 << 20, longest_marked = 4 << 20 };

typedef struct source {
    const uint8_t *bytes;
    size_t left, total;
    const char *prefix;
    int fields, function;
} source;

// The parser runs no hook, so it gets small pieces with a look at the clock before each.
static const char *deliver(lua_State *L, source *s, const uint8_t *bytes, size_t count, size_t *size) {
    lb_check(L);
    for (size_t index = 0; index < count; index++) s->fields += bytes[index] == '.' || bytes[index] == '[';
    if (s->fields > most_fields) luaL_error(L, "the chunk has more than %d fields", most_fields);
    s->total += count;
    // What the host writes into a text is not the script's.
    size_t longest = lb_of(L)->planning ? longest_marked : longest_source;
    if (s->total > longest) luaL_error(L, "the chunk is longer than %d bytes", longest_source);
    *size = count;
    return (const char *)bytes;
}

static const char *read_bytes(lua_State *L, void *data, size_t *size) {
    source *s = data;
    if (s->prefix != NULL) {
        const char *prefix = s->prefix;
        s->prefix = NULL;
        return deliver(L, s, (const uint8_t *)prefix, strlen(prefix), size);
    }
    size_t count = s->left < piece ? s->left : piece;
    const uint8_t *bytes = s->bytes;
    s->bytes += count;
    s->left -= count;
    return deliver(L, s, bytes, count, size);
}

static const char *read_function(lua_State *L, void *data, size_t *size) {
    source *s = data;
    if (s->left == 0) {
        luaL_checkstack(L, 4, "too many nested functions");
        lua_pushvalue(L, s->function);
        lua_call(L, 0, 1);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            *size = 0;
            return NULL;
        }
        if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "reader function must return a string");
        s->bytes = (const uint8_t *)lua_tolstring(L, -1, &s->left);
        // Keeps the piece alive until the next one is asked for.
        lua_replace(L, 5);
    }
    return read_bytes(L, data, size);
}

int lb_load(lua_State *L, const uint8_t *bytes, size_t count, const char *name, const char *prefix) {
    source s = {.bytes = bytes, .left = count, .prefix = prefix};
    int status = lua_load(L, read_bytes, &s, name, "t");
    if (status == LUA_OK) lb_cover_chunk(L, name);
    return status;
}

static int load(lua_State *L) {
    lb_state *s = lb_of(L);
    size_t count = 0;
    int type = lua_type(L, 1);
    bool has_environment = !lua_isnone(L, 4);
    const char *text = type == LUA_TSTRING ? lua_tolstring(L, 1, &count) : NULL;
    if (text == NULL) luaL_checktype(L, 1, LUA_TFUNCTION);
    const char *name = luaL_optstring(L, 2, text != NULL ? text : "=(load)");
    if (strncmp(name, "=[", 2) == 0) name = "=(load)";
    bool as_text = strchr(luaL_optstring(L, 3, "bt"), 't') != NULL;
    lua_settop(L, 5);
    int status = LUA_ERRSYNTAX;
    if (!as_text) {
        lua_pushliteral(L, "only text chunks can be loaded");
    } else {
        source from = {.bytes = (const uint8_t *)text, .left = count, .function = 1};
        status = lua_load(L, text != NULL ? read_bytes : read_function, &from, name, "t");
    }
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return lb_die(L);
    if (status != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lb_cover_chunk(L, name);
    if (has_environment) {
        lua_pushvalue(L, 4);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    }
    return 1;
}

void lb_open_load(lua_State *L) {
    lua_pushcfunction(L, load);
    lua_setfield(L, -2, "load");
}
