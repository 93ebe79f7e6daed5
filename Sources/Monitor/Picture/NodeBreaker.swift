// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Synchronization

/// Remembers for one picture which nodes did not answer, so that a node that hangs is waited for once and not for each guest.
final class NodeBreaker: Sendable {
    private let lost = Mutex<[String: Failure]>([:])

    /// Reads something of a node, unless it did not answer before.
    func read<Value: Sendable>(
        _ node: String, _ read: () async throws(Failure) -> Value
    ) async -> ClusterPicture.Sight<Value> {
        if let failure = lost.withLock({ $0[node] }) { return .failure(failure) }
        do throws(Failure) {
            return .success(try await read())
        } catch {
            if Self.isSilence(error) { lost.withLock { $0[node] = error } }
            return .failure(error)
        }
    }

    private static func isSilence(_ failure: Failure) -> Bool {
        [.nodeUnreachable, .connection, .outcomeUnknown].contains(failure.kind)
            || failure.status.map { (595...599).contains($0) } ?? false
    }
}
