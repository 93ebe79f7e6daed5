// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model
internal import Policy
internal import Runbook

/// Finds policies on disk.
enum PolicyFiles {
    private static let maximumSize = 1 << 20

    /// The user's policy; nil where there is none.
    static func load(_ path: String) throws(Failure) -> PolicySet? {
        var status = stat()
        if stat(path, &status) != 0 {
            if isMissing(path, errno) { return nil }
        } else if ![0, getuid()].contains(status.st_uid) || status.st_mode & 0o022 != 0 {
            throw Failure(
                .config, "\(path): others can write this policy, or it belongs to somebody else",
                hint: "chown \(getuid()) \(path); chmod 600 \(path)")
        }
        return try read(path)
    }

    /// The machine's ceiling; nil where there is none.
    ///
    /// - Throws: ``Failure`` of kind `config` where somebody else than root could have written it.
    static func loadCeiling(_ path: String) throws(Failure) -> PolicySet? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let number = errno
            if isMissing(path, number) { return nil }
            throw Failure(.config, "the ceiling \(path) cannot be looked at: \(String(cString: strerror(number)))")
        }
        guard status.st_uid == 0, status.st_mode & 0o022 == 0 else {
            throw Failure(
                .config, "\(path) must belong to root and be writable by root only",
                hint: "chown root:root \(path); chmod 644 \(path)")
        }
        return try read(path)
    }

    /// Whether there is no file, as opposed to one that may not be looked at or a link that leads nowhere.
    private static func isMissing(_ path: String, _ number: Int32) -> Bool {
        var link = stat()
        return (number == ENOENT || number == ENOTDIR) && lstat(path, &link) != 0
    }

    private static func read(_ path: String) throws(Failure) -> PolicySet {
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try FileReader.read(path: path, maximum: maximumSize)
        } catch {
            throw Failure(.config, error.message)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.config, "\(path): not UTF-8") }
        return try PolicySet.load(yaml: text, file: path)
    }
}
