// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Work that Ctrl-C ends in an orderly way: questions are taken back, and the terminal is left as it was.
enum Interruptible {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // Nothing is asked before an answer of Ctrl-C would be heard.
        let (gate, opening) = AsyncStream<Never>.makeStream()
        let task = Swift.Task { () -> Result<Value, Failure> in
            for await _ in gate {}
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        let result = await InterruptWatch().during {
            opening.finish()
            return await task.value
        } onInterrupt: {
            task.cancel()
        }
        if case .failure = result, task.isCancelled { throw Failure(.cancelled, "interrupted") }
        return try result.get()
    }
}

/// Work of several steps that Ctrl-C must not end in the middle: what is half done is worse than a moment's wait.
enum Uninterrupted {
    /// Does the work to its end, or to its own failure.
    ///
    /// - Parameter what: Said on standard error once interrupts are held back.
    static func run<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await InterruptWatch().during {
            writeError("\(what) …\n")
            do throws(Failure) {
                return Result<Value, Failure>.success(try await work())
            } catch {
                return .failure(error)
            }
        } onInterrupt: {
            writeError("\(what): finishing first\n")
        }
        return try result.get()
    }
}
