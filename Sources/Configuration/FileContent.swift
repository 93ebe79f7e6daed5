// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model

/// Reads small files whole.
enum FileContent {
    /// The bytes of a file, or nil where there is none.
    ///
    /// - Parameters:
    ///   - most: The size beyond which the file is refused.
    ///   - isSecret: Whether a file that others can read is refused.
    static func read(_ path: String, most: Int, isSecret: Bool = false) throws(Failure) -> [UInt8]? {
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
        guard [0, getuid()].contains(status.st_uid), status.st_mode & 0o022 == 0 || isSecret else {
            throw Failure(
                .config, "\(path): others can write this file, or it belongs to somebody else",
                hint: "chown \(getuid()) \(path); chmod 600 \(path)")
        }
        if isSecret, status.st_mode & 0o077 != 0 {
            throw Failure(.config, "\(path): others can read this secret", hint: "chmod 600 \(path)")
        }
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

    private static func failure(_ path: String) -> Failure {
        Failure(.config, "\(path): \(String(cString: strerror(errno)))")
    }
}
