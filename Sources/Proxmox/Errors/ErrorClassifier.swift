// SPDX-License-Identifier: Apache-2.0
public import Model

/// Tells what kind of failure a refusal is, from status and text, the same for calls and tasks.
public enum ErrorClassifier {
    /// How much of a text is looked at, in bytes; a server could send texts that take minutes to compare.
    private static let longest = 2000

    /// The failure behind a refusal; its `raw` is the text as it came.
    public static func classify(_ refusal: Refusal) -> Failure {
        var text = shortened(refusal.text)
        var status = refusal.status
        if refusal.isTask, let code = embeddedStatus(text) {
            // An exception with a code shows it: "403 Permission check failed (…)" (PVE::Exception).
            status = code
            text = String(text.dropFirst(4))
        }
        var failure = Failure(.server, text.isEmpty ? "no reason given" : text, raw: refusal.text)
        failure.status = refusal.status
        failure.fields = refusal.fields
        if !refusal.fields.isEmpty {
            let details = refusal.fields.map { "\(shortened($0.name)): \(shortened($0.text))" }.joined(separator: "; ")
            failure.message = text.isEmpty ? details : "\(text) \(details)"
        }
        if let verdict = transportVerdict(refusal, text) {
            (failure.kind, failure.hint) = verdict
            return failure
        }
        if apply(ErrorRules.all, to: text, refusal, &failure) {
            if !refusal.isRead, MonitorTimeout.mayHaveRun(text) {
                failure.kind = .outcomeUnknown
                failure.hint = "the guest got the command and may have carried it out: look before doing it again"
            }
            return failure
        }
        for field in refusal.fields where apply(ErrorRules.fields, to: shortened(field.text), refusal, &failure) {
            return failure
        }
        (failure.kind, failure.hint) = fallback(status, refusal, text)
        return failure
    }

    /// The beginning of a text, on one line.
    private static func shortened(_ text: String) -> String {
        TextCleaning.cleaned(Array(text.utf8.prefix(longest)), limit: longest)
    }

    private static func apply(
        _ rules: [ErrorRule], to text: String, _ refusal: Refusal, _ failure: inout Failure
    ) -> Bool {
        for rule in rules {
            guard let captures = rule.captures(in: text, isTask: refusal.isTask) else { continue }
            failure.kind = rule.kind
            failure.hint = rule.hint(captures)
            rule.note(&failure, captures)
            return true
        }
        return false
    }

    /// What the status alone decides, before any text counts.
    private static func transportVerdict(_ refusal: Refusal, _ text: String) -> (ErrorKind, String?)? {
        guard let status = refusal.status else { return nil }
        switch status {
        case 401:
            return (.auth, "check the token's id and secret, that it has not expired and that its user is enabled")
        case 595:
            return (
                .nodeUnreachable,
                "the node did not take the request, so nothing was done: it is down or cut off; bring it back, "
                    + "or work on guests of other nodes"
            )
        case 596 where text.contains("certificate verify failed"):
            // The handshake between the nodes failed, so the request went no further.
            return (
                .tls,
                "use the node's short name; if it is right, its certificate changed: pvecm updatecerts on that node"
            )
        case 596...599:
            if refusal.isRead {
                return (
                    .nodeUnreachable,
                    "the node took the request but did not answer: it hangs, on storage or load; look at its console"
                )
            }
            return (.outcomeUnknown, "the node may have carried it out: look before doing it again")
        case 502...504:
            if refusal.isRead { return (.connection, "a proxy in front of the server could not reach it") }
            return (.outcomeUnknown, "a proxy in front of the server gave up: look before doing it again")
        default: return nil
        }
    }

    /// What remains when no text is known.
    private static func fallback(_ status: Int?, _ refusal: Refusal, _ text: String) -> (ErrorKind, String?) {
        switch status {
        case 400: return (.parameter, nil)
        case 403: return (.permission, "the user or the token lacks a privilege")
        case 404: return (.notFound, nil)
        case 501 where text.contains("data too large"):
            return (.parameter, "the request is larger than the server takes")
        case 501: return (.unsupported, "this server has no such path or method: check the path and its version")
        case 506: return (.unsupported, nil)
        default: return (refusal.isTask ? .taskFailed : .server, refusal.isTask ? "the task's log may tell why" : nil)
        }
    }

    private static func embeddedStatus(_ text: String) -> Int? {
        let head = text.prefix(4)
        guard head.count == 4, head.last == " ", let code = Int(head.dropLast()), (400...599).contains(code) else {
            return nil
        }
        return code
    }
}

extension Failure {
    /// Whether Proxmox refused because the guest is not on the node that was asked, or may not be.
    ///
    /// A node looks for guests only at home: of one that has moved it says that its configuration does not exist and, of a
    /// container, that it does not run (pve-facts §5). In both cases nothing was done.
    public var saysGuestIsElsewhere: Bool {
        // Where nobody knows whether it was done, such words, from a proxy or a log, prove nothing.
        guard let raw, kind != .inDoubt, kind != .outcomeUnknown else { return false }
        return ErrorRules.elsewhere.contains { $0.matches(raw) }
    }
}
