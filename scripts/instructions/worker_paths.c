// SPDX-License-Identifier: Apache-2.0
// Runs COUNT calls through the worker's bridge without a host, so that their instructions can be counted:
// worker_paths table COUNT: each is answered with a list of 100 guests, which becomes a Lua table;
// worker_paths frame COUNT: each is answered with a number, so that the frame itself is all there is to do.
#include "luabridge.h"
#include "lua_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    uint8_t bytes[65536];
    size_t count;
} text;

static void put(text *t, const void *bytes, size_t count) {
    if (count > sizeof t->bytes - t->count) abort();
    memcpy(t->bytes + t->count, bytes, count);
    t->count += count;
}

static void put_word(text *t, uint32_t number) { put(t, &number, sizeof number); }

static void put_string(text *t, const char *string) {
    put_word(t, (uint32_t)strlen(string));
    put(t, string, strlen(string));
}

// The boot frame's map, packed as Wire/PackedValue.swift does: the names of the functions are all that is needed here.
static void put_boot(text *t) {
    put(t, "\x07", 1);
    put_word(t, 1);
    put_string(t, "functions");
    put(t, "\x06", 1);
    put_word(t, 1);
    put(t, "\x05", 1);
    put_string(t, "now");
}

static void put_guests(text *t) {
    char row[400];
    put(t, "[", 1);
    for (int i = 0; i < 100; i++) {
        int count = snprintf(
            row, sizeof row,
            "%s{\"vmid\":%d,\"name\":\"web-%d\",\"node\":\"pve%d\",\"type\":\"qemu\",\"status\":\"running\",\"cpu\":0.0%d,"
            "\"maxcpu\":4,\"mem\":%d,\"maxmem\":8589934592,\"disk\":0,\"maxdisk\":34359738368,\"uptime\":%d,"
            "\"template\":0,\"tags\":\"web;prod\"}",
            i ? "," : "", 100 + i, i, i % 3 + 1, i + 1, 1073741824 + i * 4096, 86400 + i);
        put(t, row, (size_t)count);
    }
    put(t, "]", 1);
}

static void no_frame(void *context, uint8_t kind, uint32_t id, const uint8_t *bytes, size_t count) {
    (void)context, (void)kind, (void)id, (void)bytes, (void)count;
}
static int no_wait(void *context, uint32_t id) { return (void)context, (void)id, 1; }
static int no_interrupt(void *context) { return (void)context, 0; }

static void require(const char *problem) {
    if (!problem) return;
    fprintf(stderr, "worker_paths: %s\n", problem);
    exit(1);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    static text boot, answer;
    put_boot(&boot);
    if (strcmp(arguments[1], "table") == 0) put_guests(&answer);
    else put(&answer, "1763893193.5", 12);

    lb_limits limits = {1u << 28, 1u << 20, 1u << 26, 64, 1e6, 1e6};
    lb_state *state = lb_new(limits, (lb_host){NULL, no_frame, no_wait, no_interrupt});
    if (!state) return 1;
    require(lb_open(state, boot.bytes, boot.count, 1));
    const char *const own[] = {"clock", "objects", "strands", "prelude"};
    for (int i = 0; i < 4; i++) {
        lua_source source = lua_source_named(own[i]);
        require(lb_prelude(state, source.bytes, source.count));
    }
    require(lb_seal(state));

    char code[100];
    snprintf(code, sizeof code, "for i = 1, %d do assert(pve.now()) end", atoi(arguments[2]));
    lb_chunk chunk = {(const uint8_t *)code, strlen(code), "=paths", NULL, 0, 0, 0, 0};
    int strand = 0;
    lb_status status = lb_start(state, chunk, &strand);
    while (status == LB_WAITING) {
        lb_answer(state, 0x03, answer.bytes, answer.count);
        status = lb_resume(state, strand);
    }
    if (status != LB_DONE) {
        size_t size = 0;
        const uint8_t *result = lb_result(state, &size);
        fprintf(stderr, "worker_paths: the chunk failed: %.*s\n", (int)size, (const char *)result);
        return 1;
    }
    lb_free(state);
    return 0;
}
