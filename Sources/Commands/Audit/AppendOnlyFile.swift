// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import JSON
internal import Journal
internal import Model
internal import Runbook

/// A file that rows of the audit are appended to, one JSON object a line; made with mode 0600.
///
/// Opened for appending only, so that it may be a file that the system lets nobody shorten (`chattr +a`).
struct AppendOnlyFile {
    let path: String

    /// The largest file that is read, in bytes.
    static let mostRead = 1 << 30

    /// Appends rows in one write.
    ///
    /// It waits for the disk only with what ends something: an anchor is there against those who write to the journal, not
    /// against power loss, and a run would otherwise wait twice for each step.
    func append(_ rows: [AuditRow]) throws(Failure) {
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0o600)
        guard file >= 0 else { throw Self.failure(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.config, "\(path) is no file")
        }
        var bytes: [UInt8] = []
        var last: UInt8 = 0x0a
        // A line that was cut off by a full disk must not swallow the next one.
        if status.st_size > 0, pread(file, &last, 1, status.st_size - 1) == 1, last != 0x0a { bytes.append(0x0a) }
        for row in rows { bytes += row.json.encoded() + [0x0a] }
        guard writeAll(file, bytes) else { throw Self.failure(path) }
        guard rows.contains(where: { !Self.passing.contains($0.kind) }) else { return }
        guard fsync(file) == 0 else { throw Self.failure(path) }
    }

    /// What is followed by more of the same step.
    private static let passing = Set(
        [AuditEvent.Kind.decision, .consent, .intent, .sent, .accepted, .outcome, .login, .runBegan].map(\.rawValue))

    /// The hashes of the rows in it, by their numbers, and how many of its lines cannot be read.
    ///
    /// - Throws: ``Failure`` of kind `usage` where it cannot be read, or holds two rows of one number.
    func anchors() throws(Failure) -> (hashes: [Int: String], unreadable: Int) {
        let bytes = try FileReader.read(path: path, maximum: Self.mostRead)
        var hashes: [Int: String] = [:]
        var unreadable = 0
        for line in bytes.split(separator: 0x0a) {
            guard let value = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)), let row = AuditRow(value)
            else {
                unreadable += 1
                continue
            }
            if let known = hashes[row.sequence], known != row.hash {
                throw Failure(
                    .usage, "\(path) holds row \(row.sequence) twice, with two hashes",
                    hint: "is it the copy of more than one journal? each needs a file of its own")
            }
            hashes[row.sequence] = row.hash
        }
        return (hashes, unreadable)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.config, String(cString: strerror(errno)), hint: path)
    }
}
