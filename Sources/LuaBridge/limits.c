// SPDX-License-Identifier: Apache-2.0
// Ending a chunk. A yield passes every pcall, runs no handler and no __close and leaves the state usable; an error is
// raised only where nobody can yield, and everything that catches errors passes it on while `end` is set.
#include "internal.h"

#include <time.h>

static const char token = 0;
static const uint64_t second = 1000000000;
// How much running goes by between two looks for an interrupt.
static const uint64_t interrupt_every = 50000000;

uint64_t lb_cpu_now(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

uint64_t lb_clock_now(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

unsigned long long lb_amount(uint64_t bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return bytes >> 20;
    return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? bytes >> 10 : bytes;
}

const char *lb_unit(uint64_t bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return "MiB";
    return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? "KiB" : "bytes";
}

void lb_clock_start(lb_state *s) {
    s->slice_start = s->looked = lb_cpu_now();
    s->refusals = 0;
}

void lb_clock_stop(lb_state *s) {
    uint64_t now = lb_cpu_now();
    s->total += now - s->slice_start;
    s->slice_start = now;
}

const char *lb_end_name(lb_end end) {
    static const char *const names[] = {"", "memory", "cpu", "output", "interrupt", "unknown"};
    return names[end];
}

void lb_out_of_memory(lb_state *s) {
    if (s->end != LB_NONE) return;
    s->end = LB_MEMORY;
    // The allocator has noted where.
    s->noted = true;
}

int lb_die(lua_State *L) {
    lb_state *s = lb_of(L);
    if (!s->noted) {
        lb_where(L, s->where, sizeof s->where);
        lb_trace(L, 0, s->trace, sizeof s->trace);
        s->noted = true;
    }
    if (lua_isyieldable(L) && !s->blocked) return lua_yield(L, 0);
    // What still runs on the way up, such as __close, gets one instruction at a time.
    lua_sethook(L, lb_hook, LUA_MASKCOUNT, 1);
    lua_pushlightuserdata(L, (void *)&token);
    return lua_error(L);
}

static bool over(lb_state *s) {
    if (s->end != LB_NONE) return true;
    s->work = 0;
    uint64_t now = lb_cpu_now(), slice = now - s->slice_start;
    if ((double)slice > s->limits.cpu_slice * (double)second
        || (double)(s->total + slice) > s->limits.cpu_total * (double)second) {
        s->end = LB_CPU;
    } else if (now - s->looked > interrupt_every) {
        s->looked = now;
        if (s->host.interrupted(s->host.context)) s->end = LB_INTERRUPT;
    }
    return s->end != LB_NONE;
}

void lb_hook(lua_State *L, lua_Debug *ar) {
    lb_state *s = lb_of(L);
    if (s->unlimited) return;
    if (ar->event == LUA_HOOKLINE) return lb_cover_line(L, ar);
    if (s->end == LB_NONE && lua_gethookcount(L) != LB_HOOK) lua_sethook(L, lb_hook, lb_mask(s), LB_HOOK);
    s->work += LB_HOOK;
    if ((s->work > LB_LOOK || s->end != LB_NONE) && over(s)) lb_die(L);
}

void lb_charge(lua_State *L, uint64_t steps) {
    lb_state *s = lb_of(L);
    s->work += steps;
    if (s->work > LB_LOOK && !s->unlimited && over(s)) lb_die(L);
}

void lb_check(lua_State *L) {
    lb_state *s = lb_of(L);
    if (!s->unlimited && over(s)) lb_die(L);
}
