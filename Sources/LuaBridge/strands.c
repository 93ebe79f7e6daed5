// SPDX-License-Identifier: Apache-2.0
// Strands: coroutines of ours, each with a stack of its own. The chunk is strand 0; a block of pve.parallel, pve.spawn or
// pve.timeout is another. While one waits for the host the others go on; a strand ends only after all that it began.
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

// A strand's name for Lua is its serial number times this, plus its slot: a slot is used again, a name never.
enum { slots = 1 << 15, most_strands = 20000, most_places = 64 };

static const char carried = 0;

static lb_strand *running(lb_state *s) { return &s->strands[s->strand]; }

static lua_State *thread_of(lb_state *s, const lb_strand *strand) {
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, strand->thread);
    lua_State *T = lua_tothread(s->L, -1);
    lua_pop(s->L, 1);
    return T;
}

// A free slot, or -1.
static int slot(lb_state *s) {
    for (int index = s->lowest; index < s->strand_count; index++)
        if (s->strands[index].thread == 0) return s->lowest = index;
    if (s->strand_count == most_strands) return -1;
    if (s->strand_count == s->strand_capacity) {
        int capacity = s->strand_capacity == 0 ? 16 : s->strand_capacity * 2;
        lb_strand *grown = realloc(s->strands, (size_t)capacity * sizeof *grown);
        if (grown == NULL) return -1;
        s->strands = grown;
        s->strand_capacity = capacity;
    }
    s->lowest = s->strand_count;
    return s->strand_count++;
}

int lb_strand_new(lb_state *s, int thread, int parent, int64_t group) {
    int number = slot(s);
    if (number < 0) return -1;
    s->strands[number] = (lb_strand){.thread = thread, .parent = parent, .group = group, .state = LB_READY, .serial = ++s->serial};
    s->ready++;
    return number;
}

void lb_strand_free(lb_state *s, int number) {
    lb_strand *strand = &s->strands[number];
    if (strand->thread == 0) return;
    if (strand->state == LB_READY) s->ready--;
    luaL_unref(s->L, LUA_REGISTRYINDEX, strand->thread);
    if (strand->place != NULL) s->places--;
    free(strand->place);
    *strand = (lb_strand){0};
    if (number < s->lowest) s->lowest = number;
}

void lb_strands_clear(lb_state *s) {
    for (int number = 0; number < s->strand_count; number++) lb_strand_free(s, number);
    s->strand_count = s->ready = s->lowest = s->turn = 0;
}

static void make_ready(lb_state *s, lb_strand *strand) {
    if (strand->state == LB_READY) return;
    strand->state = LB_READY;
    s->ready++;
}

// Where the running strand failed, kept for the strand that will raise its error.
static void keep_place(lb_state *s, lb_strand *strand) {
    if (strand->place != NULL || s->places == most_places) return;
    strand->place = malloc(sizeof *strand->place);
    if (strand->place == NULL) return;
    s->places++;
    memcpy(strand->place->where, s->where, sizeof s->where);
    memcpy(strand->place->trace, s->trace, sizeof s->trace);
    memcpy(strand->place->text, s->text, sizeof s->text);
}

static void restore_place(lb_state *s, const lb_strand *strand) {
    if (strand->place == NULL) return;
    memcpy(s->where, strand->place->where, sizeof s->where);
    memcpy(s->trace, strand->place->trace, sizeof s->trace);
    memcpy(s->text, strand->place->text, sizeof s->text);
}

static void wake_all(lb_state *s) {
    for (int index = 0; index < s->strand_count; index++)
        if (s->strands[index].state == LB_AWAITING) make_ready(s, &s->strands[index]);
}

// Marks a strand as ended, with its results on top of its stack, and wakes whoever waits for that.
void lb_strand_end(lb_state *s, int number, int results) {
    lb_strand *strand = &s->strands[number];
    strand->state = LB_ENDED;
    strand->results = results;
    wake_all(s);
}

int lb_next(lb_state *s) {
    if (s->ready == 0) return -1;
    // Each in its turn.
    for (int step = 1; step <= s->strand_count; step++) {
        int number = (s->turn + step) % s->strand_count;
        if (s->strands[number].thread == 0 || s->strands[number].state != LB_READY) continue;
        return s->turn = number;
    }
    return -1;
}

// MARK: - The end of a body

static int finish_scope(lua_State *L, int status, lua_KContext results) {
    (void)status;
    lb_state *s = lb_of(L);
    if (s->end != LB_NONE) return lb_die(L);
    int failed = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : -1;
    lua_pop(L, 1);
    if (failed < 0 || lb_has(L, LB_ERROR)) {
        restore_place(s, running(s));
        return (int)results;
    }
    // Nobody asked how it ended, so it is told here.
    lb_set(L, LB_ERROR);
    lb_strand *child = &s->strands[failed];
    restore_place(s, child);
    keep_place(s, running(s));
    lua_State *T = thread_of(s, child);
    lua_pushvalue(T, -1);
    lua_xmove(T, L, 1);
    return 1;
}

