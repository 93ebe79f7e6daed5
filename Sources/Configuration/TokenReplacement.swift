// SPDX-License-Identifier: Apache-2.0
public import Model
internal import YAML

/// Puts another token into the text of a configuration file and leaves every other character as it is.
public enum TokenReplacement {
    /// The text with the cluster's token id and secret file replaced.
    ///
    /// What comes out is read again: it must say the same as before but for these two.
    ///
    /// - Parameter secretFile: The path of the new secret, absolute.
    /// - Throws: ``Failure`` of kind `config` where the file is not of that form or cannot be changed so.
    public static func replace(
        in text: String, file: String, home: String, cluster name: String, tokenID: String, secretFile: String
    ) throws(Failure) -> String {
        let before = try ConfigurationFile.parse(text, file: file, home: home)
        // By bytes: to Swift a carriage return and a line feed are one character, which is no "\n".
        var lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        let changed: Bool
        do throws(YAMLError) {
            let root = try YAMLDocument(parsing: Array(text.utf8), file: file).root
            let auth = root["clusters"]?[name]?["auth"]
            // From the end to the beginning, so that the first place stays right where both are on one line.
            let places = [(auth?["token_id"], tokenID), (auth?["token_secret"]?["file"], secretFile)]
                .compactMap { node, value in node.map { ($0, value) } }
                .sorted { ($0.0.line, $0.0.column) > ($1.0.line, $1.0.column) }
            changed = places.count == 2 && places.allSatisfy { put($0.1, in: &lines, at: $0.0) }
        } catch {
            throw Failure(.config, error.description)
        }
        let result = lines.joined(separator: "\n")
        guard changed, let after = try? ConfigurationFile.parse(result, file: file, home: home),
            isSame(before, after, but: name),
            case .token(tokenID, .file(secretFile), _)? = after.cluster(named: name)?.auth
        else {
            throw Failure(
                .config, "\(file) is written in a way that pvelua does not change by itself",
                hint: "set token_id: \"\(tokenID)\" and token_secret: { file: \(secretFile) } for \(name) by hand")
        }
        return result
    }

    /// Replaces the scalar that begins at the node's place; false where the text there is another.
    private static func put(_ value: String, in lines: inout [String], at node: YAMLNode) -> Bool {
        guard let old = node.scalar, lines.indices.contains(node.line - 1) else { return false }
        let line = Array(lines[node.line - 1].unicodeScalars)
        let start = node.column - 1
        guard line.indices.contains(start) else { return false }
        let isQuoted = line[start] == "\"" || line[start] == "'"
        let body = Array(old.unicodeScalars)
        let end = start + body.count + (isQuoted ? 2 : 0)
        guard end <= line.count, Array(line[(start + (isQuoted ? 1 : 0))...].prefix(body.count)) == body else {
            return false
        }
        var result = String.UnicodeScalarView(line[..<start])
        result.append(contentsOf: "\"\(value)\"".unicodeScalars)
        result.append(contentsOf: line[end...])
        lines[node.line - 1] = String(result)
        return true
    }

    /// Whether two configurations say the same but for one cluster's identity.
    private static func isSame(_ before: ConfigurationFile, _ after: ConfigurationFile, but name: String) -> Bool {
        before.clusters.count == after.clusters.count && before.defaultCluster == after.defaultCluster
            && before.snapshots == after.snapshots
            && zip(before.clusters, after.clusters).allSatisfy { old, new in
                guard old.name == name else { return old.isSame(as: new) }
                var new = new
                new.auth = old.auth
                return old == new
            }
    }
}
