// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/// A file in memory that closes itself at exec, or -1; Swift's Glibc does not show memfd_create.
static inline int cp_memory_file(void) { return (int)syscall(SYS_memfd_create, "pvelua", 1U); }

/// Gives back the memory behind the first bytes of such a file: FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE.
static inline void cp_forget(int file, long count) { syscall(SYS_fallocate, file, 3, 0L, count); }

/// posix_spawn_file_actions_addclosefrom_np of glibc 2.34, which Swift's Glibc does not show either.
extern int cp_close_from(void *actions, int first) __asm__("posix_spawn_file_actions_addclosefrom_np");

/// posix_spawn_file_actions_addtcsetpgrp_np of glibc 2.35, for the same reason.
extern int cp_take_terminal(void *actions, int terminal) __asm__("posix_spawn_file_actions_addtcsetpgrp_np");

/// Keeps this process's memory out of core files and from other processes of the same user.
static inline void cp_keep_memory_private(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Lets all threads take their memory from one heap; Swift's Glibc does not show mallopt.
static inline void cp_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

/// POSIX_SPAWN_SETSID of glibc 2.26, which it does not show either.
enum { CP_SPAWN_SETSID = 0x80 };
