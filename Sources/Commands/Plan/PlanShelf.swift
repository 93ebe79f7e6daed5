// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Hashing
internal import JSON
internal import Model
internal import Plan
internal import Runbook

/// The plans that are kept by their digest, so that a person can be told one word to approve: `~/.local/state/pvelua/plans`.
struct PlanShelf {
    /// The folder.
    let folder: String

    /// - Parameter locations: Where pvelua's files are.
    init(_ locations: Locations) { folder = PrivateStorage.folder(of: locations.journal) + "/plans" }

    /// Where the plan with a digest lies.
    func path(_ digest: String) -> String { "\(folder)/\(digest).plan.json" }

    /// Keeps a script under its own hash.
    ///
    /// - Returns: Its path.
    func keep(script: [UInt8]) throws(Failure) -> String {
        try PrivateStorage.makeFolder(folder)
        let path = "\(folder)/\(ContentHash.sha256(script).prefix(32)).lua"
        try FileContent.put(path, script)
        return path
    }

    /// Puts a plan that was just written under its digest.
    func put(_ draft: String, _ digest: String) throws(Failure) {
        guard rename(draft, path(digest)) == 0 else {
            throw Failure(.config, "\(path(digest)): \(String(cString: strerror(errno)))")
        }
    }

    /// Whether a plan with this digest lies here.
    func holds(_ digest: String) -> Bool { access(path(digest), F_OK) == 0 }

    /// The plan with a digest, as it was written.
    func plan(_ digest: String) throws(Failure) -> JSONValue {
        let bytes = try FileReader.read(path: path(digest), maximum: PlanFile.maximumSize)
        let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        return json?["plan"] ?? .null
    }

    /// Takes a draft away that nothing came of.
    func remove(_ draft: String) { unlink(draft) }

    /// The file that is meant: one of this name, or the plan on the shelf with this digest.
    static func file(_ named: String, _ context: CommandContext, _ options: GlobalOptions) -> String {
        guard isDigest(named) else { return named }
        return PlanShelf(Workplace(context: context, options: options).locations).path(named)
    }

    /// Refuses a plan that lies under another's digest: whoever names a digest means that plan and no other.
    static func check(_ file: PlanFile, named: String) throws(Failure) {
        guard !isDigest(named) || file.digest == named else {
            throw Failure(
                .planDiverged,
                "what lies under \(named.prefix(12))… is another plan, of digest \(file.digest); nothing was sent",
                hint: "plan again")
        }
    }

    /// Whether a text is a whole digest.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
