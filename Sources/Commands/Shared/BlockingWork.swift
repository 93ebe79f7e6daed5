// SPDX-License-Identifier: Apache-2.0
internal import Dispatch

/// Runs what blocks on a thread that is not one of the few that tasks share.
enum BlockingWork {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
