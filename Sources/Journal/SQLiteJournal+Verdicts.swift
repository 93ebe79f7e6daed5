// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// What somebody said about a plan, as this account's journal has it.
public struct PlanVerdict: Hashable, Sendable {
    /// The plan's digest.
    public var digest: String
    /// Who said it.
    public var person: String
    /// Whether it is a no.
    public var isDenial: Bool
    /// When, in seconds since 1970.
    public var given: Double
    /// When a yes ceases to hold; a no never does.
    public var expires: Double
    /// Why, where that was said.
    public var reason: String?

    /// Makes a verdict.
    public init(
        digest: String, person: String, isDenial: Bool, given: Double, expires: Double, reason: String? = nil
    ) {
        self.digest = digest
        self.person = person
        self.isDenial = isDenial
        self.given = given
        self.expires = expires
        self.reason = reason
    }
}

extension SQLiteJournal {
    /// Writes down a verdict; a later yes of the same person takes the place of an earlier one, a no stays as it is.
    public func recordVerdict(_ verdict: PlanVerdict) throws(Failure) {
        try write(.config, "the verdict is not recorded") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query(
                    """
                    INSERT INTO plan_verdict (digest, person, is_denial, given, expires, reason) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (digest, person, is_denial) DO UPDATE
                    SET given = excluded.given, expires = excluded.expires WHERE is_denial = 0
                    """,
                    [
                        .text(verdict.digest), .text(verdict.person), SQLiteValue(verdict.isDenial ? 1 : 0),
                        .real(verdict.given), .real(verdict.expires), SQLiteValue(verdict.reason),
                    ])
                var body = JSONObject([("digest", .string(verdict.digest)), ("person", .string(verdict.person))])
                if let reason = verdict.reason { body["reason"] = .string(reason) }
                if !verdict.isDenial { body["until"] = .number(verdict.expires) }
                try audit(
                    AuditEvent(verdict.isDenial ? .planDenied : .planApproved, body: .object(body)), at: verdict.given,
                    in: connection)
            }
        }
    }

    /// What was said about a plan, in order of the people's names.
    public func verdicts(of digest: String) throws(Failure) -> [PlanVerdict] {
        try read { connection throws(SQLiteError) in
            try connection.query(
                "SELECT person, is_denial, given, expires, reason FROM plan_verdict WHERE digest = ? ORDER BY person, is_denial",
                [.text(digest)])
        }.compactMap { row in
            guard let person = row.text(0), let denial = row.integer(1), let given = row.real(2),
                let expires = row.real(3)
            else { return nil }
            return PlanVerdict(
                digest: digest, person: person, isDenial: denial != 0, given: given, expires: expires,
                reason: row.text(4))
        }
    }
}
