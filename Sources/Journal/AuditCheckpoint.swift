// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// A signed word that the audit stood like this.
public struct AuditCheckpoint: Hashable, Sendable {
    /// The row that holds it; 0 before it is written.
    public var row = 0
    /// The last row that it covers.
    public var sequence: Int
    /// That row's hash, which binds all rows before it.
    public var hash: String
    /// The armored SSH signature of ``statement``.
    public var signature: String

    /// The namespace that it is signed for.
    public static let namespace = "pvelua-audit"

    /// Makes a checkpoint.
    public init(sequence: Int, hash: String, signature: String) {
        self.sequence = sequence
        self.hash = hash
        self.signature = signature
    }

    /// What is signed.
    public static func statement(sequence: Int, hash: String) -> [UInt8] {
        Array("pvelua audit checkpoint 1\nsequence \(sequence)\nhash \(hash)\n".utf8)
    }

    /// What is signed.
    public var statement: [UInt8] { Self.statement(sequence: sequence, hash: hash) }

    /// The checkpoint as an event.
    public var event: AuditEvent {
        AuditEvent(
            .checkpoint,
            body: ["sequence": JSONValue(sequence), "hash": .string(hash), "signature": .string(signature)])
    }

    /// Reads the checkpoint in a row; nil where there is none.
    public init?(_ row: AuditRow) {
        guard let body = try? JSONValue(parsing: row.body), case .integer(let number)? = body["sequence"],
            let sequence = Int(exactly: number), let hash = body["hash"]?.string,
            let signature = body["signature"]?.string
        else { return nil }
        self.init(sequence: sequence, hash: hash, signature: signature)
        self.row = row.sequence
    }
}