/// What a body does after its function: `results` values on top are what it ends with.
int lb_leave_scope(lua_State *L, int results) {
    lb_state *s = lb_of(L);
    bool has_children = false;
    for (int index = 0; index < s->strand_count && !has_children; index++)
        has_children = s->strands[index].thread != 0 && index != s->strand && s->strands[index].parent == s->strand;
    if (lb_has(L, LB_ERROR)) keep_place(s, running(s));
    if (!has_children) return results;
    lua_getfield(L, LUA_REGISTRYINDEX, "pvelua.leave");
    lua_pushboolean(L, !lb_has(L, LB_ERROR));
    lua_callk(L, 1, 1, results, finish_scope);
    return finish_scope(L, LUA_OK, results);
}

// MARK: - What our Lua files use

static void push_name(lua_State *L, int number) {
    lua_pushinteger(L, (lua_Integer)lb_of(L)->strands[number].serial * slots + number);
}

// The slot of the strand that a name at that index means, or -1 where it is gone.
static int named(lua_State *L, int index) {
    lb_state *s = lb_of(L);
    lua_Integer name = luaL_checkinteger(L, index);
    lua_Integer number = name % slots;
    if (name <= 0 || number == 0 || number >= s->strand_count) return -1;
    const lb_strand *strand = &s->strands[number];
    return strand->thread != 0 && (lua_Integer)strand->serial == name / slots ? (int)number : -1;
}

static lb_strand *strand_at(lua_State *L, int index, int *number) {
    *number = named(L, index);
    luaL_argcheck(L, *number > 0, index, "a strand expected");
    return &lb_of(L)->strands[*number];
}

// Says what is wrong without a place: that is the script's line, not the one of our own file that called.
static int complain(lua_State *L, const char *message) {
    lua_pushstring(L, message);
    return lua_error(L);
}

// fork(group, function, …): a new strand of the running one; it begins when that one waits.
static int fork_strand(lua_State *L) {
    lb_state *s = lb_of(L);
    lua_Integer group = luaL_checkinteger(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lb_charge(L, 200);
    int arguments = lua_gettop(L) - 2;
    lua_State *T = lb_new_body(L);
    if (!lua_checkstack(T, arguments + 2)) return luaL_error(L, "too many arguments");
    lua_insert(L, 2);
    lua_xmove(L, T, arguments + 1);
    int number = lb_strand_new(s, luaL_ref(L, LUA_REGISTRYINDEX), s->strand, group);
    if (number < 0) return complain(L, "more than 20000 blocks at a time");
    push_name(L, number);
    return 1;
}

static void must_be_able_to_wait(lua_State *L) {
    lb_state *s = lb_of(L);
    if (!lua_isyieldable(L) || s->blocked)
        complain(L, "blocks cannot be waited for here: inside a comparator, a gsub function or the like");
}

static int await_event(lua_State *L, lua_KFunction again) {
    must_be_able_to_wait(L);
    lb_state *s = lb_of(L);
    s->waiting = 0;
    s->reason = LB_YIELD_HOST;
    return lua_yieldk(L, 0, 0, again);
}

// The next strand of a group that has ended and was not named yet; false where none runs any more, nil where the waiting one
// is cancelled.
static int next_again(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    lb_state *s = lb_of(L);
    if (s->end != LB_NONE) return lb_die(L);
    lua_Integer group = lua_tointeger(L, 1);
    bool some = false;
    for (int index = 1; index < s->strand_count; index++) {
        lb_strand *strand = &s->strands[index];
        if (strand->thread == 0 || strand->parent != s->strand || strand->group != group || strand->told) continue;
        some = true;
        if (strand->state != LB_ENDED) continue;
        strand->told = true;
        push_name(L, index);
        return 1;
    }
    if (!some) return lua_pushboolean(L, 0), 1;
    if (running(s)->cancelled && !lua_toboolean(L, 2)) return lua_pushnil(L), 1;
    return await_event(L, next_again);
}

// next(group, patiently): whoever is patient waits on although it is cancelled.
static int next_ended(lua_State *L) {
    luaL_checkinteger(L, 1);
    lua_settop(L, 2);
    return next_again(L, LUA_OK, 0);
}

static int join_again(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    lb_state *s = lb_of(L);
    if (s->end != LB_NONE) return lb_die(L);
    int number = named(L, 1);
    bool over = number < 0 || s->strands[number].state == LB_ENDED;
    if (over || (running(s)->cancelled && !lua_toboolean(L, 2))) return lua_pushboolean(L, over), 1;
    return await_event(L, join_again);
}

// join(strand, patiently): waits for its end; false where the waiting one is cancelled first and not patient.
static int join(lua_State *L) {
    int number = named(L, 1);
    lua_settop(L, 2);
    if (number == lb_of(L)->strand) return complain(L, "a block cannot wait for its own end");
    return join_again(L, LUA_OK, 0);
}

// take(strand): true and its results, or false and its error; the strand is gone then.
static int take(lua_State *L) {
    int number;
    lb_state *s = lb_of(L);
    lb_strand *strand = strand_at(L, 1, &number);
    if (strand->state != LB_ENDED) return luaL_error(L, "the block has not ended");
    lua_State *T = thread_of(s, strand);
    int results = strand->results;
    lua_settop(L, 0);
    if (!lua_checkstack(L, results + 1)) return luaL_error(L, "too many results");
    lua_pushboolean(L, !strand->failed);
    lua_xmove(T, L, results);
    if (strand->failed) {
        // Whoever raises this error again raises it from where it happened.
        restore_place(s, strand);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &carried);
        s->carries = strand->place != NULL;
    }
    lb_strand_free(s, number);
    return results + 1;
}

