// SPDX-License-Identifier: Apache-2.0
internal import Proxmox
internal import Synchronization
internal import Twin

/// The twins that a script is planned on: one for each cluster that it uses.
final class PlanStage: Sendable {
    private let own: Twin
    private let others = Mutex<[(name: String, twin: Twin, live: ProxmoxClient)]>([])

    /// Makes the twin of the run's own cluster.
    init(live: ProxmoxClient, start: Double) { own = Twin(of: live, start: start) }

    /// The client that sees the twin of the run's own cluster.
    var client: ProxmoxClient { own.client }
    /// The time there, in seconds since 1970.
    var now: Double { own.now }

    /// The client that sees the twin of another cluster.
    func client(of name: String, live: ProxmoxClient) -> ProxmoxClient {
        let twin = Twin(of: live, start: own.now)
        others.withLock { $0.append((name, twin, live)) }
        return twin.client
    }

    /// The client of another cluster itself; nil where the script has not used it.
    func live(_ name: String) -> ProxmoxClient? { others.withLock { $0 }.first { $0.name == name }?.live }

    /// What was read; of another cluster with its name.
    var reads: [(request: String, count: Int)] {
        own.reads.map { ($0.request, $0.count) }
            + others.withLock { $0 }.flatMap { name, twin, _ in
                twin.reads.map { ("\(name): \($0.request)", $0.count) }
            }
    }

    /// What could not be read, and what was made up instead.
    var gaps: [String] {
        own.blanks + others.withLock { $0 }.flatMap { name, twin, _ in twin.blanks.map { "\(name): \($0)" } }
    }
}

extension Twin {
    /// What the twin could not read, and which answers it made up, as lines.
    fileprivate var blanks: [String] {
        gaps + guesses.map { "\($0): only the changed cluster can answer, so the answer is made up" }
    }
}
