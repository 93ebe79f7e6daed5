// SPDX-License-Identifier: Apache-2.0
internal import YAML

/// What is done with the audit besides writing it into the journal.
public struct AuditConfiguration: Hashable, Sendable {
    /// The SSH key that signs the audit at the end of a run: a private key without a passphrase, or a public one whose private
    /// half an agent holds.
    public var key: String?
    /// Who may sign checkpoints, as an `allowed_signers` file of OpenSSH.
    public var signers: String?
    /// The file that copies of all rows are appended to.
    public var file: String?
    /// Whether a line of each row goes to the system's log.
    public var syslog = false

    /// Nothing.
    public init() {}
}

/// The form of `audit:` in `config.yaml`.
struct AuditForm {
    let home: String

    func section(_ node: YAMLNode) throws(YAMLError) -> AuditConfiguration {
        let reader = try YAMLReader(node, of: "audit", keys: ["key", "signers", "file", "syslog"])
        var result = AuditConfiguration()
        result.key = try reader.optional("key").map(path)
        result.signers = try reader.optional("signers").map(path)
        result.file = try reader.optional("file").map(path)
        if let value = reader.optional("syslog") { result.syslog = try value.boolean() }
        return result
    }

    private func path(_ node: YAMLNode) throws(YAMLError) -> String {
        let path = Locations.expand(try node.text(), home: home)
        guard path.hasPrefix("/") else { throw node.error("expected a path that begins with / or ~/, found `\(path)`") }
        return path
    }
}
