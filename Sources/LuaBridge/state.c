// SPDX-License-Identifier: Apache-2.0
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

const char *lb_lua_version(void) { return LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE; }

lb_state *lb_new(lb_limits limits, lb_host host) {
    lb_state *s = aligned_alloc(16, (sizeof *s + 15) & ~(size_t)15);
    if (s == NULL) return NULL;
    *s = (lb_state){.host = host, .limits = limits, .unlimited = true};
    s->json = sj_new(64);
    s->L = lua_newstate(lb_allocate, s);
    if (s->json == NULL || s->L == NULL) {
        lb_free(s);
        return NULL;
    }
    *lb_slot(s->L) = (uintptr_t)s;
    return s;
}

void lb_free(lb_state *s) {
    if (s == NULL) return;
    if (s->L != NULL) {
        lb_strands_clear(s);
        lua_close(s->L);
    }
    free(s->strands);
    sj_free(s->json);
    lb_cover_free(s);
    free(s->answer.bytes);
    free(s->packed.bytes);
    free(s->printed.bytes);
    free(s);
}

// What 5.4.4 makes while it reports an error for want of memory must exist already: it would raise unprotected.
static void pin(lua_State *L) {
    static const char *const texts[] = {
        "error in error handling", "C stack overflow", "stack overflow", "not enough memory", "message", "kind",
        "where", "limit", "k",
    };
    lua_newtable(L);
    for (size_t index = 0; index < sizeof texts / sizeof *texts; index++) {
        lua_pushstring(L, texts[index]);
        lua_rawseti(L, -2, (lua_Integer)index + 1);
    }
    lua_setfield(L, LUA_REGISTRYINDEX, "pvelua.pinned");
}

static void set(lua_State *L, const char *name, lua_CFunction function) {
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

typedef struct bytes {
    const uint8_t *start;
    size_t count;
} bytes;

// Compiles a module of ours, whose frames no traceback shows; the second argument is its table of globals.
static int load_own(lua_State *L) {
    size_t count = 0;
    const char *text = luaL_checklstring(L, 1, &count);
    luaL_checktype(L, 2, LUA_TTABLE);
    int status = lb_load(L, (const uint8_t *)text, count, LB_PRELUDE, NULL);
    if (status == LUA_ERRMEM) lb_out_of_memory(lb_of(L));
    if (lb_of(L)->end != LB_NONE) return lb_die(L);
    if (status != LUA_OK) return lua_error(L);
    lua_pushvalue(L, 2);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    return 1;
}

static int open(lua_State *L) {
    const bytes *boot = lua_touserdata(L, 1);
    pin(L);
    lb_open_errors(L);
    lb_open_frozen(L);
    lb_open_globals(L);
    lua_newtable(L);
    lb_open_strands(L);
    lua_setfield(L, -2, "strands");
    set(L, "call", lb_call);
    set(L, "freeze", lb_frozen);
    set(L, "load", load_own);
    set(L, "is_error", lb_is_error);
    set(L, "failure", lb_failure);
    set(L, "here", lb_here);
    lua_pushlightuserdata(L, (void *)&lb_null);
    lua_setfield(L, -2, "null");
    lb_unpack(L, boot->start, boot->count);
    lb_open_unknown(L);
    lua_setfield(L, -2, "boot");
    lua_setfield(L, LUA_REGISTRYINDEX, "pvelua.host");
    return 0;
}

static int run_prelude(lua_State *L) {
    const bytes *source = lua_touserdata(L, 1);
    if (lb_load(L, source->start, source->count, LB_PRELUDE, NULL) != LUA_OK) return lua_error(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "pvelua.host");
    lua_call(L, 1, 0);
    return 0;
}

static int seal(lua_State *L) {
    lua_getfield(L, LUA_REGISTRYINDEX, "pvelua.host");
    lua_getfield(L, -1, "set_parameters");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_setfield(L, LUA_REGISTRYINDEX, "pvelua.parameters");
    lua_getfield(L, -1, "compensate");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_setfield(L, LUA_REGISTRYINDEX, "pvelua.compensate");
    lua_getfield(L, -1, "leave");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_setfield(L, LUA_REGISTRYINDEX, "pvelua.leave");
    // Set before any coroutine exists, so that each one inherits it.
    lua_sethook(L, lb_hook, lb_mask(lb_of(L)), LB_HOOK);
    return 0;
}

static const char *guarded(lb_state *s, lua_CFunction function, bytes argument) {
    static char message[512];
    lua_pushcfunction(s->L, function);
    lua_pushlightuserdata(s->L, &argument);
    bool failed = lua_pcall(s->L, 1, 0, 0) != LUA_OK;
    if (failed) {
        const char *text = lua_tostring(s->L, -1);
        snprintf(message, sizeof message, "%s", text == NULL ? "an error without a message" : text);
    }
    lua_settop(s->L, 0);
    return failed ? message : NULL;
}

const char *lb_open(lb_state *s, const uint8_t *boot, size_t boot_count, uint64_t seed) {
    s->seed = seed;
    return guarded(s, open, (bytes){boot, boot_count});
}

const char *lb_prelude(lb_state *s, const uint8_t *source, size_t count) {
    return guarded(s, run_prelude, (bytes){source, count});
}

const char *lb_seal(lb_state *s) {
    const char *problem = guarded(s, seal, (bytes){NULL, 0});
    s->unlimited = false;
    return problem;
}
