// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model

/// The Lua files that a path on a command line stands for.
public enum LuaFiles {
    /// More files than this are a mistake in the path.
    private static let most = 2000
    private static let deepest = 12

    /// The files in a folder and below it, those at the top first, in order of names; nil where the path is no folder.
    ///
    /// - Parameter suffix: What their names end in.
    /// - Throws: ``Failure`` of kind `usage` for a path that is not there, and for too many files.
    public static func below(_ path: String, suffix: String = ".lua") throws(Failure) -> [String]? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(.usage, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
        var found: [String] = []
        try search(path, suffix, 0, &found)
        return found
    }

    private static func search(
        _ folder: String, _ suffix: String, _ depth: Int, _ found: inout [String]
    ) throws(Failure) {
        guard depth <= deepest, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        var folders: [String] = []
        var files: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = folder.hasSuffix("/") ? folder + name : folder == "." ? name : "\(folder)/\(name)"
            var status = stat()
            // Links are not followed: a folder that leads to itself must not keep the search busy.
            guard !name.hasPrefix("."), lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: folders.append(path)
            case S_IFREG where name.hasSuffix(suffix): files.append(path)
            default: break
            }
        }
        found += files.sorted()
        guard found.count <= most else {
            throw Failure(.usage, "there are more than \(most) files named *\(suffix) in \(folder)")
        }
        for folder in folders.sorted() { try search(folder, suffix, depth + 1, &found) }
    }
}
