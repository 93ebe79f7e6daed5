// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model

/// Writes small files that only their owner can read, whole or not at all.
enum PrivateFile {
    /// Writes a file that must not be there yet.
    ///
    /// - Throws: ``Failure`` of kind `config` naming the file.
    static func create(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        try write(path, bytes) { temporary in
            // Unlike rename, link leaves a file alone that came in between.
            let code = link(temporary, path)
            unlink(temporary)
            return code
        }
    }

    /// Writes a file in place of the one that is there; a link is followed, so that it stays a link.
    ///
    /// - Throws: ``Failure`` of kind `config` naming the file.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        var target = path
        if let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        }
        try write(target, bytes) { rename($0, target) }
    }

    /// Removes a file; false where it is still there.
    @discardableResult
    static func remove(_ path: String) -> Bool { unlink(path) == 0 || errno == ENOENT }

    private static func write(
        _ path: String, _ bytes: [UInt8], place: (String) -> Int32
    ) throws(Failure) {
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: path))
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(temporary) }
        let isWritten = writeAll(descriptor, bytes) && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else {
            unlink(temporary)
            errno = code
            throw failure(path)
        }
        guard place(temporary) == 0 else {
            let failure = failure(path)
            unlink(temporary)
            throw failure
        }
        let folder = open(PrivateStorage.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.config, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
