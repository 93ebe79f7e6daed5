// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Hashing
internal import Model
internal import Plan
internal import Runbook

/// A script as a plan binds it.
struct PlanSource: Sendable {
    /// Its path as it was given.
    let path: String
    let chunk: Chunk

    init(path: String) throws(Failure) {
        self.path = path
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        chunk = Chunk(source: try FileReader.read(path: path, maximum: Chunk.maximumSize), name: "@" + name)
    }

    /// The folder in which its modules lie.
    var folder: String { Self.folder(of: path) }

    var binding: Plan.SourceBinding {
        Plan.SourceBinding(name: path, sha256: ContentHash.sha256(chunk.source))
    }

    /// Finds the script of a plan: where it was, or beside the plan's file.
    ///
    /// What it holds is checked by its hash, so where it lies does not matter.
    static func of(_ plan: Plan, file: String, given: String?) throws(Failure) -> PlanSource {
        if let given { return try PlanSource(path: given) }
        let name = plan.script.name.lastIndex(of: "/").map {
            String(plan.script.name[plan.script.name.index(after: $0)...])
        }
        let places = [plan.script.name, folder(of: file) + "/" + (name ?? plan.script.name)]
        guard let place = places.first(where: { access($0, R_OK) == 0 }) else {
            throw Failure(
                .usage, "the plan's script \(plan.script.name) is not there", hint: "say where it is: --script FILE")
        }
        return try PlanSource(path: place)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
