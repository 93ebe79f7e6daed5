// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text

/// What an author would have written: a line of the reference for what was meant.
extension ScriptFailure {
    /// A line of Lua that calls what was called wrongly, or what a misspelt name probably means; it runs on the demo cluster.
    ///
    /// A script may word errors as it likes; what is given here is the reference's own.
    public var example: String? {
        if let called { return called.example }
        return failure.kind == .script ? ScriptWords.example(for: failure.message) : nil
    }
}

extension ScriptWords {
    /// The reference's example for what a message is about; nil where there is none.
    static func example(for message: String) -> String? {
        if let wrong = message.firstRange(of: " does not exist; did you mean pve.") {
            return entry(path(message[wrong.upperBound...]))
        }
        if message.hasPrefix("pve.") { return entry(path(message.dropFirst(4))) }
        if let colon = message.firstRange(of: "call it with a colon: ") {
            let call = message[colon.upperBound...].split(separator: ":", maxSplits: 1)
            return call.count == 2 ? method(path(call[1])) : nil
        }
        guard let (kind, name) = named(in: message), name.utf8.count <= 64 else { return nil }
        switch kind {
        case "global": return entry(name)
        case "method":
            let known = Set(OperationTable.all.flatMap(\.methods).map(\.name)).sorted()
            return Spelling.nearest(to: name, among: known).flatMap { method($0) }
        default: return nil
        }
    }

    /// The name that a text begins with: `api.get` of `api.get? …`.
    private static func path(_ text: Substring) -> String {
        String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
    }

    private static func entry(_ name: String) -> String? {
        OperationTable.named(name)?.example ?? LanguageExtra.all.first { $0.name == name }?.example
    }

    /// A call of a guest's method that needs nothing, or else the example of the operation that it is.
    ///
    /// - Parameter object: Whose method it is, where that is known.
    static func method(_ name: String, of object: ScriptObject? = nil) -> String? {
        for operation in OperationTable.all {
            let found = operation.methods.first { $0.name == name && (object == nil || $0.object == object) }
            guard let found else { continue }
            let others = operation.parameters.dropFirst(found.before.count)
            guard found.object == .guest, found.into.isEmpty, !others.contains(where: \.isRequired) else {
                return operation.example
            }
            return "local vm = pve.vm(101); vm:\(name)()"
        }
        return nil
    }
}
