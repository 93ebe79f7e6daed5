// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model
internal import Plan

/// The signed verdicts that lie beside a plan: `<plan>.<person>.approval` and `<plan>.<person>.denial`.
struct ApprovalFolder {
    private let folder: String
    private let plan: String

    /// More files than this are refused as a whole: among them a denial could be overlooked.
    static let most = 100

    /// - Parameter path: The plan's.
    init(plan path: String) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? "."
        self.folder = folder.isEmpty ? "/" : folder
        plan = slash.map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Where a verdict goes.
    func path(_ verdict: ApprovalStatement.Verdict, by person: String) -> String {
        "\(folder)/\(plan).\(FileName.escaped(person, keeping: "@+")).\(Self.suffix(verdict))"
    }

    /// The verdicts, in order of their names, and what only looks like one.
    ///
    /// - Throws: ``Failure`` of kind `approval_required` where there are too many, of kind `config` where the folder cannot be
    ///   read.
    func verdicts() throws(Failure) -> (
        files: [(name: String, file: ApprovalFile)], refused: [ApprovalStanding.Refused]
    ) {
        var files: [(String, ApprovalFile)] = []
        var refused: [ApprovalStanding.Refused] = []
        for name in try names() {
            do throws(Failure) {
                files.append((name, try ApprovalFile(reading: try Self.read("\(folder)/\(name)"))))
            } catch {
                refused.append(.init(file: name, reason: error.message))
            }
        }
        return (files, refused)
    }

    /// Puts a verdict beside the plan at one stroke, readable for everybody.
    func write(_ file: ApprovalFile) throws(Failure) -> String {
        let path = path(file.statement.verdict, by: file.statement.person)
        try PublicFile.put(path, file.bytes)
        return path
    }

    private func names() throws(Failure) -> [String] {
        guard let stream = opendir(folder) else {
            throw Failure(.config, "\(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        let suffixes = ApprovalStatement.Verdict.allCases.map { "." + Self.suffix($0) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(plan + "."), suffixes.contains(where: name.hasSuffix) else { continue }
            names.append(name)
            guard names.count <= Self.most else {
                throw Failure(
                    .approvalRequired, "more than \(Self.most) approvals and denials lie beside \(plan)",
                    hint: "move those away that are not for this plan")
            }
        }
        return names.sorted()
    }

    /// A file's bytes; a link, a pipe or a device is none, and a large file is refused unread.
    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw Failure(
                .usage, errno == ELOOP ? "it is a link" : "it cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.usage, "it is no file")
        }
        guard status.st_size <= ApprovalFile.maximumSize else { throw Failure(.usage, "it is too large") }
        var bytes = [UInt8](repeating: 0, count: ApprovalFile.maximumSize + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Failure(.usage, "it cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    private static func suffix(_ verdict: ApprovalStatement.Verdict) -> String {
        switch verdict {
        case .approve: "approval"
        case .deny: "denial"
        }
    }
}

/// Files that others are to read.
enum PublicFile {
    /// Puts content where a file may be or not, at one stroke, mode 0644; a link is replaced, not followed.
    static func put(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        let scratch = "\(path).new-\(getpid())"
        unlink(scratch)
        let descriptor = open(scratch, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        // Whatever the umask: it holds no secret, and others must verify it.
        let isWritten = fchmod(descriptor, 0o644) == 0 && writeAll(descriptor, bytes) && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(scratch, path) == 0 else {
            let failure = failure(path)
            unlink(scratch)
            throw failure
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(
            .config, "\(path): \(String(cString: strerror(errno)))", hint: "the folder of the plan must be writable")
    }
}
