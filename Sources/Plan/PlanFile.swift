// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
public import Model

/// A plan as a file: one line of canonical JSON (RFC 8785), `{"digest":"…","plan":{…},"version":1}`.
///
/// The digest is the SHA-256 of the plan's own canonical bytes. Whoever approves signs that digest, so the file is read only
/// where it is exactly what this module would write of it: nothing can hide in it that is not shown.
public struct PlanFile: Hashable, Sendable {
    /// The plan.
    public let plan: Plan
    /// The SHA-256 of its canonical bytes, in 64 hexadecimal digits.
    public let digest: String

    /// The most bytes that a file may have.
    public static let maximumSize = 16 << 20

    /// Seals a plan.
    public init(_ plan: Plan) {
        self.plan = plan
        digest = ContentHash.sha256(plan.json.canonical())
    }

    /// The file's bytes, a newline at their end.
    public var bytes: [UInt8] {
        JSONValue.object(JSONObject([("digest", .string(digest)), ("plan", plan.json), ("version", 1)])).canonical()
            + [UInt8(ascii: "\n")]
    }

    /// Reads a file.
    ///
    /// - Parameter name: What messages call it.
    /// - Throws: ``Failure`` of kind `plan_diverged` for a file that was changed since it was written, of kind `usage` for one
    ///   that is no plan or is of another version.
    public init(reading bytes: [UInt8], name: String) throws(Failure) {
        guard bytes.count <= Self.maximumSize, let text = try? JSONValue(parsing: bytes), let version = text["version"],
            let content = text["plan"], let digest = text["digest"]?.string
        else {
            throw Failure(.usage, "\(name) is no plan", hint: "a plan is written by: pvelua plan FILE")
        }
        guard version == 1 else {
            throw Failure(.usage, "\(name) was written by another version of pvelua", hint: "plan again")
        }
        let plan: Plan
        do {
            plan = try Plan(json: content)
        } catch {
            throw Self.changed(name, "\(error)")
        }
        self.init(plan)
        guard digest == self.digest, bytes == self.bytes else {
            throw Self.changed(name, "its digest is another")
        }
    }

    private static func changed(_ name: String, _ reason: String) -> Failure {
        Failure(
            .planDiverged, "\(name) was changed since it was written (\(reason)); nothing was sent",
            hint: "plan again: pvelua plan FILE")
    }
}
