// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// What was asked of a twin, and what it asked of the live cluster.
final class ReadLog: Sendable {
    private struct Counts {
        var asked: [Twin.Read] = []
        var places: [String: Int] = [:]
        var sent = 0
        var writes = 0
        var gaps: [String] = []
        var guesses: [String] = []
    }

    private let counts = Mutex(Counts())

    var asked: [Twin.Read] { counts.withLock { $0.asked } }
    var sent: Int { counts.withLock { $0.sent } }
    var writes: Int { counts.withLock { $0.writes } }
    var gaps: [String] { counts.withLock { $0.gaps } }

    var guesses: [String] { counts.withLock { $0.guesses } }

    /// Somebody read through the twin.
    func note(read target: String) {
        let request = Self.name(target)
        counts.withLock { counts in
            if let place = counts.places[request] {
                counts.asked[place].count += 1
            } else {
                counts.places[request] = counts.asked.count
                counts.asked.append(Twin.Read(request: request, count: 1))
            }
        }
    }

    private static func name(_ target: String) -> String {
        "GET " + target.dropFirst(target.hasPrefix("/api2/json") ? 10 : 0)
    }

    /// An answer was made up.
    func note(guess target: String) {
        let request = Self.name(target)
        counts.withLock { if !$0.guesses.contains(request) { $0.guesses.append(request) } }
    }

    /// A request goes to the live cluster.
    func noteSent() { counts.withLock { $0.sent += 1 } }

    /// The twin took a change.
    func noteWrite() { counts.withLock { $0.writes += 1 } }

    /// The twin goes on without something.
    func note(gap: String) {
        counts.withLock { if !$0.gaps.contains(gap) { $0.gaps.append(gap) } }
    }
}
