// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import JSON
internal import Model
internal import Runbook
internal import Text

/// Turning the session into a runbook.
extension Repl {
    func save(_ path: String, replaces: Bool) async throws(Failure) {
        guard !path.isEmpty else { throw Failure(.usage, "which file?", hint: ":save FILE") }
        let good = inputs.filter(\.isGood).map(\.text)
        guard !good.isEmpty else { throw Failure(.usage, "no input has succeeded yet; there is nothing to save") }
        var kept: [(text: String, isStatement: Bool)] = []
        var secrets = 0
        for text in good {
            guard ReplHistory.mayKeep(text, context.secrets) else {
                secrets += 1
                continue
            }
            kept.append((text, await isStatement(text)))
        }
        let script = ReplScript(cluster: environment.clusterName, inputs: kept)
        let file = context.absolute(path)
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (replaces ? O_TRUNC : O_EXCL)
        let descriptor = open(file, flags, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw Failure(.usage, "\(path) is there already", hint: ":save! \(path) replaces it")
            }
            throw Failure(.usage, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        guard writeAll(descriptor, Array(script.text.utf8)) else {
            throw Failure(.usage, "\(path) could not be written to its end")
        }
        writeError("saved \(kept.count) inputs; run them with: pvelua run \(TextCleaner.clean(path))\n")
        if secrets > 0 { writeError("left out \(secrets) that hold a secret\n") }
    }

    /// Whether Lua takes an input as it stands: asked where nothing is run.
    private func isStatement(_ text: String) async -> Bool {
        let code = "return load(\(LuaText.literal(.string(text), indent: 0))) ~= nil"
        guard case .values(let values) = await session.evaluate(Chunk(source: Array(code.utf8), name: "=save")) else {
            return true
        }
        return values.first?.json == .bool(true)
    }
}

/// The inputs of a session as one file.
struct ReplScript {
    let cluster: String
    let inputs: [(text: String, isStatement: Bool)]

    var text: String {
        var lines = [
            "-- runbook{ name = \"session on \(TextCleaner.clean(cluster).replacing("\"", with: ""))\" }",
            "-- Saved from pvelua repl; what failed there is left out.", "",
        ]
        for (index, input) in inputs.enumerated() {
            let isUsed = inputs.dropFirst(index + 1).contains { Self.usesLast($0.text) }
            lines.append(Self.line(input.text, input.isStatement, isUsed: isUsed))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ text: String, _ isStatement: Bool, isUsed: Bool) -> String {
        // An input's locals end with it, and what begins with a bracket must not go on from the line before.
        if text.hasPrefix("return ") { return "_ = " + text.dropFirst("return ".count) }
        guard isStatement else { return "_ = " + text }
        if text.hasPrefix("local ") || text.contains("\nlocal ") || text.contains("return") && text.contains("\n") {
            return "do\n"
                + text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
                .joined(separator: "\n") + "\nend"
        }
        if isUsed, isCall(text) { return "_ = " + text }
        return text.hasPrefix("(") ? ";" + text : text
    }

    /// Whether it is one call whose value may be used.
    private static func isCall(_ text: String) -> Bool {
        let name = text.prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }
        let rest = text.dropFirst(name.count)
        return !name.isEmpty && (rest.hasPrefix("(") || rest.hasPrefix("{") || rest.hasPrefix("\""))
            && !text.contains("\n") && !text.contains(";")
    }

    /// Whether the name `_` stands in it.
    private static func usesLast(_ text: String) -> Bool {
        var before: Character = " "
        let characters = Array(text) + [" "]
        for (character, next) in zip(characters, characters.dropFirst()) {
            if character == "_", !isNamePart(before), !isNamePart(next) { return true }
            before = character
        }
        return false
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }
}
