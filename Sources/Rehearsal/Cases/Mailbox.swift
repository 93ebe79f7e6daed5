// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Synchronization

/// What happens while a test waits for something that takes time.
final class Mailbox: Sendable {
    enum Event: Sendable {
        /// A moment has come that `sim.at` named, by its number.
        case moment(Int)
        /// What the test waits for is through.
        case finished(Result<JSONValue, Failure>)
    }

    private struct State {
        var waiting: [Event] = []
        var reader: CheckedContinuation<Event, Never>?
    }

    private let state = Mutex(State())

    func post(_ event: Event) {
        let reader = state.withLock { state -> CheckedContinuation<Event, Never>? in
            guard let reader = state.reader else {
                state.waiting.append(event)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: event)
    }

    /// The next event, however long it takes; for one reader only.
    func next() async -> Event {
        await withCheckedContinuation { continuation in
            let event = state.withLock { state -> Event? in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.reader = continuation
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }
}
