// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model

/// Finds the run that a person names: by its id, by the beginning of it, or as `latest`.
struct RunFinder {
    let archive: any RunArchive

    /// How many runs are named where several could be meant.
    private static let candidates = 5

    /// The journal, or nil where nothing was ever written: looking makes none.
    static func archive(of workplace: Workplace) throws(Failure) -> (any WholeJournal)? {
        let journal = workplace.journal
        return journal.exists ? try journal.open() : nil
    }

    /// The same for a command that needs a run.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is no journal.
    static func needed(of workplace: Workplace) throws(Failure) -> (journal: any WholeJournal, finder: RunFinder) {
        guard let journal = try archive(of: workplace) else {
            throw Failure(
                .notFound, "there is no run yet: \(workplace.locations.journal) is not there",
                hint: "a run is written down when it makes its first change")
        }
        return (journal, RunFinder(archive: journal))
    }

    /// The run that is meant.
    func run(_ text: String) async throws(Failure) -> RunRecord {
        let id = try await id(text)
        guard let run = try await archive.run(id) else { throw Failure(.notFound, "there is no run \(id)") }
        return run
    }

    /// The full id of the run that is meant.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is none, of kind `usage` where several begin so.
    func id(_ text: String) async throws(Failure) -> String {
        let text = text.lowercased()
        if text == "latest" {
            var newest = RunFilter()
            newest.limit = 1
            guard let run = try await archive.summaries(newest).first else {
                throw Failure(.notFound, "there is no run yet")
            }
            return run.id
        }
        let found = text.isEmpty ? [] : try await archive.runs(beginning: text, limit: Self.candidates + 1)
        if let exact = found.first(where: { $0.id == text }) { return exact.id }
        guard let run = found.first else {
            throw Failure(
                .notFound, "there is no run \(text.prefix(60))",
                hint: "pvelua runs list; the beginning of an id is enough, and latest is the newest")
        }
        guard found.count == 1 else {
            let names = found.prefix(Self.candidates).map { "\($0.id) (\($0.script), \(UTCTime.text($0.started)))" }
            let more = found.count > Self.candidates ? ", and more" : ""
            throw Failure(
                .usage,
                "several runs begin with \(text.prefix(60)): "
                    + names.joined(separator: ", ") + more,
                hint: "write more of the id")
        }
        return run.id
    }
}
