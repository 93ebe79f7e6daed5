// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox

/// What a row says, in a few words; they come from scripts and clusters and are hostile until cleaned.
struct AuditSummary {
    /// How it looks to whoever watches.
    enum Tone { case plain, good, asked, bad }

    let text: String
    let tone: Tone

    init(_ row: AuditRow) {
        let body = (try? JSONValue(parsing: row.body)) ?? .null
        func word(_ name: String) -> String { body[name]?.string ?? body[name].map(Self.short) ?? "?" }
        (text, tone) =
            switch AuditEvent.Kind(rawValue: row.kind) {
            case .runBegan: ("\(word("script")) for \(word("caller"))", .plain)
            case .runResumed: ("resumed", .plain)
            case .runEnded:
                ("status \(word("status"))", body["status"]?.perlInteger == 0 ? .good : .bad)
            case .runCanceled: ("asked to \(word("wish"))", .bad)
            case .decision: Self.decision(body)
            case .consent: Self.consent(body)
            case .refused: ("\(word("request")): \(word("message"))", .bad)
            case .intent: ("\(word("method")) \(word("path")): \(Self.list(body["actions"]))", .plain)
            case .sent: ("sent", .plain)
            case .accepted: (body["upid"]?.string ?? "taken, without a task", .plain)
            case .outcome, .resolved: Self.outcome(body)
            case .planClaimed: ("plan \(word("digest").prefix(16))… taken", .plain)
            case .planApproved: ("plan \(word("digest").prefix(16))… by \(word("person"))", .good)
            case .planDenied: ("plan \(word("digest").prefix(16))… by \(word("person"))", .bad)
            case .freeze: ("by \(word("by")): \(word("reason"))", .bad)
            case .thaw: ("changes are free", .good)
            case .login: Self.login(body)
            case .checkpoint: ("signed up to row \(word("sequence"))", .good)
            case .chainBegan: ("the journal held \(word("steps")) steps of \(word("runs")) runs before", .plain)
            case nil: (Self.short(body), .plain)
            }
    }

    private static func decision(_ body: JSONValue) -> (String, Tone) {
        let effect = body["effect"]?.string ?? "?"
        let guests = (body["guests"]?.array ?? []).map { guest in
            "\(guest["vmid"].map(short) ?? "?") (\(guest["name"]?.string ?? ""))"
        }
        let text =
            "\(effect) by \(body["rule"]?.string ?? "no rule"): \(body["request"]?.string ?? "")"
            + (guests.isEmpty ? "" : ", guest \(guests.joined(separator: ", "))")
        return (text, effect == "allow" ? .plain : effect == "deny" ? .bad : .asked)
    }

    private static func consent(_ body: JSONValue) -> (String, Tone) {
        let answer = body["answer"]?.string ?? "?"
        let reason = body["reason"]?.string.map { ": \($0)" } ?? ""
        let plan = body["plan"]?.string.map { " \($0.prefix(16))…" } ?? ""
        let by = body["by"]?.string ?? "?"
        return ("\(answer) by \(by)\(plan)\(reason)", answer == "yes" ? .asked : .bad)
    }

    private static func outcome(_ body: JSONValue) -> (String, Tone) {
        let state = body["state"]?.string ?? short(body)
        let message = (body["outcome"]?["message"] ?? body["outcome"]?["error"]?["message"])?.string
        return (
            state + (message.map { ": \($0)" } ?? ""), state.hasPrefix("done") ? .good : .bad
        )
    }

    private static func login(_ body: JSONValue) -> (String, Tone) {
        let outcome = body["outcome"]?.string ?? "?"
        let text = "\(body["identity"]?.string ?? "?") \(outcome)" + (body["message"]?.string.map { ": \($0)" } ?? "")
        return (text, outcome == "failed" ? .bad : .plain)
    }

    private static func list(_ value: JSONValue?) -> String {
        (value?.array ?? []).compactMap(\.string).joined(separator: ", ")
    }

    private static func short(_ value: JSONValue) -> String {
        let text = value.text
        return text.count > 120 ? text.prefix(120) + "…" : text
    }
}
