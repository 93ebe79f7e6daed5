// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Makes folders and files that only their owner can read.
public enum PrivateStorage {
    /// Makes a folder of mode 0700, with those above it that are missing; one that is there must not be writable by others.
    ///
    /// - Throws: ``Failure`` of kind `config` naming the folder.
    public static func makeFolder(_ path: String) throws(Failure) {
        let path = path.isEmpty ? "." : path
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure(.config, "\(path): is not a folder") }
            guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
                throw Failure(.config, "\(path): others may write there", hint: "chmod 700 \(path)")
            }
            return
        }
        let above = folder(of: path)
        if above != path { try makeAbove(above) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }

    /// Makes sure that a file is there, is the caller's own and has mode 0600, and that its folder is private too.
    ///
    /// - Throws: ``Failure`` of kind `config` naming the file.
    public static func makeFile(_ path: String) throws(Failure) {
        try makeFolder(folder(of: path))
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            throw Failure(.config, "\(path): is not a file of yours")
        }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw failure(path) }
    }

    /// The folder a path is in.
    public static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Folders above the private one, such as `~/.local`, may be what they are.
    private static func makeAbove(_ path: String) throws(Failure) {
        var status = stat()
        if stat(path, &status) == 0 { return }
        let above = folder(of: path)
        if above != path { try makeAbove(above) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.config, "\(path): \(String(cString: strerror(errno)))")
    }
}
