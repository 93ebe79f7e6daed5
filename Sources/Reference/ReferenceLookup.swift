// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Text

/// Finds entries by their names.
public enum ReferenceLookup {
    /// The entries that a name means: of an operation (`pve.vm_action`, `vm_action`), a method (`vm:start`), a global or library
    /// of Lua, a kind of error, an example (`list.lua`), an area (`migration`), a group (`api`), or all that fit a pattern.
    ///
    /// - Throws: ``Failure`` of kind `usage` that names what is near.
    public static func entries(_ name: String) throws(Failure) -> [ReferenceEntry] {
        let found = meant(by: name)
        guard found.isEmpty else { return found }
        let names = ReferenceEntry.all.flatMap { words(for: $0) } + OperationTable.areas.map(\.title)
        throw Failure(
            .usage, "there is no \"\(name.prefix(80))\" in the language",
            hint: Spelling.suggestion(for: name, among: names)
                ?? "pvelua docs --list names all; pvelua docs --search \"\(name.prefix(40))\" finds what is about it")
    }

    /// A word for each entry, as short as it is understood.
    public static let names: [String] = ReferenceEntry.all.flatMap { entry in
        switch entry.subject {
        case .operation(let operation): [operation.name]
        case .absent(let absent): absent.names
        case .example(let example): [example.name]
        case .extra, .library, .error: [entry.name.replacing("pve.", with: "")]
        }
    }

    private static func meant(by name: String) -> [ReferenceEntry] {
        if name.contains("*") || name.contains("?") {
            let glob = Glob(name)
            return ReferenceEntry.all.filter { entry in words(for: entry).contains { glob.matches($0) } }
        }
        let plain = name.hasSuffix("()") ? String(name.dropLast(2)) : name
        for exact in [plain, plain.replacing(":", with: ".")] {
            if let entry = ReferenceEntry.all.first(where: { words(for: $0).contains(exact) }) { return [entry] }
        }
        if let method = plain.split(whereSeparator: { ":.".contains($0) }).last,
            let entry = ReferenceEntry.all.first(where: { methods(of: $0).contains(String(method)) }),
            !plain.hasPrefix("pve.")
        {
            return [entry]
        }
        let group = plain == "pve" ? "pve." : "pve.\(plain.replacing("pve.", with: ""))."
        return ReferenceEntry.all.filter { $0.area.lowercased() == plain.lowercased() || $0.name.hasPrefix(group) }
    }

    /// What an entry may be called by.
    private static func words(for entry: ReferenceEntry) -> [String] {
        switch entry.subject {
        case .operation(let operation): [entry.name, operation.name]
        case .extra(let extra): [entry.name, extra.name]
        case .library(let library):
            [entry.name]
                + library.members.filter { $0 != "pve" && $0 != "runbook" }.map {
                    library.name.isEmpty ? $0 : "\(library.name).\($0)"
                }
        case .absent(let absent): absent.names
        case .error(let error): [error.kind.rawValue]
        case .example(let example): [example.path, example.name]
        }
    }

    private static func methods(of entry: ReferenceEntry) -> [String] {
        if case .operation(let operation) = entry.subject { operation.methods.map(\.name) } else { [] }
    }
}
