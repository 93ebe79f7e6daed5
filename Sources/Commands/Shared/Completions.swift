// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Reference

/// What shells offer for words that only the program knows: they ask it.
enum Completions {
    /// Lua files.
    static let scripts = CompletionKind.file(extensions: ["lua"])
    /// YAML files.
    static let yaml = CompletionKind.file(extensions: ["yaml", "yml"])

    /// The configured clusters and the embedded one; the file is that of `--config`, if the line has it.
    static let clusters = CompletionKind.custom { words, _, _ in
        let context = CommandContext.live()
        let place = words.firstIndex(of: "--config").map { words.index(after: $0) }
        let file = place.flatMap { $0 < words.endIndex ? words[$0] : nil }
        let configuration = try? ConfigurationFile.load(
            environment: context.environment, home: context.home, config: file)
        return ((configuration ?? nil)?.clusters.map(\.name) ?? []) + [Workplace.demo]
    }

    /// The names of the reference's entries, as `pvelua docs` takes them.
    static let entries = CompletionKind.custom { _, _, _ in ReferenceLookup.names }
}
