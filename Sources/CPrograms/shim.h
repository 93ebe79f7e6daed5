// SPDX-License-Identifier: Apache-2.0
#include <sys/syscall.h>
#include <unistd.h>

/// A file in memory that closes itself at exec, or -1; Swift's Glibc does not show memfd_create.
static inline int cp_memory_file(void) { return (int)syscall(SYS_memfd_create, "pvelua", 1U); }
