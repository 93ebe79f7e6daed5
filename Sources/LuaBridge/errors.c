// SPDX-License-Identifier: Apache-2.0
// Error objects of the host. Which call one came from is kept in a table that scripts cannot reach, keyed by the
// object, so a forged one is never taken for a real one.
#include "internal.h"

#include <stdio.h>

const char lb_null = 0;
static const char metatable = 0, ids = 0;

static int text(lua_State *L) {
    lua_settop(L, 1);
    if (!lua_istable(L, 1)) return lb_tostring(L);
    lua_pushliteral(L, "kind");
    bool kind = lua_rawget(L, 1) == LUA_TSTRING;
    lua_pushliteral(L, "message");
    bool message = lua_rawget(L, 1) == LUA_TSTRING;
    lua_pushfstring(L, "%s: %s", kind ? lua_tostring(L, 2) : "error", message ? lua_tostring(L, 3) : "no message");
    return 1;
}

/// Turns the table on top into an error object of that call, 0 for none.
void lb_push_error(lua_State *L, uint32_t call) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable);
    lua_setmetatable(L, -2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ids);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, call);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/// An error object of the worker itself.
static void push_own(lua_State *L, const char *kind, const char *message) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lb_push_error(L, 0);
}

/// Raises an error object of the worker itself.
void lb_raise(lua_State *L, const char *kind, const char *message) {
    push_own(L, kind, message);
    lua_error(L);
}

/// failure(kind, message), for our Lua files.
int lb_failure(lua_State *L) {
    push_own(L, luaL_checkstring(L, 1), luaL_checkstring(L, 2));
    return 1;
}

bool lb_error_id(lua_State *L, int index, uint32_t *call) {
    if (lua_type(L, index) != LUA_TTABLE) return false;
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ids);
    lua_pushvalue(L, index);
    bool known = lua_rawget(L, -2) == LUA_TNUMBER;
    *call = known ? (uint32_t)lua_tointeger(L, -1) : 0;
    lua_pop(L, 2);
    return known;
}

int lb_is_error(lua_State *L) {
    uint32_t call;
    lua_settop(L, 2);
    bool is = lb_error_id(L, 1, &call);
    if (is && !lua_isnil(L, 2)) {
        lua_pushliteral(L, "kind");
        lua_rawget(L, 1);
        is = lua_rawequal(L, -1, 2);
    }
    lua_pushboolean(L, is);
    return 1;
}

static const char *raw_text(lua_State *L, int index, const char *key, size_t *count) {
    // The keys stand in the error metatable's strings, so pushing them allocates nothing new.
    lua_pushstring(L, key);
    lua_rawget(L, index);
    const char *found = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, count) : NULL;
    lua_pop(L, 1);
    return found;
}

static void put_field(lb_buffer *b, const char *key, const char *value) {
    if (*value == 0) return;
    lb_put_key(b, key);
    lb_put_text(b, 5, value, strlen(value));
}

static void set_count(lb_buffer *b, size_t at, uint32_t count) {
    if (b->overflow || b->count < at + 4) return;
    uint8_t bytes[4] = {(uint8_t)count, 0, 0, 0};
    memcpy(b->bytes + at, bytes, 4);
}

/// Says whether the message at that index complains about the end of the text.
bool lb_wants_more(lua_State *L, int index) {
    size_t count = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &count) : "";
    return count >= 10 && memcmp(text + count - 10, "near <eof>", 10) == 0;
}

static bool is_overflow(const char *message, size_t count) {
    return (count == 14 && memcmp(message, "stack overflow", count) == 0)
        || (count == 16 && memcmp(message, "C stack overflow", count) == 0)
        || (count > 16 && memcmp(message, "stack overflow (", 16) == 0);
}

