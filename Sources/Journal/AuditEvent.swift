// SPDX-License-Identifier: Apache-2.0
internal import Hashing
public import JSON

/// Something that happened and that nobody may be able to deny later.
public struct AuditEvent: Hashable, Sendable {
    /// What kind of thing happened.
    public var kind: Kind
    /// The run it belongs to.
    public var run: String?
    /// The step of that run.
    public var step: Int?
    /// The cluster it is about.
    public var cluster: String?
    /// What is known of it; secrets are taken out before it is written, and long texts are named by their hash.
    public var body: JSONValue
    /// When it happened, in seconds since 1970, where that was before it is written.
    public var time: Double?
    /// Whether it is about the step that is written along with it, whose number is not known before.
    public var isOfNextStep = false

    /// What is audited.
    public enum Kind: String, Sendable, CaseIterable {
        /// A run's record began.
        case runBegan = "run.began"
        /// A run was resumed.
        case runResumed = "run.resumed"
        /// A run ended.
        case runEnded = "run.ended"
        /// A run was asked to end.
        case runCanceled = "run.canceled"
        /// Policy was asked, and this was its word.
        case decision
        /// A person was asked, and this was the answer.
        case consent
        /// A call was let pass by policy and people and stopped by something else: a limit, a freeze, a lock.
        case refused
        /// A change is about to be sent.
        case intent
        /// It is being sent.
        case sent
        /// The cluster took it.
        case accepted
        /// What came of it.
        case outcome
        /// What was found out later about a step, or decided by a person.
        case resolved
        /// A plan was taken for a run.
        case planClaimed = "plan.claimed"
        /// A plan was approved.
        case planApproved = "plan.approved"
        /// A plan was denied.
        case planDenied = "plan.denied"
        /// Changes were frozen.
        case freeze
        /// A freeze was ended.
        case thaw
        /// Somebody logged in to a cluster, or tried.
        case login
        /// The chain so far was signed.
        case checkpoint
        /// The chain begins in a journal that was there before it.
        case chainBegan = "chain.began"
    }

    /// Makes an event.
    public init(
        _ kind: Kind, run: String? = nil, step: Int? = nil, cluster: String? = nil,
        body: JSONValue = .object(JSONObject())
    ) {
        self.kind = kind
        self.run = run
        self.step = step
        self.cluster = cluster
        self.body = body
    }
}

/// One row of the audit: an event, who did it and when, and the hash that binds it to all rows before.
public struct AuditRow: Hashable, Sendable {
    /// Its number, from 1, without gaps.
    public var sequence: Int
    /// When, in seconds since 1970.
    public var time: Double
    /// Who, such as `alice@ws1`.
    public var account: String
    /// The kind, as it is written; a newer pvelua may write kinds that this one does not know.
    public var kind: String
    /// The run it belongs to.
    public var run: String?
    /// The step of that run.
    public var step: Int?
    /// The cluster it is about.
    public var cluster: String?
    /// What is known of it, as JSON text.
    public var body: String
    /// SHA-256 over the hash before and every field, in hexadecimal.
    public var hash: String

    /// The hash that the first row is bound to.
    public static let origin = String(repeating: "0", count: 64)

    /// The hash that the row must bear behind that of the row before: each field with its length before it, so that no two rows
    /// are the same text, and what is missing is not what is empty.
    public func expectedHash(after previous: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.utf8.count + 256)
        func add(_ field: String?) {
            guard let field else { return bytes.append(contentsOf: "-:".utf8) }
            bytes.append(contentsOf: String(field.utf8.count).utf8)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: field.utf8)
        }
        add(previous)
        add(String(sequence))
        // The bits and not a decimal text, which two programs may write differently.
        add(String(time.bitPattern))
        add(kind)
        add(account)
        add(run)
        add(step.map(String.init))
        add(cluster)
        add(body)
        return ContentHash.sha256(bytes)
    }
}
