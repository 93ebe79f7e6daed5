// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model

/// Reads the small files that decide what pvelua does, whole, and only where nobody else could have written them.
public enum FileContent {
    /// Who a file must be safe from.
    public enum Trust: Sendable {
        /// It belongs to the user or to root, and nobody else can write it.
        case own
        /// It belongs to root, and nobody else can write it.
        case root
        /// Nobody else can even read it.
        case secret
    }

    /// The bytes of a file, or nil where there is none.
    ///
    /// - Parameters:
    ///   - most: The size beyond which the file is refused.
    ///   - trust: Who the file must be safe from.
    /// - Throws: ``Failure`` of kind `config`, also for a link that leads nowhere.
    public static func read(_ path: String, most: Int, trust: Trust = .own) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            let number = errno
            var link = stat()
            // A link that leads nowhere is a file that is missing, not one that was never meant to be.
            if number == ENOENT || number == ENOTDIR, lstat(path, &link) != 0 { return nil }
            throw Failure(.config, "\(path): \(String(cString: strerror(number)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(.config, "\(path): is not a file") }
        try check(path, status, trust)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            bytes += chunk.prefix(count)
            guard bytes.count <= most else { throw Failure(.config, "\(path): larger than \(most) bytes") }
        }
    }

    /// The text of a file that is about to be changed.
    ///
    /// - Throws: ``Failure`` of kind `config` where it is no UTF-8: what cannot be read could not be put back as it was.
    public static func text(_ bytes: [UInt8], of path: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(
                .config, "\(path): is not UTF-8, so it is not changed automatically",
                hint: "write it anew in UTF-8: iconv -f latin1 -t utf8")
        }
        return text
    }

    /// Makes sure that a program is one that only root or the user could have put there.
    ///
    /// - Throws: ``Failure`` of kind `config` where it is missing, is no program, or others could replace it.
    public static func checkProgram(_ path: String) throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            throw Failure(.config, "\(path): is not a program")
        }
        for (place, isFolder) in [(path, false), (PrivateStorage.folder(of: path), true)] {
            guard stat(place, &status) == 0 else { throw failure(place) }
            let isShared = status.st_mode & 0o022 != 0 && !(isFolder && status.st_mode & S_ISVTX != 0)
            guard [0, getuid()].contains(status.st_uid), !isShared else {
                throw Failure(
                    .config, "\(place): others can write there, or it belongs to somebody else",
                    hint: "a program that pvelua runs must be out of reach for everybody else")
            }
        }
    }

    private static func check(_ path: String, _ status: stat, _ trust: Trust) throws(Failure) {
        let isWritable = status.st_mode & 0o022 != 0
        switch trust {
        case .secret where status.st_mode & 0o077 != 0:
            throw Failure(.config, "\(path): others can read this secret", hint: "chmod 600 \(path)")
        case .root where status.st_uid != 0 || isWritable:
            throw Failure(
                .config, "\(path) must belong to root and be writable by root only",
                hint: "chown root:root \(path); chmod 644 \(path)")
        case _ where ![0, getuid()].contains(status.st_uid) || isWritable:
            throw Failure(
                .config, "\(path): others can write this file, or it belongs to somebody else",
                hint: "chown \(getuid()) \(path); chmod 600 \(path)")
        default: return
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.config, "\(path): \(String(cString: strerror(errno)))")
    }
}
