// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// Looks for mistakes in runbooks and their modules without running anything and without a cluster.
///
/// All files of one call are seen together: a global that one of them sets may be read by another.
public struct RunbookChecker {
    private var texts: [Entry] = []
    private var numbers: [String: Int] = [:]
    private var graph = ModuleGraph()

    /// A text, or why it is none.
    private struct Entry {
        var file: String
        var source: [UInt8]
        var text: CheckedText?
        /// Whether it was named by a person, and is no module only.
        var isNamed: Bool
        var findings: [RawFinding] = []
    }

    /// Makes a checker that has seen nothing.
    public init() {}

    /// How many files were looked at, modules among them.
    public var count: Int { texts.count }

    /// Adds a runbook, a test file or a module, and all modules that it requires.
    ///
    /// - Parameters:
    ///   - source: The text.
    ///   - file: Its path as people are to read it.
    ///   - folders: Where its modules are looked for, the first first; none for a text that is no file.
    public mutating func add(_ source: [UInt8], file: String, folders: [String]) {
        if let number = numbers[file] {
            texts[number].isNamed = true
            return
        }
        var waiting = [insert(source, file: file, isNamed: true)]
        while let number = waiting.popLast() { waiting += follow(number, folders) }
    }

    private mutating func insert(_ source: [UInt8], file: String, isNamed: Bool) -> Int {
        var entry = Entry(file: file, source: source, isNamed: isNamed)
        do throws(LuaReadingError) {
            entry.text = CheckedText(file: file, source: source, outline: try LuaOutline(reading: source))
        } catch {
            entry.findings = [
                RawFinding(
                    .syntax, error.message, hint: error.hint ?? ScriptWords.slip(error.message),
                    at: error.offset..<(error.offset + 1))
            ]
        }
        numbers[file] = texts.count
        texts.append(entry)
        graph.edges.append([])
        return texts.count - 1
    }

    /// Adds the modules that a text requires; returns those that are new.
    private mutating func follow(_ number: Int, _ folders: [String]) -> [Int] {
        guard let text = texts[number].text else { return [] }
        var found: [Int] = []
        for call in text.outline.calls where texts[number].findings.count < FindingPlaces.most {
            guard case .global("require") = text.outline[call.function].shape, call.method == nil,
                let argument = call.arguments.first, let name = text.outline.text(of: text.outline.resolved(argument))
            else { continue }
            let range = text.outline.range(of: argument)
            switch Self.find(name, folders) {
            case .failure(let failure):
                texts[number].findings.append(
                    RawFinding(.module, failure.message, hint: failure.hint, at: range))
            case .success(nil): continue
            case .success(let module?):
                let known = numbers[module.file]
                let target = known ?? insert(module.source, file: module.file, isNamed: false)
                if known == nil { found.append(target) }
                if call.depth == 0 { graph.edges[number].append(.init(target: target, name: name, range: range)) }
            }
        }
        return found
    }

    /// The file that a module is; nil for one that pvelua ships.
    private static func find(_ name: String, _ folders: [String]) -> Result<(source: [UInt8], file: String)?, Failure> {
        var last: Failure?
        for folder in folders.isEmpty ? [nil] : folders.map(Optional.some) {
            do throws(Failure) {
                let module = try ModuleFinder(folder: folder).find(name)
                guard let folder, !module.name.hasPrefix("@pvelua/") else { return .success(nil) }
                let file = String(module.name.dropFirst())
                return .success(
                    (module.source, folder == "." ? file : folder == "/" ? "/" + file : folder + "/" + file))
            } catch {
                last = last ?? error
            }
        }
        return last.map(Result.failure) ?? .success(nil)
    }

    /// All that is wrong, by file in the order in which the files came, and by place.
    public func findings() -> [Finding] {
        let given = Set(texts.flatMap { $0.text?.outline.assignments.map(\.name) ?? [] })
        let added = Set(texts.flatMap { $0.text.map(Self.libraryMembers) ?? [] })
        var raw = texts.map(\.findings)
        for loop in graph.loops() {
            let way = loop.way.joined(separator: " → ")
            raw[loop.text].append(
                RawFinding(
                    .module, "module '\(loop.edge.name)' requires itself: \(loop.edge.name) → \(way)",
                    hint: "move what both need into a third module, or require it inside the function that uses it",
                    at: loop.edge.range))
        }
        return zip(texts, raw).flatMap { entry, raw in
            var raw = raw
            if let text = entry.text { raw += Self.check(text, entry.isNamed, given: given, added: added) }
            return FindingPlaces.findings(raw, in: entry.source, of: entry.file)
        }
    }

    private static func check(
        _ text: CheckedText, _ isNamed: Bool, given: Set<String>, added: Set<String>
    ) -> [RawFinding] {
        var text = text
        var findings: [RawFinding] = []
        if isNamed {
            do throws(Failure) {
                text.header = try RunbookHeader.read(Chunk(source: text.source, name: "@" + text.file))
            } catch {
                findings.append(HeaderFailure.finding(error, in: text))
            }
        }
        return findings + NameCheck.findings(in: text, added: added) + ArgumentCheck.findings(in: text)
            + GlobalCheck.findings(in: text, given: given) + HeaderCheck.findings(in: text)
            + LocalCheck.findings(in: text)
    }

    /// What a text puts into Lua's libraries.
    private static func libraryMembers(_ text: CheckedText) -> [String] {
        text.outline.assignedFields.compactMap { id in
            guard case .field(let base, let word) = text.outline[id].shape,
                case .library(let library)? = text.meaning(base)
            else { return nil }
            return "\(library).\(word.text)"
        }
    }
}
