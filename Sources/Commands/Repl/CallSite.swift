// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The place in a call that somebody is typing at.
struct CallSite: Hashable {
    /// What is called, such as `pve.vm_action` or `vm:snapshot`; empty where that is not known.
    var callee = ""
    /// Which argument it is, from 0.
    var position = 0
    /// The arguments before it, as they were typed.
    var arguments: [String] = []
    /// Whether it is inside of a table that is the argument.
    var isInTable = false
    /// The key whose value is being typed.
    var key: String?
    /// Whether something stands before the word that makes it part of an expression.
    var isInExpression = false
    /// The word or text typed so far.
    var word = ""
    /// The quotation mark that is open.
    var quote: Character?
    /// The call that ends right before the word, as in `pve.vm(101):`.
    var closed: String?

    private struct Frame {
        var opener: Character
        var callee = ""
        var position = 0
        var arguments: [String] = []
        var entry = ""
        /// Of a table: which argument it is, and those before it.
        var argument = 0
        var outer: [String] = []
        var isTable: Bool { opener == "{" }
    }

    /// The longest text that is looked at, in bytes.
    private static let longest = 20_000

    /// Reads what stands before the cursor.
    init(_ typed: String) {
        guard typed.utf8.count <= Self.longest else { return }
        var frames = [Frame(opener: " ")]
        var rest = Array(typed)[...]
        while let character = rest.popFirst() {
            guard var frame = frames.popLast() else { return }
            switch character {
            case "\"", "'":
                let text = Self.text(&rest, until: character)
                frame.entry += "\(character)\(text.content)"
                if text.isOpen { (quote, word) = (character, text.content) } else { frame.entry.append(character) }
                closed = nil
            case "-" where rest.first == "-":
                rest = rest.drop { $0 != "\n" }
            case "(":
                frames += [frame, Frame(opener: "(", callee: Self.callee(frame.entry))]
                continue
            case "{":
                frames += [frame, Self.table(in: frame)]
                continue
            case "[":
                frames += [frame, Frame(opener: "[")]
                continue
            case ")", "}", "]":
                if !frames.isEmpty {
                    closed = frame.opener == "(" ? frame.callee : nil
                    frames[frames.count - 1].entry.append(character)
                    continue
                }
            case ",", ";":
                frame.arguments.append(frame.entry.trimmed)
                frame.position += 1
                frame.entry = ""
            default: frame.entry.append(character)
            }
            frames.append(frame)
        }
        guard let frame = frames.last else { return }
        finish(frame)
    }

    private mutating func finish(_ frame: Frame) {
        if quote == nil { word = ReplCompletion.lastWord(frame.entry) }
        let before = String(frame.entry.dropLast(word.count + (quote == nil ? 0 : 1))).trimmed
        isInTable = frame.isTable
        callee = frame.callee
        (position, arguments) =
            isInTable ? (frame.argument, frame.outer) : (frame.position, frame.arguments)
        if !before.hasSuffix(")") { closed = nil }
        guard !before.isEmpty else { return }
        if isInTable, before.hasSuffix("="), let name = Self.name(before.dropLast()) {
            key = name
        } else {
            isInExpression = true
        }
    }

    /// The table that is opened here, as the argument of a call or as nothing that is known.
    private static func table(in frame: Frame) -> Frame {
        var table = Frame(opener: "{")
        if frame.opener == "(", frame.entry.trimmed.isEmpty {
            (table.callee, table.argument, table.outer) = (frame.callee, frame.position, frame.arguments)
        } else {
            table.callee = callee(frame.entry)
        }
        return table
    }

    /// The name that ends a text, spaces aside; one that goes on from a call is that of a cluster's function.
    private static func callee(_ text: String) -> String {
        let name = ReplCompletion.lastWord(text.trimmed)
        if ["return", "and", "or", "not", "in", "then", "do", "else"].contains(name) { return "" }
        return name.hasPrefix(".") ? "pve" + name : name
    }

    private static func name(_ text: Substring) -> String? {
        let name = String(text).trimmed
        let isName = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
        return isName && !name.isEmpty ? name : nil
    }

    private static func text(
        _ rest: inout ArraySlice<Character>, until mark: Character
    ) -> (content: String, isOpen: Bool) {
        var content = ""
        while let character = rest.popFirst() {
            if character == mark { return (content, false) }
            content.append(character)
            if character == "\\", let next = rest.popFirst() { content.append(next) }
        }
        return (content, true)
    }
}

extension String {
    /// The same without spaces at its ends.
    var trimmed: String {
        let front = drop(while: \.isWhitespace)
        return String(front.reversed().drop(while: \.isWhitespace).reversed())
    }
}
