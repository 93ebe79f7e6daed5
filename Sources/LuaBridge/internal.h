// SPDX-License-Identifier: Apache-2.0
// What the files of the bridge share.
#ifndef LB_INTERNAL_H
#define LB_INTERNAL_H
#define _GNU_SOURCE
#include "luabridge.h"

#include "csimdjson.h"
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdbool.h>
#include <string.h>

/// Source name of the prelude; its frames are no script frames.
#define LB_PRELUDE "=[pvelua]"
/// Steps of work between two looks at the clock, one step being about one VM instruction.
#define LB_LOOK 20000
/// VM instructions between two hooks. A count hook costs the same at any interval, so a small one.
#define LB_HOOK 200
/// The longest string a script may make.
#define LB_STRING (16u << 20)
/// The longest range that a table function walks in one call.
#define LB_RANGE (4 << 20)
/// The largest frame, its header included.
#define LB_FRAME (64u << 20)
/// The deepest nesting of tables that leaves the script.
#define LB_DEPTH 64
/// How many seconds' worth of output may come at once.
#define LB_BURST 8

typedef enum { LB_NONE, LB_MEMORY, LB_CPU, LB_OUTPUT, LB_INTERRUPT, LB_UNKNOWN } lb_end;
typedef enum { LB_YIELD_NONE, LB_YIELD_SCRIPT, LB_YIELD_HOST } lb_reason;
/// Flags of one coroutine, in the low bits of its extra space.
enum { LB_TOP = 1, LB_PARKED = 2, LB_CANCEL = 4, LB_ERROR = 8 };

typedef struct lb_buffer {
    uint8_t *bytes;
    size_t count, capacity;
    /// Whether it would have become larger than a frame, and whether some table in it was nested too deep.
    bool overflow, deep;
} lb_buffer;

/// A value that only the real run will know.
typedef struct lb_unknown {
    /// The host's number of it; 0 for what was computed from one.
    uint32_t id;
    /// Whether it is certainly neither nil nor false, and whether it has fields of its own.
    bool solid, record;
    char what[104];
} lb_unknown;

/// Where something failed.
typedef struct lb_place {
    char where[160], trace[4096], text[512];
} lb_place;

typedef enum { LB_READY = 1, LB_CALLING, LB_AWAITING, LB_ENDED } lb_standing;

/// A coroutine of ours: the chunk, or a block that runs beside it.
typedef struct lb_strand {
    /// Registry reference of its thread; 0 for a free slot.
    int thread;
    /// The strand that began it, and by which of its calls.
    int parent;
    uint32_t serial;
    int64_t group;
    lb_standing state;
    /// The call that it waits for.
    uint32_t call;
    /// Values on top of its stack once it has ended.
    int results;
    bool cancelled, failed, told;
    lb_place *place;
} lb_strand;

struct lb_state {
    lua_State *L;
    lua_State *current;
    lb_host host;
    lb_limits limits;
    sj_parser *json;
    size_t used, fresh;
    unsigned refusals;
    bool unlimited, noted, describing, keeps, expression, too_long;
    /// Some coroutine below on the C stack cannot yield.
    bool blocked;
    lb_end end;
    lb_reason reason;
    /// Bytes printed that the rate has not made good yet, and when that was counted, in nanoseconds of the clock.
    uint64_t printed_ahead, printed_at;
    uint64_t work, slice_start, total, looked;
    uint64_t seed;
    uint32_t next_id, waiting;
    /// All strands, the number of the running one, the lowest number that may be free, and whose turn was last.
    lb_strand *strands;
    int strand, strand_count, strand_capacity, lowest, turn, ready, places;
    uint32_t serial;
    /// Whether the error that was taken last has left its place in `where`, `trace` and `text`.
    bool carries;
    uint8_t answer_kind;
    lb_buffer answer, packed, printed;
    /// Whether some values are unknown, by which key the host marks them, and which of them ended the chunk.
    bool planning;
    char unknown_key[64], unknown[104];
    char where[160], trace[4096], text[512];
    /// Which lines ran; NULL where nobody asks.
    struct lb_cover *cover;
};

static inline uintptr_t *lb_slot(lua_State *L) { return (uintptr_t *)lua_getextraspace(L); }
static inline lb_state *lb_of(lua_State *L) { return (lb_state *)(*lb_slot(L) & ~(uintptr_t)15); }
/// What the hook is called for.
static inline int lb_mask(const lb_state *s) { return LUA_MASKCOUNT | (s->cover == NULL ? 0 : LUA_MASKLINE); }
static inline bool lb_has(lua_State *L, unsigned flag) { return (*lb_slot(L) & flag) != 0; }
static inline void lb_set(lua_State *L, unsigned flag) { *lb_slot(L) |= flag; }
static inline void lb_clear(lua_State *L, unsigned flag) { *lb_slot(L) &= ~(uintptr_t)flag; }

