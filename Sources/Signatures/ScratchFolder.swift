// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model

/// A folder that only this account can enter, gone with this value.
final class ScratchFolder {
    let path: String
    private var names: Set<String> = []

    init(below parent: String?) throws(Failure) {
        let parent = parent.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(parent)/pvelua-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.config, "\(parent): no folder can be made there: \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    deinit {
        for name in names.union(["statement.sig"]) { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        names.insert(name)
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The bytes of a file; nil where there is none or it is too large.
    func read(_ name: String, most: Int) -> [UInt8]? {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += chunk.prefix(count)
            guard bytes.count <= most else { return nil }
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.config, "\(path): \(String(cString: strerror(errno)))")
    }
}
