// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook

/// How one thing stands.
enum DoctorVerdict: String, Sendable, CaseIterable {
    case ok, warning, problem, unknown
}

/// One thing that was looked at: how it stands, in words, and what to do next.
struct DoctorCheck: Hashable, Sendable {
    /// What it is about, such as `configuration`, `host` or `clock`.
    var topic: String
    /// Which one, where there are several: a host's name.
    var subject: String?
    var verdict: DoctorVerdict
    var words: String
    /// What belongs to it but is looked at only where something is wrong: whose certificate it is.
    var details: [String] = []
    var next: String?
    /// What kind of error a problem is; the exit status follows the first one.
    var kind: ErrorKind?

    static func ok(_ topic: String, _ words: String, subject: String? = nil) -> DoctorCheck {
        DoctorCheck(topic: topic, subject: subject, verdict: .ok, words: words)
    }
    static func warning(_ topic: String, _ words: String, subject: String? = nil, next: String? = nil) -> DoctorCheck {
        DoctorCheck(topic: topic, subject: subject, verdict: .warning, words: words, next: next)
    }
    static func unknown(_ topic: String, _ words: String, subject: String? = nil, next: String? = nil) -> DoctorCheck {
        DoctorCheck(topic: topic, subject: subject, verdict: .unknown, words: words, next: next)
    }
    static func problem(
        _ topic: String, _ words: String, subject: String? = nil, next: String? = nil, kind: ErrorKind
    ) -> DoctorCheck {
        DoctorCheck(topic: topic, subject: subject, verdict: .problem, words: words, next: next, kind: kind)
    }
    /// A problem that is a failure somebody else met.
    static func problem(_ topic: String, _ failure: Failure, subject: String? = nil) -> DoctorCheck {
        problem(topic, failure.message, subject: subject, next: failure.hint, kind: failure.kind)
    }

    var json: JSONValue {
        var object = JSONObject([("topic", .string(topic)), ("verdict", .string(verdict.rawValue))])
        if let subject { object["subject"] = .string(subject) }
        object["words"] = .string(words)
        if !details.isEmpty { object["details"] = .array(details.map(JSONValue.string)) }
        if let next { object["next"] = .string(next) }
        if let kind { object["kind"] = .string(kind.rawValue) }
        return .object(object)
    }
}

/// All that the doctor found out about one cluster.
struct DoctorReport: Hashable, Sendable {
    var cluster: String
    var identity: String?
    var checks: [DoctorCheck] = []
    var access: [AccessRow] = []

    /// Whether somebody may do one operation.
    typealias AccessRow = OperationAccess.Row

    /// 0 where all is fine or there are warnings only, else the status of the first problem.
    var status: ExitStatus {
        guard let kind = checks.first(where: { $0.verdict == .problem })?.kind else { return .done }
        return ExitStatus(Failure(kind, ""))
    }

    var json: JSONValue {
        .object(
            JSONObject([
                ("cluster", .string(cluster)), ("identity", JSONValue(identity)),
                ("status", JSONValue(Int(status.rawValue))), ("checks", .array(checks.map(\.json))),
                ("access", .array(access.map(\.json))),
            ]))
    }
}

extension OperationAccess.Row {
    var json: JSONValue {
        ["operation": .string(operation), "verdict": .string(verdict), "words": .string(words)]
    }
}
