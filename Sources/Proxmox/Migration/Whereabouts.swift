// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ProxmoxClient {
    /// The failure of a migration, saying why it failed and where the guest is now; other failures stay as they are.
    ///
    /// The exit status of the task tells neither: the cause is in the log, and the guest may be on either node.
    func located(_ failure: Failure, _ request: ChangeRequest) async -> Failure {
        guard request.effect.condition == .onTarget, let guest = request.before, failure.kind != .cancelled else {
            return failure
        }
        var failure = failure
        if let cause = Self.cause(in: failure.log) { failure.message += " (\(cause))" }
        do throws(Failure) {
            let now = try await facts(of: guest.vmid)
            let stays = now.node == guest.node ? "still " : ""
            failure.message += "; the guest is \(stays)on \(now.node), \(now.state)"
            guard let lock = now.lock else { return failure }
            failure.message += ", locked (\(lock))"
            if failure.kind != .taskTimeout {
                let tool = now.kind == .qemu ? "qm" : "pct"
                failure.hint = "once nothing moves it any more: `\(tool) unlock \(guest.vmid)` on \(now.node)"
            }
        } catch {
            failure.message += "; where the guest is cannot be told: \(error.message)"
        }
        return failure
    }

    /// What the last line of the log that begins with `ERROR:` says, without the time before it.
    static func cause(in log: [String]) -> String? {
        let line = log.last { $0.contains(" ERROR: ") && !$0.hasPrefix("TASK ERROR") }
        guard let line, let mark = line.firstRange(of: "ERROR: ") else { return nil }
        let text = TextCleaning.line(String(line[mark.upperBound...]))
        // "migration aborted (duration 00:00:00): why" says again how it ended.
        guard let end = text.firstRange(of: "): "), text.hasPrefix("migration ") else { return text }
        return String(text[end.upperBound...])
    }
}
