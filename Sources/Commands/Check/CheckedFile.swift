// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Runbook

/// A file that is to be checked.
struct CheckedFile {
    /// Where it is; a dash for standard input.
    var path: String
    /// As findings name it.
    var shown: String
    /// Where its modules are looked for.
    var folders: [String]

    static let standardInput = "-"

    /// The files that paths stand for: a file itself, or all `*.lua` in a folder and below it, those at the top first.
    ///
    /// - Throws: ``Failure`` of kind `usage` for a path that is not there, and for a folder without Lua.
    static func found(at paths: [String]) throws(Failure) -> [CheckedFile] {
        var result: [CheckedFile] = []
        for path in paths {
            if path == standardInput {
                result.append(CheckedFile(path: path, shown: "stdin", folders: []))
                continue
            }
            var root = path
            while root.count > 1, root.hasSuffix("/") { root.removeLast() }
            guard let files = try LuaFiles.below(root) else {
                result.append(CheckedFile(path, below: nil))
                continue
            }
            guard !files.isEmpty else {
                throw Failure(
                    .usage, "there is no *.lua in \(path)", hint: "name a file, or a folder with runbooks in it")
            }
            result += files.map { CheckedFile($0, below: root) }
        }
        return result
    }

    private init(path: String, shown: String, folders: [String]) {
        (self.path, self.shown, self.folders) = (path, shown, folders)
    }

    /// - Parameter root: The folder that was named, and that modules in folders below it are required from.
    private init(_ path: String, below root: String?) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        self.path = path
        shown = path
        folders = [folder] + (root.map { $0 == folder ? [] : [$0] } ?? [])
    }
}
