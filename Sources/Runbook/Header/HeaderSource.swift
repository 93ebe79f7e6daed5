// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// The text that a header stands in: turns offsets into places, and what is wrong there into failures.
struct HeaderSource {
    let source: [UInt8]
    /// The file's name.
    let name: String

    init(_ chunk: Chunk) {
        source = chunk.source
        name = String(chunk.name.dropFirst())
    }

    /// `nightly.lua:3:5`.
    func place(_ offset: Int) -> String {
        let place = LuaPlace(of: offset, in: source)
        return "\(name):\(place.line):\(place.column)"
    }

    /// What is wrong at a place.
    func failure(_ message: String, at offset: Int, hint: String? = nil) -> Failure {
        Failure(
            .script, "\(place(offset)): \(message)",
            hint: hint ?? "what a header may hold is told in docs/runbooks.md; nothing was run")
    }

    func failure(_ error: LuaReadingError) -> Failure {
        failure(error.message, at: error.offset, hint: error.hint)
    }

    // MARK: - Values of a kind

    /// The members of a table with names.
    func members(_ literal: LuaLiteral, of what: String) throws(Failure) -> [Member] {
        guard case .table(let fields) = literal.value else {
            throw failure("\(what) must be a table", at: literal.start)
        }
        var result: [Member] = []
        for field in fields {
            guard let name = field.name else {
                throw failure(
                    "\(what) consists of names and values", at: field.value.start, hint: "write it as name = value")
            }
            guard let text = String(validating: name.bytes, as: UTF8.self) else {
                throw failure("a name must be UTF-8", at: name.start)
            }
            result.append(Member(name: text, start: name.start, value: field.value))
        }
        return result
    }

    /// One member of a table.
    struct Member {
        var name: String
        var start: Int
        var value: LuaLiteral
    }

    /// The elements of a list; a value that stands alone is a list of one.
    func elements(_ literal: LuaLiteral, of what: String) throws(Failure) -> [LuaLiteral] {
        guard case .table(let fields) = literal.value else { return [literal] }
        for field in fields {
            if let name = field.name {
                throw failure("\(what) is a list: its elements have no names", at: name.start)
            }
        }
        return fields.map(\.value)
    }

    func text(_ literal: LuaLiteral, of what: String, most: Int) throws(Failure) -> String {
        guard case .string(let bytes) = literal.value else {
            throw failure("\(what) must be a string", at: literal.start, hint: "write it in quotes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("\(what) must be UTF-8", at: literal.start)
        }
        guard bytes.count <= most else {
            throw failure("\(what) must be at most \(most) bytes long, not \(bytes.count)", at: literal.start)
        }
        return text
    }

    func flag(_ literal: LuaLiteral, of what: String) throws(Failure) -> Bool {
        guard case .boolean(let flag) = literal.value else {
            throw failure("\(what) must be true or false", at: literal.start)
        }
        return flag
    }
}
