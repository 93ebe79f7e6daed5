// SPDX-License-Identifier: Apache-2.0
internal import Hashing
public import JSON

/// What a person signs about a plan: yes or no to exactly this plan, as it was shown.
///
/// The signature is over ``bytes``; a statement is read only where these bytes come out again.
public struct ApprovalStatement: Hashable, Sendable {
    /// Yes or no.
    public enum Verdict: String, Sendable, CaseIterable {
        /// The plan may be applied.
        case approve
        /// It may never be.
        case deny
    }

    /// The namespace of the signature, so that one made for anything else is none.
    public static let namespace = "pvelua-approval"
    /// The version of the form.
    public static let version = 1

    /// Yes or no.
    public var verdict: Verdict
    /// The plan's digest.
    public var digest: String
    /// The SHA-256 of the text that was shown, see ``PlanText``.
    public var shown: String
    /// Random digits that make two statements of the same content two.
    public var nonce: String
    /// When it was signed, in seconds since 1970, as the signer's clock had it.
    public var signed: Int
    /// When an approval ceases to hold; nil for a denial, which never does.
    public var expires: Int?
    /// Who signs, by a name of `allowed_signers`.
    public var person: String
    /// Why, where that was said.
    public var reason: String?

    /// Makes a statement about a plan as ``PlanText`` shows it.
    public init(
        _ verdict: Verdict, of file: PlanFile, by person: String, nonce: String, signed: Int, expires: Int?,
        reason: String? = nil
    ) {
        self.verdict = verdict
        digest = file.digest
        shown = PlanText(file).sha256
        self.nonce = nonce
        self.signed = signed
        self.expires = expires
        self.person = person
        self.reason = reason
    }

    /// Whether a text can name a person: up to 64 ASCII letters, digits and `._%+@-`, the first no sign.
    ///
    /// `allowed_signers` knows patterns and lists, which name nobody in particular.
    public static func isPerson(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLetterOrDigit, text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { $0.isLetterOrDigit || "._%+@-".utf8.contains($0) }
    }

    /// The statement as JSON.
    public var json: JSONValue {
        members([
            "version": JSONValue(Self.version), "verdict": .string(verdict.rawValue), "digest": .string(digest),
            "shown_sha256": .string(shown), "nonce": .string(nonce), "signed": JSONValue(signed),
            "expires": expires.map { JSONValue($0) }, "person": .string(person),
            "reason": reason.map(JSONValue.string),
        ])
    }

    /// The bytes that are signed: canonical JSON (RFC 8785).
    public var bytes: [UInt8] { json.canonical() }

    init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(
            json, "statement",
            keys: [
                "version", "verdict", "digest", "shown_sha256", "nonce", "signed", "expires", "person", "reason",
            ])
        guard try reader.integer("version") == Self.version else {
            throw PlanError(description: "the statement is of another version")
        }
        guard let verdict = Verdict(rawValue: try reader.text("verdict")) else {
            throw PlanError(description: "statement.verdict is neither approve nor deny")
        }
        self.verdict = verdict
        digest = try reader.text("digest")
        shown = try reader.text("shown_sha256")
        nonce = try reader.text("nonce")
        signed = try reader.integer("signed")
        expires = try reader.optionalInteger("expires")
        person = try reader.text("person")
        reason = try reader.optionalText("reason")
        guard (digest + shown + nonce).utf8.allSatisfy(\.isLowercaseHexadecimal), digest.utf8.count == 64,
            shown.utf8.count == 64, nonce.utf8.count == 32
        else { throw PlanError(description: "a hash of the statement is none") }
        guard Self.isPerson(person) else { throw PlanError(description: "statement.person names nobody") }
        guard (expires == nil) == (verdict == .deny) else {
            throw PlanError(description: "an approval expires, and a denial does not")
        }
        guard (reason?.utf8.count ?? 0) <= Self.longestReason else {
            throw PlanError(description: "statement.reason is too long")
        }
    }

    /// The most bytes of a reason.
    public static let longestReason = 1000
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    fileprivate var isLowercaseHexadecimal: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
