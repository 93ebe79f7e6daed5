// SPDX-License-Identifier: Apache-2.0
internal import CPrograms

/// Keeps what this process holds in memory, secrets among it, to itself.
public enum PrivateMemory {
    /// From now on a crash leaves no core file and no backtrace with memory in it, and no other process of the same user may
    /// look inside.
    public static func begin() { cp_keep_memory_private() }

    /// Lets all threads take their memory from one heap: few of them work at a time, and each heap of its own would hold what the
    /// others could use.
    public static func useOneHeap() { cp_use_one_heap() }
}
