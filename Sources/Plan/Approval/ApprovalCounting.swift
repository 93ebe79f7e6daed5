// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The rules by which approvals of a plan count; looks at nothing but what it is given.
public struct ApprovalCounting: Sendable {
    private let file: PlanFile
    private let terms: ApprovalTerms
    private let now: Int
    private let shown: String

    /// How far a signer's clock may be ahead of ours, in seconds.
    public static let clockTolerance = 300

    /// Begins to count for a plan.
    ///
    /// - Parameter now: Seconds since 1970.
    public init(_ file: PlanFile, terms: ApprovalTerms, now: Int) {
        self.file = file
        self.terms = terms
        self.now = now
        shown = PlanText(file).sha256
    }

    /// A statement whose signature is good.
    public struct Verified: Hashable, Sendable {
        /// The file it is in.
        public var file: String
        /// The statement.
        public var statement: ApprovalStatement
        /// The key's fingerprint.
        public var key: String
        /// All names that the key goes by, the signer's own word included.
        public var names: Set<String>

        /// Makes one.
        public init(file: String, statement: ApprovalStatement, key: String, names: Set<String>) {
            self.file = file
            self.statement = statement
            self.key = key
            self.names = names
        }
    }

    /// How many people it takes.
    public var needed: Int {
        let plan = file.plan
        guard plan.policy.demand == "approve" || plan.policy.approvals > 0 else { return 0 }
        return max(plan.policy.approvals, terms.count, 1)
    }

    /// Why a statement does not count whatever its signature says; nil where it might.
    public func refusal(of statement: ApprovalStatement) -> String? {
        guard statement.digest == file.digest else { return "is for another plan" }
        // A no needs no more than a plan that it is about.
        guard statement.verdict == .approve, let expires = statement.expires else { return nil }
        guard statement.shown == shown else {
            return "was given to another text than this pvelua shows of the plan; approve again"
        }
        guard statement.signed <= now + Self.clockTolerance else { return "is signed in the future" }
        guard expires > now, statement.signed + terms.lifetime > now else { return "has expired" }
        return nil
    }

    /// Counts.
    ///
    /// - Parameters:
    ///   - verified: Statements whose signatures are good, and of which ``refusal(of:)`` says nothing.
    ///   - refused: The files that were refused before.
    ///   - denial: A denial that is known otherwise.
    public func standing(
        _ verified: [Verified], refused: [ApprovalStanding.Refused] = [], denial: ApprovalStanding.Denial? = nil
    ) -> ApprovalStanding {
        var standing = ApprovalStanding(refused: refused, denial: denial, needed: needed)
        var counted: [Verified] = []
        for approval in verified.sorted(by: { ($0.statement.person, $0.file) < ($1.statement.person, $1.file) }) {
            let statement = approval.statement
            func refuse(_ reason: String) {
                standing.refused.append(.init(file: approval.file, reason: reason))
            }
            if let reason = refusal(of: statement) {
                refuse(reason)
            } else if statement.verdict == .deny {
                if standing.denial == nil {
                    standing.denial = .init(person: statement.person, reason: statement.reason)
                }
            } else if let reason = ownRefusal(approval.names.union([statement.person])) {
                refuse(reason)
            } else if counted.contains(where: { $0.key == approval.key }) {
                refuse("is signed with a key that has approved already; one key counts once")
            } else if counted.contains(where: { Self.isSamePerson($0, approval) }) {
                refuse("is by a person who has approved already")
            } else {
                counted.append(approval)
            }
        }
        standing.counted = counted.map(\.statement.person)
        return standing
    }

    /// Why a person under these names may not approve, being who asked for the plan; nil where it is another or may.
    public func ownRefusal(_ names: Set<String>) -> String? {
        guard names.contains(where: { Self.canBe($0, file.plan.requester) }) else { return nil }
        if file.plan.caller == .human { return "is by the person who made the plan" }
        return terms.own == .agents ? nil : "is by the account for which the plan was made (approval.own: never)"
    }

    /// Whether a name of `allowed_signers`, which may be a pattern, can mean an account: the same, or the same before the `@`,
    /// in any case.
    static func canBe(_ name: String, _ account: String) -> Bool {
        let (name, account) = (name.lowercased(), account.lowercased())
        if matches(Array(name.utf8), Array(account.utf8)) { return true }
        return matches(Array(localPart(name).utf8), Array(localPart(account).utf8))
    }

    private static func isSamePerson(_ left: Verified, _ right: Verified) -> Bool {
        let names = (left.names.union([left.statement.person]), right.names.union([right.statement.person]))
        return !names.0.isDisjoint(with: names.1)
            || localPart(left.statement.person.lowercased()) == localPart(right.statement.person.lowercased())
    }

    private static func localPart(_ name: String) -> String {
        String(name.prefix { $0 != "@" })
    }

    /// Whether a text fits a pattern of `*` and `?`, as ssh-keygen has them.
    private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (place, position) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
