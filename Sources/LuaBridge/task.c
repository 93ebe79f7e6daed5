// SPDX-License-Identifier: Apache-2.0
// Top-level coroutines: a chunk from its source to the frame that tells how it ended.
#include "internal.h"

#include <stdio.h>

// What the error object of a script says of itself; asked here, where limits hold and an error is caught.
static void describe(lua_State *L, lb_state *s) {
    uint32_t call;
    size_t count = 0;
    s->text[0] = 0;
    if (!lua_istable(L, 1) || lb_error_id(L, 1, &call)) return;
    if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) return;
    s->describing = true;
    lua_pop(L, 1);
    lb_push_text(L, 1);
    const char *text = lua_tolstring(L, -1, &count);
    snprintf(s->text, sizeof s->text, "%.*s", count > 500 ? 500 : (int)count, text);
    lua_pop(L, 1);
    s->describing = false;
}

// An error of a block is told with the block's own frames first, then with those of the code that began it.
static int add_frames(lua_State *L, lb_state *s) {
    size_t used = strlen(s->trace);
    if (used + 2 < sizeof s->trace) {
        s->trace[used] = '\n';
        lb_trace(L, 0, s->trace + used + 1, sizeof s->trace - used - 1);
        if (s->trace[used + 1] == 0) s->trace[used] = 0;
    }
    return 1;
}

// Runs where the error was raised, before its stack is gone.
static int note(lua_State *L) {
    lb_state *s = lb_of(L);
    size_t count = 0;
    if (s->describing) return 1;
    if (s->end != LB_NONE) return 1;
    if (lb_is_carried(L, 1)) return add_frames(L, s);
    const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &count) : NULL;
    size_t prefix = message == NULL ? 0 : lb_position(L, message, count);
    if (prefix > 0 && prefix < sizeof s->where) snprintf(s->where, sizeof s->where, "%.*s", (int)prefix, message);
    else lb_where(L, s->where, sizeof s->where);
    lb_trace(L, 0, s->trace, sizeof s->trace);
    describe(L, s);
    return 1;
}

// The first result becomes the global `_`, whatever metatable the globals have got by now.
static void keep(lua_State *L) {
    lua_pushglobaltable(L);
    lua_pushliteral(L, "_");
    lua_pushvalue(L, 2);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

static int finish_body(lua_State *L, int status, lua_KContext context) {
    (void)context;
    lb_state *s = lb_of(L);
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return lb_die(L);
    if (status == LUA_OK || status == LUA_YIELD) {
        if (s->expression && s->strand == 0) lua_remove(L, 2);
        if (s->keeps && s->strand == 0 && lua_gettop(L) > 1 && !lua_isnil(L, 2)) keep(L);
        return lb_leave_scope(L, lua_gettop(L) - 1);
    }
    lb_set(L, LB_ERROR);
    return lb_leave_scope(L, 1);
}

static int body(lua_State *L) {
    lb_state *s = lb_of(L);
    if (s->strands[s->strand].cancelled) lb_raise(L, "cancelled", "the block was ended before it began");
    lua_pushcfunction(L, note);
    lua_insert(L, 1);
    return finish_body(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, finish_body), 0);
}

/// A thread, left on the stack, that waits for its function and arguments.
lua_State *lb_new_body(lua_State *L) {
    lua_State *T = lua_newthread(L);
    lb_set(T, LB_TOP);
    lua_pushcfunction(T, body);
    return T;
}

static void skip_mark_and_shebang(lb_chunk *chunk) {
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    if (chunk->count >= 3 && memcmp(chunk->source, mark, 3) == 0) {
        chunk->source += 3;
        chunk->count -= 3;
    }
    if (chunk->count < 2 || memcmp(chunk->source, "#!", 2) != 0) return;
    // The line break stays, so that lines keep their numbers.
    while (chunk->count > 0 && *chunk->source != '\n') {
        chunk->source++;
        chunk->count--;
    }
}

static int compile(lua_State *L, const lb_chunk *chunk) {
    lb_of(L)->expression = false;
    if (!chunk->expression) return lb_load(L, chunk->source, chunk->count, chunk->name, NULL);
    // With a value before it, which is dropped, a call is no tail call, which would leave no trace of its line.
    if (lb_load(L, chunk->source, chunk->count, chunk->name, "return true,") == LUA_OK) {
        lb_of(L)->expression = true;
        return LUA_OK;
    }
    if (lb_of(L)->end != LB_NONE) return LUA_ERRRUN;
    int status = lb_load(L, chunk->source, chunk->count, chunk->name, NULL);
    // Of two complaints the one that more text would silence is the better.
    if (status == LUA_ERRSYNTAX && lb_wants_more(L, -2)) lua_pop(L, 1);
    if (status == LUA_OK) lua_remove(L, -2);
    return status;
}

// Protected: sets the parameters and returns the coroutine, or raises what keeps the chunk from compiling.
static int prepare(lua_State *L) {
    lb_chunk *chunk = lua_touserdata(L, 1);
    if (chunk->compensation != 0) {
        lb_of(L)->expression = false;
        lua_State *T = lb_new_body(L);
        lua_getfield(T, LUA_REGISTRYINDEX, "pvelua.compensate");
        lua_pushinteger(T, chunk->compensation);
        lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
        return 1;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "pvelua.parameters");
    if (chunk->params_count > 0) lb_unpack(L, chunk->params, chunk->params_count);
    else lua_newtable(L);
    lua_call(L, 1, 0);
    lua_State *T = lb_new_body(L);
    if (compile(L, chunk) != LUA_OK) return lua_error(L);
    lua_xmove(L, T, 1);
    lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
    return 1;
}

