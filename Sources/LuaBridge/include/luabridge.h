// SPDX-License-Identifier: Apache-2.0
// Lua for Swift: every function here returns a status, none raises. The callbacks touch no Lua value,
// so no longjmp can ever cross a Swift frame.
#ifndef LUABRIDGE_H
#define LUABRIDGE_H
#include <stddef.h>
#include <stdint.h>

/// A Lua state with its limits, from one thread only.
typedef struct lb_state lb_state;

/// What a script may use up before its chunk ends.
typedef struct lb_limits {
    /// Bytes of Lua memory.
    uint64_t memory;
    /// Bytes that a chunk may print in a second; eight times as many may come at once.
    uint64_t output;
    /// Bytes of one call's arguments or of what a chunk returns.
    uint64_t frame;
    /// How deep tables may be nested there.
    int depth;
    /// Seconds of running between two host calls.
    double cpu_slice;
    /// Seconds of running in one chunk.
    double cpu_total;
} lb_limits;

/// What the bridge asks of its owner.
typedef struct lb_host {
    void *_Nullable context;
    /// Sends a frame of that kind. The bytes are lent for the length of the call.
    void (*_Nonnull send)(
        void *_Nullable context, uint8_t kind, uint32_t id, const uint8_t *_Nullable bytes, size_t count);
    /// Blocks until `lb_answer` was given the answer to this call and returns 0; 1 says that an interrupt came instead.
    int (*_Nonnull wait)(void *_Nullable context, uint32_t id);
    /// Says without blocking whether an interrupt has come.
    int (*_Nonnull interrupted)(void *_Nullable context);
} lb_host;

/// The text to run and how to name it.
typedef struct lb_chunk {
    const uint8_t *_Nullable source;
    size_t count;
    /// Lua's chunk name: `@file` or `=(what)`.
    const char *_Nonnull name;
    /// The packed map that becomes `pve.params`.
    const uint8_t *_Nullable params;
    size_t params_count;
    /// Try the source as an expression first.
    int expression;
    /// Not 0: run what was given to `pve.on_failure` under that number, instead of any source.
    int compensation;
    /// Keep the first result, unless it is nil, as the global `_`.
    int keeps;
} lb_chunk;

/// How a strand stands after it was started or resumed. Strand 0 is the chunk itself.
typedef enum lb_status {
    /// It waits for the answer to the call `lb_waiting`, or for other strands where that is 0.
    LB_WAITING,
    /// It was a block and is over; another strand knows what to do with that.
    LB_ENDED_BLOCK,
    /// The chunk returned; `lb_result` is the packed array of its values.
    LB_DONE,
    /// The chunk failed or met a limit; `lb_result` is the packed map of an error frame.
    LB_FAILED,
} lb_status;

/// A state without libraries, or NULL without memory.
lb_state *_Nullable lb_new(lb_limits limits, lb_host host);
/// Frees everything.
void lb_free(lb_state *_Nullable state);
/// Opens the libraries and unpacks the boot map. Returns NULL, or what went wrong.
const char *_Nullable lb_open(
    lb_state *_Nonnull state, const uint8_t *_Nonnull boot, size_t boot_count, uint64_t seed);
/// Counts from now on which lines of scripts run; to be called before the end of the opening. 0 without memory.
int lb_cover(lb_state *_Nonnull state);
/// What was counted since the last time: a packed map of lists, each of lines and counts in turn. NULL where nothing counts.
const uint8_t *_Nullable lb_covered(lb_state *_Nonnull state, size_t *_Nonnull count);
/// Runs a file of ours, with what C lends it as its argument. Returns NULL, or what went wrong.
const char *_Nullable lb_prelude(lb_state *_Nonnull state, const uint8_t *_Nonnull source, size_t count);
/// Ends the opening: from here on limits hold. Returns NULL, or what is missing.
const char *_Nullable lb_seal(lb_state *_Nonnull state);

/// Compiles a chunk and runs it until it waits or ends. `*strand` is its number while it waits.
lb_status lb_start(lb_state *_Nonnull state, lb_chunk chunk, int *_Nonnull strand);
/// Copies the answer that the next `lb_resume` delivers: a reply (0x03) or a failure (0x04), as JSON.
void lb_answer(lb_state *_Nonnull state, uint8_t kind, const uint8_t *_Nullable bytes, size_t count);
/// Goes on with a strand: one whose call has been answered, or one that `lb_next` named.
lb_status lb_resume(lb_state *_Nonnull state, int strand);
/// The next strand that can go on without the host, or -1.
int lb_next(lb_state *_Nonnull state);
/// Ends the waiting chunk as an interrupt does.
lb_status lb_interrupt(lb_state *_Nonnull state);
/// Ends a chunk all of whose strands wait for each other.
lb_status lb_stuck(lb_state *_Nonnull state);
/// The id of the call that the last started or resumed strand waits for; 0 where it waits for other strands.
uint32_t lb_waiting(const lb_state *_Nonnull state);
/// What the last ended chunk left behind, valid until the next call.
const uint8_t *_Nullable lb_result(const lb_state *_Nonnull state, size_t *_Nonnull count);
/// Sends what was printed and not sent yet.
void lb_flush(lb_state *_Nonnull state);
/// Lua's version and release, such as 5.4.4.
const char *_Nonnull lb_lua_version(void);

/// What the kernel holds the process to.
typedef struct lb_sandbox {
    /// RLIMIT_AS in bytes.
    uint64_t address_space;
    /// RLIMIT_CPU in seconds, 0 for none.
    uint64_t cpu;
    /// How many system calls the filter knows.
    int system_calls;
    /// How many forbidden system calls a child was seen to die of.
    int proved;
} lb_sandbox;

/// Closes every descriptor but 3 and sets limits and system call filter, for good, and proves that the filter holds:
/// children die of what it forbids. `hole` is a system call to let through, so that the proof must fail; for tests.
/// Returns NULL, or what was refused.
const char *_Nullable lb_lock(
    uint64_t memory, uint64_t cpu_seconds, const char *_Nullable hole, lb_sandbox *_Nonnull out);
/// Tries a system call that the filter forbids: `open`, `socket`, `execve` or `ptrace`. Returns if it was let through.
void lb_try_forbidden(const char *_Nonnull name);
#endif
