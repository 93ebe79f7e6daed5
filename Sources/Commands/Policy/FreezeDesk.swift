// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// Freezes changes for anybody who asks, and lifts a freeze for a person at a terminal only.
struct FreezeDesk: Sendable {
    let journal: JournalPlace
    let caller: Caller
    let prompter: any Prompter
    let style: Style
    let now: @Sendable () -> Double

    /// The longest reason, in characters: it stands in the one line that a refused change is told.
    private static let longestReason = 200

    /// The freeze that stands; a journal that is not there yet is not made for the answer.
    func standing() async throws(Failure) -> FreezeRecord? {
        guard journal.exists else { return nil }
        return try await journal.open().standingFreeze(at: now())
    }

    /// Freezes, and returns the freeze that stands then.
    func freeze(for time: String, reason: String?) async throws(Failure) -> FreezeRecord {
        guard let seconds = TimeSpan.seconds(time), (1...TimeSpan.longest).contains(seconds) else {
            throw Failure(.usage, "--for \(time) is no time", hint: "it looks like 30m or 2h, a week (168h) at most")
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace), reason.count <= Self.longestReason else {
            throw Failure(
                .usage, "a freeze needs a reason of at most \(Self.longestReason) characters",
                hint: "--reason \"replacing the switch\": whoever is refused a change reads it")
        }
        let time = now()
        return try await journal.open().freeze(
            FreezeRecord(
                began: time, until: time + seconds, reason: TextCleaner.clean(reason), account: account))
    }

    /// Ends the freeze that stands once a person has said so; false where there was none.
    func lift() async throws(Failure) -> Bool {
        guard let freeze = try await standing() else { return false }
        guard caller == .human else {
            throw Failure(
                .policyDenied,
                "a freeze is lifted by a person, and this is \(caller.rawValue); it stands until "
                    + UTCTime.text(freeze.until), hint: "ask the person who is in charge")
        }
        var box = ConsentBox("lift the freeze", style: style)
        box.add("until", UTCTime.text(freeze.until))
        box.add("by", freeze.account)
        box.add("reason", freeze.reason)
        let (text, prompter) = (box.text(asking: "yes", width: prompter.width), prompter)
        let audited = AuditedConsent(
            journal: try journal.open(), now: now,
            subject: JSONObject([("freeze", .string(UTCTime.text(freeze.until)))]), demanded: "confirm-typed")
        try await audited.ask(at: prompter) { () throws(Failure) in
            try await TypedYes.demand(
                text, for: "lifting the freeze", else: "changes stay frozen", at: prompter,
                hint: "run it at a terminal, or wait until \(UTCTime.text(freeze.until))")
        }
        // The yes was given to the freeze that was shown.
        guard try await standing() == freeze else {
            throw Failure(
                .conflict, "the freeze changed while you were asked; it stands as it is now",
                hint: "see it with `pvelua freeze`, then lift it again")
        }
        return try await journal.open().liftFreeze(at: now())
    }

    /// Such as `alice`, or `alice (agent)` where a program asks.
    private var account: String {
        let name = getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "uid \(getuid())"
        return caller == .human ? name : "\(name) (\(caller.rawValue))"
    }
}
