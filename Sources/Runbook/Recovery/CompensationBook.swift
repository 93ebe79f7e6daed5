// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the chunk that runs has given to `pve.on_failure`, by number.
///
/// The functions themselves are the worker's; the host knows how many wait and where they were registered, so it can tell
/// of them even when the worker is gone.
struct CompensationBook: Sendable {
    /// One function that waits.
    struct Entry: Sendable {
        let number: Int
        let location: String?
    }

    /// How many a chunk may have waiting.
    static let maximum = 1000

    private var waiting: [Entry] = []
    /// The number of the one that runs.
    private(set) var running: Int?

    /// Writes down one more.
    mutating func add(_ number: Int, at location: String?) throws(Failure) {
        guard running == nil else {
            throw Failure(.unsupported, "pve.on_failure cannot be used in what pve.on_failure was given")
        }
        guard waiting.count < Self.maximum else {
            throw Failure(
                .limit, "more than \(Self.maximum) functions wait in pve.on_failure",
                hint: "take back what is no longer needed: pve.on_failure returns a function that does")
        }
        guard waiting.last.map({ $0.number < number }) ?? true else {
            throw .parameter("compensation", "has a number that was used before")
        }
        waiting.append(Entry(number: number, location: location))
    }

    /// Forgets one that the script took back.
    mutating func drop(_ number: Int) { waiting.removeAll { $0.number == number } }

    /// Takes the newest and marks it as the one that runs; nil where none waits.
    mutating func beginNewest() -> Entry? {
        let entry = waiting.popLast()
        running = entry?.number
        return entry
    }

    /// How many wait.
    var count: Int { waiting.count }

    /// Forgets all, and tells which they were, newest first.
    mutating func takeAll() -> [Entry] {
        defer { self = CompensationBook() }
        return waiting.reversed()
    }
}
