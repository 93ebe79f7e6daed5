// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Proxmox

/// Watches the tasks of another process's run, for the figures on a board.
///
/// How a task ends is none of its business: whoever made it writes that into the journal.
actor TaskFollower {
    private let client: @Sendable (String) -> Result<ProxmoxClient, Failure>
    private let board: ProgressBoard
    private var clients: [String: Result<ProxmoxClient, Failure>] = [:]
    private var watched: [Int: (upid: UPID, work: Swift.Task<Void, Never>)] = [:]

    init(board: ProgressBoard, client: @escaping @Sendable (String) -> Result<ProxmoxClient, Failure>) {
        self.board = board
        self.client = client
    }

    /// Watches the tasks of the steps that are under way, and no others.
    func watch(_ steps: [StepRecord], of run: RunSummary) {
        var underway: Set<Int> = []
        for step in steps where step.state == .accepted {
            guard let upid = step.upid.flatMap({ UPID($0) }) else { continue }
            underway.insert(step.sequence)
            if watched[step.sequence] == nil { begin(step.sequence, upid, step.intent.cluster ?? run.cluster) }
        }
        for (step, entry) in watched where !underway.contains(step) { end(step, entry) }
    }

    /// Watches nothing any more.
    func end() {
        for (step, entry) in watched { end(step, entry) }
    }

    private func begin(_ step: Int, _ upid: UPID, _ cluster: String) {
        let way = clients[cluster] ?? client(cluster)
        clients[cluster] = way
        // A cluster that cannot be asked has its tasks told of by the journal alone.
        guard case .success(let client) = way else { return }
        let board = board
        let work = Swift.Task {
            _ = try? await client.wait(for: upid, timeout: .seconds(7 * 86_400), progress: { board.show($0) })
            board.end(upid)
        }
        watched[step] = (upid, work)
    }

    private func end(_ step: Int, _ entry: (upid: UPID, work: Swift.Task<Void, Never>)) {
        entry.work.cancel()
        board.end(entry.upid)
        watched[step] = nil
    }
}
