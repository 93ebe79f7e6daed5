// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// A signed statement as a file: one line of canonical JSON, `{"signature":"…","statement":{…},"version":1}`.
///
/// Like a plan it is read only where it is exactly what this module would write of it.
public struct ApprovalFile: Hashable, Sendable {
    /// What is signed.
    public let statement: ApprovalStatement
    /// The signature.
    public let signature: SSHSignature

    /// The most bytes that a file may have.
    public static let maximumSize = 64 << 10

    /// Puts a statement and its signature together.
    public init(_ statement: ApprovalStatement, _ signature: SSHSignature) {
        self.statement = statement
        self.signature = signature
    }

    /// The file's bytes, a newline at their end.
    public var bytes: [UInt8] {
        JSONValue.object(
            JSONObject([
                ("signature", .string(signature.armored)), ("statement", statement.json), ("version", 1),
            ])
        ).canonical() + [UInt8(ascii: "\n")]
    }

    /// Reads a file.
    ///
    /// - Throws: ``Failure`` of kind `usage`, its message the reason as the rest of a sentence.
    public init(reading bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Self.maximumSize else { throw Failure(.usage, "it is too large") }
        guard let text = try? JSONValue(parsing: bytes), let content = text["statement"],
            let armored = text["signature"]?.string
        else { throw Failure(.usage, "it is no approval") }
        guard text["version"] == 1 else { throw Failure(.usage, "it was written by another version of pvelua") }
        let statement: ApprovalStatement
        do {
            statement = try ApprovalStatement(json: content)
        } catch {
            throw Failure(.usage, "it is no approval: \(error)")
        }
        guard let signature = SSHSignature(armored: armored) else { throw Failure(.usage, "its signature is none") }
        guard signature.namespace == ApprovalStatement.namespace else {
            throw Failure(.usage, "its signature was made for something else than approving a plan")
        }
        self.init(statement, signature)
        guard bytes == self.bytes else { throw Failure(.usage, "it is not as pvelua writes it") }
    }
}
