// SPDX-License-Identifier: Apache-2.0
public import Model
internal import YAML

/// A file of cases that a policy is tried with.
public struct PolicyCaseFile: Hashable, Sendable {
    /// The policy that is tried, as written: relative to the file's own folder; nil for the one in force.
    public let policy: String?
    /// The cases, in the order written.
    public let cases: [PolicyCase]

    /// Reads a file's text.
    ///
    /// - Parameter file: The file's name for messages.
    /// - Throws: ``Failure`` of kind `config` as `file:line:column: …` for anything not understood.
    public static func load(yaml text: String, file: String) throws(Failure) -> PolicyCaseFile {
        do throws(YAMLError) {
            let root = try YAMLDocument(parsing: text, file: file).root
            let reader = try YAMLReader(root, of: "a file of policy cases", keys: ["policy", "cases"])
            let list = try reader.required("cases")
            var cases: [PolicyCase] = []
            for node in try list.elements() { cases.append(try PolicyCaseForm(node).read()) }
            guard !cases.isEmpty else { throw list.error("there must be at least one case") }
            return PolicyCaseFile(policy: try reader.optional("policy")?.text(), cases: cases)
        } catch {
            throw Failure(.config, error.description)
        }
    }
}
