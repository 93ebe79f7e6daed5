// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

/// A file in memory that closes itself at exec, or -1; Swift's Glibc does not show memfd_create.
static inline int cp_memory_file(void) { return (int)syscall(SYS_memfd_create, "pvelua", 1U); }

/// Has the program start without any descriptor from this number on; Swift's Glibc does not show the function either.
static inline int cp_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