// One of several errors: where it happened, and which call it came from or what it says.
static void pack_one_of_several(lua_State *L, const char *where, lb_buffer *b) {
    uint32_t call;
    size_t count = 0;
    const char *message = NULL;
    lb_put_tag(b, 7);
    lb_put_u32(b, 2);
    lb_put_key(b, "where");
    lb_put_text(b, 5, where, strlen(where));
    if (lb_error_id(L, -1, &call) && call != 0 && call != LB_SEVERAL) {
        int64_t number = call;
        lb_put_key(b, "call");
        lb_put_tag(b, 3);
        lb_put(b, &number, 8);
        return;
    }
    if (lua_type(L, -1) == LUA_TSTRING) message = lua_tolstring(L, -1, &count);
    else if (lua_istable(L, -1)) message = raw_text(L, lua_absindex(L, -1), "message", &count);
    if (message == NULL) message = "an error without a message", count = strlen(message);
    size_t prefix = strlen(where);
    if (prefix > 0 && count > prefix + 2 && memcmp(message, where, prefix) == 0 && message[prefix] == ':') {
        message += prefix + 2;
        count -= prefix + 2;
    }
    lb_put_key(b, "message");
    lb_put_text(b, 5, message, count > 4096 ? 4096 : count);
}

static bool pack_several(lua_State *L, int index, lb_buffer *b) {
    lua_pushliteral(L, "places");
    bool is_list = lua_rawget(L, index) == LUA_TTABLE;
    lua_pushliteral(L, "errors");
    is_list = lua_rawget(L, index) == LUA_TTABLE && is_list;
    if (is_list) {
        lua_Unsigned count = lua_rawlen(L, -1);
        if (count > 100) count = 100;
        lb_put_key(b, "errors");
        lb_put_tag(b, 6);
        lb_put_u32(b, (uint32_t)count);
        for (lua_Unsigned each = 1; each <= count; each++) {
            lua_rawgeti(L, -2, (lua_Integer)each);
            const char *where = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
            lua_rawgeti(L, -2, (lua_Integer)each);
            pack_one_of_several(L, where, b);
            lua_pop(L, 2);
        }
    }
    lua_pop(L, 2);
    return is_list;
}

static bool has_kind_limit(lua_State *L, int index) {
    size_t count = 0;
    const char *kind = raw_text(L, index, "kind", &count);
    return kind != NULL && strcmp(kind, "limit") == 0;
}

/// Packs what is known about the uncaught error at that index, into an empty buffer.
void lb_pack_error(lua_State *L, int index, lb_buffer *b) {
    lb_state *s = lb_of(L);
    char scratch[128];
    size_t count = 0;
    uint32_t call = 0, fields = 1;
    index = lua_absindex(L, index);
    bool issued = lb_error_id(L, index, &call), is_table = lua_istable(L, index), incomplete = false;
    const char *message = NULL;
    if (lua_type(L, index) == LUA_TSTRING) {
        message = lua_tolstring(L, index, &count);
        size_t prefix = strlen(s->where);
        if (prefix > 0 && count > prefix + 2 && memcmp(message, s->where, prefix) == 0 && message[prefix] == ':') {
            message += prefix + 2;
            count -= prefix + 2;
        }
        incomplete = s->trace[0] == 0 && lb_wants_more(L, index);
    } else if (is_table) {
        message = raw_text(L, index, "message", &count);
        if (s->text[0] != 0) message = s->text, count = strlen(s->text);
    } else if (lua_isinteger(L, index)) {
        count = (size_t)snprintf(scratch, sizeof scratch, "%lld", (long long)lua_tointeger(L, index));
        message = scratch;
    } else if (lua_type(L, index) == LUA_TNUMBER) {
        count = (size_t)snprintf(scratch, sizeof scratch, "%.14g", lua_tonumber(L, index));
        message = scratch;
    }
    if (message == NULL) {
        count = (size_t)snprintf(scratch, sizeof scratch, "(error object is a %s value)", luaL_typename(L, index));
        message = scratch;
    }
    // An error that the worker raised itself, and that nobody caught: what goes to the host is too large or too deep.
    bool excess = issued && call == 0 && has_kind_limit(L, index);
    bool deep = !is_table && is_overflow(message, count);
    if (count > 1u << 20) count = 1u << 20;
    lb_put_tag(b, 7);
    size_t at = b->count;
    lb_put_u32(b, 1);
    lb_put_key(b, "message");
    lb_put_text(b, 5, message, count);
    if (s->where[0] != 0) put_field(b, "where", s->where), fields++;
    if (s->trace[0] != 0) put_field(b, "traceback", s->trace), fields++;
    if (deep || excess) put_field(b, "limit", deep ? "depth" : "frame"), fields++;
    if (issued && call == LB_SEVERAL) {
        if (pack_several(L, index, b)) fields++;
    } else if (issued && call != 0) {
        int64_t number = call;
        lb_put_key(b, "call"), fields++;
        lb_put_tag(b, 3);
        lb_put(b, &number, 8);
    }
    if (incomplete) {
        lb_put_key(b, "incomplete"), fields++;
        lb_put_tag(b, 2);
    }
    if (is_table) {
        size_t before = b->count;
        lb_put_key(b, "value");
        lb_pack(L, index, b);
        if (b->overflow) {
            b->overflow = false;
            b->count = before;
        } else {
            fields++;
        }
    }
    set_count(b, at, fields);
}

