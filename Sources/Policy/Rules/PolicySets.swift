// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// The `sets` of a policy: names for lists of actions, and for what a rule is about.
///
/// One object for the whole reading of a file, so that every set is read once however often it is named.
final class PolicySets {
    var actions: [String: [Glob]] = [:]
    var conditions: [String: RuleCondition] = [:]
    /// What was written and not yet read, so that a set may name one that stands below it.
    var written: [String: YAMLNode] = [:]
    /// The sets that are being read, in which a name must not turn up again.
    var open: [String] = []

    var names: [String] { Array(written.keys) }
}

extension PolicyFile {
    /// Reads `sets: { dangerous: [guest.stop, "@gone"], production: { pool: [web, db] } }`.
    func readSets(_ node: YAMLNode) throws(YAMLError) {
        let members = try node.members()
        for (key, value) in members {
            let name = try key.text()
            guard let first = name.utf8.first, first != UInt8(ascii: "-"), name.utf8.count <= 64,
                name.utf8.allSatisfy({ isNamed($0) })
            else { throw key.error("a set's name consists of letters, digits, `-` and `_`, found `\(name)`") }
            sets.written[name] = value
        }
        for (key, value) in members {
            let name = try key.text()
            if case .mapping = value.kind {
                _ = try readGuestSet(name, key)
            } else {
                _ = try readActionSet(name, key)
            }
        }
    }

    /// The actions of a set that a rule names.
    func actionSet(_ node: YAMLNode, _ name: String) throws(YAMLError) -> [Glob] {
        try readActionSet(name, node)
    }

    /// What a set stands for that a condition names.
    func guestSet(_ node: YAMLNode, _ name: String) throws(YAMLError) -> RuleCondition {
        try readGuestSet(name, node)
    }

    private func readActionSet(_ name: String, _ place: YAMLNode) throws(YAMLError) -> [Glob] {
        if let known = sets.actions[name] { return known }
        let node = try begin(name, place)
        if case .mapping = node.kind {
            throw place.error("`\(name)` is a set of guests: name it in where, as `set: \(name)`")
        }
        let result = try patterns(node)
        sets.actions[name] = result
        sets.open.removeLast()
        return result
    }

    private func readGuestSet(_ name: String, _ place: YAMLNode) throws(YAMLError) -> RuleCondition {
        if let known = sets.conditions[name] { return known }
        let node = try begin(name, place)
        if case .sequence = node.kind {
            throw place.error("`\(name)` is a set of actions: name it in actions, as \"@\(name)\"")
        }
        let result = try condition(node, of: "a set of guests")
        guard result.size <= 1000 else { throw place.error("the set `\(name)` stands for too many conditions") }
        sets.conditions[name] = result
        sets.open.removeLast()
        return result
    }

    /// The node of a set, having seen that it exists and does not stand in itself.
    private func begin(_ name: String, _ place: YAMLNode) throws(YAMLError) -> YAMLNode {
        guard let node = sets.written[name] else {
            let hint = Spelling.suggestion(for: name, among: sets.names.sorted()).map { "; \($0)" } ?? ""
            throw place.error("there is no set `\(name)`\(hint)")
        }
        guard !sets.open.contains(name) else {
            let circle = (sets.open.drop { $0 != name } + [name]).map { "`\($0)`" }.joined(separator: " → ")
            throw place.error("a set must not contain itself: \(circle)")
        }
        sets.open.append(name)
        return node
    }

    private func isNamed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