static lb_status failed(lb_state *s, lua_State *L) {
    lb_empty(&s->packed);
    if (s->end != LB_NONE) lb_pack_end(s, &s->packed);
    else lb_pack_error(L, -1, &s->packed);
    lb_flush(s);
    return LB_FAILED;
}

static lb_status done(lb_state *s, lua_State *T, int results) {
    int first = lua_gettop(T) - results + 1;
    lb_empty(&s->packed);
    lb_put_tag(&s->packed, 6);
    lb_put_u32(&s->packed, (uint32_t)results);
    for (int index = first; index < first + results; index++) lb_pack_result(T, index, &s->packed);
    lb_flush(s);
    if (!s->packed.overflow && !s->packed.deep && s->packed.count <= s->limits.frame) return LB_DONE;
    lb_pack_excess(s, &s->packed, s->packed.deep);
    return LB_FAILED;
}

// The chunk is over, and with it all that it began.
static lb_status drop(lb_state *s, lb_status status) {
    lb_strands_clear(s);
    lua_settop(s->L, 0);
    if (s->end != LB_NONE) lua_gc(s->L, LUA_GCCOLLECT);
    s->end = LB_NONE;
    s->current = NULL;
    s->blocked = false;
    return status;
}

// A block is over; the strand that began it hears of that.
static lb_status end_block(lb_state *s, lua_State *T, int results, bool is_error) {
    lb_strand *strand = &s->strands[s->strand];
    strand->failed = is_error;
    for (int index = 1; index < s->strand_count; index++)
        if (s->strands[index].parent == s->strand && index != s->strand) lb_strand_free(s, index);
    lb_strand_end(s, s->strand, is_error ? 1 : results);
    lua_settop(s->L, 0);
    (void)T;
    return LB_ENDED_BLOCK;
}

lb_status lb_resume(lb_state *s, int number) {
    int results = 0;
    if (number < 0 || number >= s->strand_count || s->strands[number].thread == 0) return LB_ENDED_BLOCK;
    lb_strand *strand = &s->strands[number];
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, strand->thread);
    lua_State *T = lua_tothread(s->L, -1);
    if (strand->state == LB_READY) s->ready--;
    strand->state = LB_CALLING;
    s->strand = number;
    s->current = T;
    s->reason = LB_YIELD_NONE;
    s->waiting = 0;
    lb_clear(T, LB_PARKED);
    lb_clock_start(s);
    int status = lua_resume(T, s->L, lua_status(T) == LUA_OK ? lua_gettop(T) - 1 : 0, &results);
    lb_clock_stop(s);
    s->current = NULL;
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (s->end != LB_NONE) return drop(s, failed(s, T));
    // The array may have grown meanwhile.
    strand = &s->strands[number];
    if (status == LUA_YIELD) {
        lb_set(T, LB_PARKED);
        lua_settop(s->L, 0);
        lb_flush(s);
        strand->call = s->waiting;
        strand->state = s->waiting == 0 ? LB_AWAITING : LB_CALLING;
        return LB_WAITING;
    }
    bool is_error = status != LUA_OK || lb_has(T, LB_ERROR);
    if (number != 0) return end_block(s, T, results, is_error);
    return drop(s, is_error ? failed(s, T) : done(s, T, results));
}

lb_status lb_start(lb_state *s, lb_chunk chunk, int *strand) {
    lua_State *L = s->L;
    s->end = LB_NONE;
    s->noted = s->describing = s->carries = false;
    s->keeps = chunk.keeps != 0;
    s->where[0] = s->trace[0] = s->text[0] = 0;
    s->total = s->printed_ahead = s->work = 0;
    lb_strands_clear(s);
    lb_clock_start(s);
    skip_mark_and_shebang(&chunk);
    lua_settop(L, 0);
    lua_pushcfunction(L, prepare);
    lua_pushlightuserdata(L, &chunk);
    int status = lua_pcall(L, 1, 1, 0);
    lb_clock_stop(s);
    if (status == LUA_ERRMEM) lb_out_of_memory(s);
    if (status != LUA_OK || s->end != LB_NONE) {
        size_t count = 0;
        const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &count) : "";
        size_t prefix = lb_chunk_position(chunk.name, message, count);
        if (prefix > 0 && prefix < sizeof s->where) snprintf(s->where, sizeof s->where, "%.*s", (int)prefix, message);
        return drop(s, failed(s, L));
    }
    *strand = lb_strand_new(s, (int)lua_tointeger(L, -1), 0, 0);
    lua_settop(L, 0);
    return lb_resume(s, *strand);
}

lb_status lb_interrupt(lb_state *s) {
    s->end = LB_INTERRUPT;
    if (s->strand_count > 0 && s->strands[0].thread != 0) {
        lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->strands[0].thread);
        lua_State *T = lua_tothread(s->L, -1);
        lb_where(T, s->where, sizeof s->where);
        lb_trace(T, 0, s->trace, sizeof s->trace);
    }
    return drop(s, failed(s, s->L));
}

lb_status lb_stuck(lb_state *s) {
    lua_State *L = s->L;
    lua_settop(L, 0);
    s->where[0] = s->trace[0] = s->text[0] = 0;
    lua_pushliteral(L, "all blocks wait for each other, so none of them can go on");
    return drop(s, failed(s, L));
}

uint32_t lb_waiting(const lb_state *s) { return s->waiting; }

const uint8_t *lb_result(const lb_state *s, size_t *count) {
    *count = s->packed.count;
    return s->packed.bytes;
}
