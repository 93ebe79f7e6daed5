// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// One thing that there is a word for in the language: what `pvelua docs` prints, searches and lists.
public struct ReferenceEntry: Sendable {
    /// What it is.
    public enum Subject: Sendable {
        /// A row of the operation table.
        case operation(Operation)
        /// What stands beside the operations.
        case extra(LanguageExtra)
        /// A library of Lua, or its globals.
        case library(LuaLibrary)
        /// What Lua has elsewhere.
        case absent(AbsentLua)
        /// A kind of error.
        case error(ErrorMeaning)
        /// A runbook that is shipped.
        case example(ExampleRunbook)
    }

    /// What it is.
    public let subject: Subject
    /// As it is written in a script: `pve.vm_action`, `string`; of an example its file.
    public let name: String
    /// How it is written with its arguments.
    public let usage: String
    /// What it is or does, in one sentence.
    public let summary: String
    /// What it is about: `Snapshots`.
    public let area: String

    /// A line of Lua that runs on the demo cluster, where there is one.
    public var example: String? {
        switch subject {
        case .operation(let operation): operation.example
        case .extra(let extra): extra.example
        case .library, .absent, .error, .example: nil
        }
    }

    init(_ operation: Operation, area: String) {
        subject = .operation(operation)
        (name, usage, summary, self.area) = ("pve.\(operation.name)", operation.usage, operation.summary, area)
    }

    init(_ extra: LanguageExtra) {
        subject = .extra(extra)
        (name, usage, summary, area) = (extra.fullName, extra.usage, extra.summary, "Beside the operations")
    }

    init(_ library: LuaLibrary) {
        subject = .library(library)
        let isGlobal = library.name.isEmpty
        name = isGlobal ? "_G" : library.name
        usage = library.members.map { isGlobal ? $0 : "\(library.name).\($0)" }.joined(separator: " ")
        summary = isGlobal ? "The globals that scripts have." : "What there is of Lua's library `\(library.name)`."
        area = "Lua"
    }

    init(_ absent: AbsentLua) {
        subject = .absent(absent)
        name = absent.names.joined(separator: ", ")
        (usage, summary, area) = (name, "Not there: \(absent.instead).", "Lua")
    }

    init(_ error: ErrorMeaning) {
        subject = .error(error)
        let kind = error.kind.rawValue
        (name, usage, area) = (kind, "pve.is_error(e, \"\(kind)\")", "Errors")
        summary = "\(error.meaning) \(error.plainAdvice)"
    }

    init(_ example: ExampleRunbook) {
        subject = .example(example)
        (name, usage, summary, area) = (example.path, "pvelua run \(example.path)", example.summary, "Examples")
    }

    /// Everything there is an entry for, in the order of the reference page.
    public static let all: [ReferenceEntry] =
        OperationTable.areas.flatMap { area in area.rows.map { ReferenceEntry($0, area: area.title) } }
        + (LanguageExtra.all + [.header]).map { ReferenceEntry($0) } + LuaLibrary.all.map { ReferenceEntry($0) }
        + AbsentLua.all.map { ReferenceEntry($0) } + ErrorMeaning.all.map { ReferenceEntry($0) }
        + ExampleRunbook.all.map { ReferenceEntry($0) }
}