/// Whether the error at that index was taken from a strand, so that its place is known already.
bool lb_is_carried(lua_State *L, int index) {
    lb_state *s = lb_of(L);
    if (!s->carries) return false;
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &carried);
    bool same = lua_rawequal(L, -1, index);
    lua_pop(L, 1);
    s->carries = false;
    return same;
}

static void cancel_strand(lb_state *s, int number) {
    lb_strand *strand = &s->strands[number];
    if (strand->state == LB_ENDED || strand->cancelled) return;
    strand->cancelled = true;
    if (strand->state == LB_CALLING) s->host.send(s->host.context, 0x86, strand->call, (const uint8_t *)"", 0);
    if (strand->state == LB_AWAITING) make_ready(s, strand);
    for (int index = 1; index < s->strand_count; index++)
        if (s->strands[index].thread != 0 && s->strands[index].parent == number) cancel_strand(s, index);
}

// cancel(strand): does nothing to one that is over; each of its waits fails from now on, those of the strands that it began as well.
static int cancel(lua_State *L) {
    int number = named(L, 1);
    if (number > 0) cancel_strand(lb_of(L), number);
    return 0;
}

static int paused(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return lb_of(L)->end != LB_NONE ? lb_die(L) : 0;
}

// pause(): until a strand ends or says wake().
static int pause_strand(lua_State *L) { return await_event(L, paused); }

static int wake(lua_State *L) {
    wake_all(lb_of(L));
    return 0;
}

// children(): one that has not ended, or nil; and one that failed without anybody having asked.
static int children(lua_State *L) {
    lb_state *s = lb_of(L);
    int live = 0, failed = 0;
    for (int index = 1; index < s->strand_count; index++) {
        lb_strand *strand = &s->strands[index];
        if (strand->thread == 0 || strand->parent != s->strand) continue;
        if (strand->state != LB_ENDED) live = live == 0 ? index : live;
        else if (strand->failed && !strand->cancelled && failed == 0) failed = index;
    }
    live == 0 ? lua_pushnil(L) : push_name(L, live);
    failed == 0 ? lua_pushnil(L) : lua_pushinteger(L, failed);
    return 2;
}

// self(): what tells the running strand from others, and whether it is cancelled.
static int self(lua_State *L) {
    lb_state *s = lb_of(L);
    push_name(L, s->strand);
    lua_pushboolean(L, running(s)->cancelled);
    return 2;
}

// place(): where the error that was taken last had happened.
static int place(lua_State *L) {
    lua_pushstring(L, lb_of(L)->carries ? lb_of(L)->where : "");
    return 1;
}

// several(errors, place): the error object of more than one failed block, which happened at that place.
static int several(lua_State *L) {
    lb_state *s = lb_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    const char *where = luaL_checkstring(L, 2);
    if (*where != 0) {
        snprintf(s->where, sizeof s->where, "%s", where);
        snprintf(s->trace, sizeof s->trace, "%s: in a block", where);
        s->text[0] = 0;
        s->carries = true;
        lua_pushvalue(L, 1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &carried);
    }
    lua_settop(L, 1);
    lb_push_error(L, LB_SEVERAL);
    return 1;
}

void lb_open_strands(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"fork", fork_strand}, {"next", next_ended}, {"join", join}, {"take", take}, {"cancel", cancel},
        {"children", children}, {"self", self}, {"several", several}, {"place", place}, {"pause", pause_strand}, {"wake", wake}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
}