/// Packs the limit that ended the chunk.
void lb_pack_end(lb_state *s, lb_buffer *b) {
    char message[128];
    switch (s->end) {
    case LB_MEMORY:
        if (s->too_long) snprintf(message, sizeof message, "a string grew to more than %u MiB (limit memory)", LB_STRING >> 20);
        else snprintf(message, sizeof message, "the script needs more than %llu %s of memory (limit memory)",
            lb_amount(s->limits.memory), lb_unit(s->limits.memory));
        break;
    case LB_CPU: {
        bool slice = (double)s->total / 1e9 <= s->limits.cpu_total;
        snprintf(message, sizeof message, "the script ran for %g s %s",
            slice ? s->limits.cpu_slice : s->limits.cpu_total,
            slice ? "without a call to pve (limit slice)" : "in all (limit total)");
        break;
    }
    case LB_OUTPUT:
        snprintf(message, sizeof message, "the script printed faster than %llu %s a second (limit output)",
            lb_amount(s->limits.output), lb_unit(s->limits.output));
        break;
    case LB_UNKNOWN: snprintf(message, sizeof message, "%s", s->unknown); break;
    default: snprintf(message, sizeof message, "interrupted");
    }
    lb_put_tag(b, 7);
    lb_put_u32(b, 2 + (s->where[0] != 0) + (s->trace[0] != 0));
    put_field(b, "message", message);
    put_field(b, "limit", lb_end_name(s->end));
    put_field(b, "where", s->where);
    put_field(b, "traceback", s->trace);
}

/// Packs that what the chunk returned is more than a frame may hold.
void lb_pack_excess(lb_state *s, lb_buffer *b, bool deep) {
    char message[128];
    if (deep)
        snprintf(message, sizeof message, "the values that the script returned are nested deeper than %d tables (limit depth)",
            s->limits.depth < LB_DEPTH ? s->limits.depth : LB_DEPTH);
    else
        snprintf(message, sizeof message, "the values that the script returned take more than %llu %s (limit frame)",
            lb_amount(s->limits.frame), lb_unit(s->limits.frame));
    lb_empty(b);
    lb_put_tag(b, 7);
    lb_put_u32(b, 2);
    put_field(b, "message", message);
    put_field(b, "limit", deep ? "depth" : "frame");
}

void lb_open_errors(lua_State *L) {
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, text);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "message");
    lua_rawseti(L, -2, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable);
    // A weak table of ours is data, not a metatable, so upstream's 983bc433 has nothing to free too early.
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ids);
}
