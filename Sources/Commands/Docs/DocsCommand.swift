// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Model
internal import Reference
internal import Terminal

/// The command `pvelua docs [NAME]`.
struct DocsCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Print the reference of the language, or a part of it.",
        usage: "pvelua docs [options] [NAME…]\npvelua docs [options] --search WORDS…",
        discussion:
            "NAME is a function (vm_action, pve.vm_action), a method (vm:start), a library of Lua, an area (backups), an example "
            + "(list.lua) or a pattern (snapshot*). Without one the whole reference is printed, as Markdown. Needs no cluster.\n\n"
            + ExitStatus.help)

    @Argument(
        help: ArgumentHelp("What to print, or the words to search for.", valueName: "name"),
        completion: Completions.entries)
    var names: [String] = []

    @Flag(help: "Name every entry, with what it is on the same line.")
    var list = false

    @Flag(help: "Find what is about the words, the best first.")
    var search = false

    @Flag(help: "Print the operation table as JSON; the same as --format json.")
    var json = false

    @Flag(help: "Print annotations for the Lua language server.")
    var annotations = false

    @Option(help: ArgumentHelp("Write the manual pages into a folder.", valueName: "folder", visibility: .hidden))
    var manual: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    /// How much a search may print.
    static let searchBytes = 4000

    private var format: OutputFormat { json ? .json : options.format }

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let wishes = [!names.isEmpty && !search, list, search, annotations, manual != nil].count { $0 }
        guard wishes <= 1, !search || !names.isEmpty else {
            throw Failure(
                .usage,
                wishes > 1 ? "names, --list, --search and --annotations exclude each other" : "--search lacks words",
                hint: "pvelua docs vm_action, or: pvelua docs --search move a guest")
        }
        guard !annotations || format == .text else {
            throw Failure(.usage, "--annotations are Lua and cannot be had as JSON", hint: "leave --format json out")
        }
        if let manual { return try ManualPages.write(into: context.absolute(manual)) }
        if annotations {
            try OutputFormat.text.write(json: .null, text: LuaAnnotations.text())
        } else if search {
            try write(hits: names.joined(separator: " "))
        } else if list {
            try format.write(json: ReferenceJSON.list(ReferenceEntry.all), text: Self.lines(ReferenceEntry.all))
        } else if names.isEmpty {
            let version = PveluaVersion.text
            try format.write(json: ReferenceJSON.table(version: version), text: OperationReference.markdown())
        } else {
            try write(names, width: context.isTerminal.output ? min(windowWidth(1) ?? 100, 100) : nil)
        }
        return .done
    }

    /// The entries of some names: one in full, several that one pattern or area names as a list.
    private func write(_ names: [String], width: Int?) throws(Failure) {
        var entries: [ReferenceEntry] = []
        var pages: [String] = []
        for name in names {
            let found = try ReferenceLookup.entries(name)
            entries += found
            if let only = found.first, found.count == 1 {
                pages.append(Self.page(only, width: width))
            } else {
                pages.append(Self.lines(found))
            }
        }
        try format.write(
            json: ReferenceJSON.table(entries, version: PveluaVersion.text), text: pages.joined(separator: "\n"))
    }

    /// What a search found; nothing found is told on standard error.
    private func write(hits words: String) throws(Failure) {
        let answer = ReferenceSearch.answer(to: words, bytes: Self.searchBytes)
        if answer.shown.isEmpty { writeError("nothing is about that; pvelua docs --list names all\n") }
        let more = answer.omitted > 0 ? "… and \(answer.omitted) more; one in full: pvelua docs NAME\n" : ""
        try format.write(
            json: ReferenceJSON.list(answer.shown.map(\.entry), omitted: answer.omitted), text: answer.text + more)
    }

    /// One line for each entry.
    private static func lines(_ entries: [ReferenceEntry]) -> String {
        let width = min(entries.map(\.name.count).max() ?? 0, 28)
        return entries.map { entry in
            let gap = String(repeating: " ", count: max(width - entry.name.count, 0))
            return "\(entry.name)\(gap)  \(entry.summary.filter { $0 != "`" })\n"
        }.joined()
    }

    /// An entry in full, wrapped where a terminal shows it; what is wrapped stays below where it began.
    private static func page(_ entry: ReferenceEntry, width: Int?) -> String {
        let isCode = if case .example = entry.subject { true } else { false }
        return ReferenceText.lines(entry).flatMap { line -> [String] in
            guard let width, !isCode, line.count > width else { return [line] }
            let blanks = String(line.prefix { $0 == " " })
            let room = max(width - blanks.count - 4, 20)
            let pieces = String(line.dropFirst(blanks.count)).wrapped(toWidth: room)
            // A sentence that stands alone is a paragraph.
            let hanging = blanks.isEmpty && line.hasSuffix(".") ? "" : blanks + "    "
            return pieces.enumerated().map { ($0 == 0 ? blanks : hanging) + $1 }
        }.joined(separator: "\n") + "\n"
    }
}
