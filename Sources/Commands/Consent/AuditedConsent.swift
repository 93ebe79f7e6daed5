// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Terminal

/// A question that belongs to no call of a run, and whose answer is audited whatever it is.
struct AuditedConsent: Sendable {
    let journal: any JournalStore
    let now: @Sendable () -> Double
    /// What it was asked for: a plan's digest, a freeze.
    let subject: JSONObject
    /// The cluster it is about; nil for one that is about all.
    var cluster: String?
    /// What was demanded, as policy names it.
    let demanded: String

    /// Asks, and returns where the answer was yes.
    ///
    /// - Throws: What the question throws, once that is audited as well; ``Failure`` where it cannot be.
    func ask(at prompter: any Prompter, _ question: () async throws(Failure) -> Void) async throws(Failure) {
        do throws(Failure) {
            try await question()
        } catch {
            let isAsked = prompter.isPresent
            // That it was refused stands, whether or not it can be written down.
            try? await note(isAsked ? "no" : "nobody", by: "terminal", reason: isAsked ? error.message : nil)
            throw error
        }
        try await note("yes", by: "terminal")
    }

    /// Audits what answered in a person's stead.
    func note(_ answer: String, by way: String, reason: String? = nil) async throws(Failure) {
        var body = JSONObject([
            ("answer", .string(answer)), ("by", .string(way)), ("demanded", .string(demanded)),
        ])
        if let reason { body["reason"] = .string(reason) }
        for member in subject.members { body[member.key] = member.value }
        try await journal.audit(AuditEvent(.consent, cluster: cluster, body: .object(body)), at: now())
    }
}
