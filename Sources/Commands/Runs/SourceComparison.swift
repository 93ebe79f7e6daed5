// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Runbook
internal import Text

/// Refuses to go on with a script that is another now, and shows what is different.
struct SourceComparison {
    let run: String
    let isQuiet: Bool

    /// The script; one that is gone is gone on with from the record.
    func script(_ origin: RunOrigin) throws(Failure) {
        guard let path = origin.path else { return }
        let now: [UInt8]
        do throws(Failure) {
            now = try FileReader.read(path: path, maximum: Chunk.maximumSize)
        } catch {
            return note("\(path) cannot be read any more; the run goes on with the script as it was")
        }
        try compare(path, origin.source, now)
    }

    /// The modules that the run has loaded.
    func modules(_ modules: [ModuleRecord], in folder: String?) throws(Failure) {
        let finder = ModuleFinder(folder: folder)
        for module in modules {
            let words = module.name.dropFirst().split(separator: "/").joined(separator: ".")
            guard let found = try? finder.find(String(words.dropLast(4))), found.name == module.name else {
                note("module \(module.name.dropFirst()) is gone; the run goes on with it as it was")
                continue
            }
            try compare(String(module.name.dropFirst()), module.source, found.source)
        }
    }

    private func compare(_ name: String, _ before: [UInt8], _ now: [UInt8]) throws(Failure) {
        guard before != now else { return }
        let lines = LineDiff.lines(
            from: String(decoding: before, as: UTF8.self), to: String(decoding: now, as: UTF8.self))
        writeError(
            TextCleaner.clean("--- \(name) as it ran\n+++ \(name) as it is\n", keeping: .newlines)
                + lines.map { TextCleaner.clean($0) + "\n" }.joined())
        throw Failure(
            .conflict, "\(name) was changed since run \(run) began; nothing was sent",
            hint: "put it back as it was, or start anew: what the changed script would ask was never answered")
    }

    private func note(_ text: String) { if !isQuiet { writeError(TextCleaner.clean(text) + "\n") } }
}