// allocator.c
void *lb_allocate(void *state, void *pointer, size_t old_size, size_t new_size);

// cover.c
void lb_cover_chunk(lua_State *L, const char *name);
void lb_cover_line(lua_State *L, lua_Debug *ar);
void lb_cover_free(lb_state *s);

// limits.c
void lb_hook(lua_State *L, lua_Debug *ar);
void lb_charge(lua_State *L, uint64_t steps);
void lb_check(lua_State *L);
int lb_die(lua_State *L);
void lb_out_of_memory(lb_state *s);
void lb_clock_start(lb_state *s);
void lb_clock_stop(lb_state *s);
uint64_t lb_cpu_now(void);
uint64_t lb_clock_now(void);
/// A number of bytes for a message, in the largest unit that leaves it whole.
unsigned long long lb_amount(uint64_t bytes);
const char *lb_unit(uint64_t bytes);
const char *lb_end_name(lb_end end);

// buffer.c
void lb_put(lb_buffer *b, const void *bytes, size_t count);
void lb_put_tag(lb_buffer *b, uint8_t tag);
void lb_put_u32(lb_buffer *b, uint32_t number);
void lb_put_text(lb_buffer *b, uint8_t tag, const char *bytes, size_t count);
void lb_put_key(lb_buffer *b, const char *key);
void lb_empty(lb_buffer *b);

// pack.c, unpack.c, json.c: none of them runs a metamethod; only the second and third may raise, for memory.
void lb_pack(lua_State *L, int index, lb_buffer *b);
/// The same for what a chunk returns: numbers and truth values as keys become text, few holes in a list nil.
void lb_pack_result(lua_State *L, int index, lb_buffer *b);
void lb_unpack(lua_State *L, const uint8_t *bytes, size_t count);
bool lb_push_json(lua_State *L, const uint8_t *bytes, size_t count);

// unknown.c
lb_unknown *lb_to_unknown(lua_State *L, int index);
void lb_push_unknown(lua_State *L);
void lb_require_known(lua_State *L, int index);
void lb_open_unknown(lua_State *L);

// trace.c
void lb_where(lua_State *L, char *out, size_t size);
int lb_here(lua_State *L);
void lb_trace(lua_State *L, int level, char *out, size_t size);
size_t lb_position(lua_State *L, const char *message, size_t count);
size_t lb_chunk_position(const char *name, const char *message, size_t count);

// strands.c
/// The call of an error object that stands for several.
#define LB_SEVERAL UINT32_MAX
int lb_strand_new(lb_state *s, int thread, int parent, int64_t group);
void lb_strand_free(lb_state *s, int number);
void lb_strand_end(lb_state *s, int number, int results);
void lb_strands_clear(lb_state *s);
int lb_leave_scope(lua_State *L, int results);
bool lb_is_carried(lua_State *L, int index);
void lb_open_strands(lua_State *L);

// task.c
lua_State *lb_new_body(lua_State *L);

// errors.c
extern const char lb_null;
void lb_push_error(lua_State *L, uint32_t call);
void lb_raise(lua_State *L, const char *kind, const char *message);
bool lb_error_id(lua_State *L, int index, uint32_t *call);
void lb_pack_error(lua_State *L, int index, lb_buffer *b);
bool lb_wants_more(lua_State *L, int index);
void lb_pack_end(lb_state *s, lb_buffer *b);
void lb_pack_excess(lb_state *s, lb_buffer *b, bool deep);
int lb_is_error(lua_State *L);
int lb_failure(lua_State *L);
void lb_open_errors(lua_State *L);

// load.c
int lb_load(lua_State *L, const uint8_t *source, size_t count, const char *name, const char *prefix);

// Libraries: each leaves one table, or fills the one on top.
int lb_call(lua_State *L);
void lb_open_globals(lua_State *L);
void lb_open_table(lua_State *L);
void lb_open_string(lua_State *L);
void lb_open_pattern(lua_State *L);
void lb_open_coroutine(lua_State *L);
void lb_open_protect(lua_State *L);
void lb_open_metatable(lua_State *L);
void lb_open_load(lua_State *L);
void lb_open_output(lua_State *L);
int lb_frozen(lua_State *L);
bool lb_thaw(lua_State *L, int index);
void lb_open_frozen(lua_State *L);
int lb_charged(lua_State *L);
int lb_tostring(lua_State *L);
void lb_push_text(lua_State *L, int index);
#endif
