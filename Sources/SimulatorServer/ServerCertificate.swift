// SPDX-License-Identifier: Apache-2.0
internal import CCertificates
internal import Glibc

/// The certificates of one run of the server.
struct ServerCertificate: Sendable {
    /// The authority's certificate, as PEM.
    var authority: String
    /// The server's certificate, as PEM.
    var leaf: String
    /// The server's key, as PEM.
    var key: String
    /// SHA-256 of the server's certificate, as `AA:BB:…`.
    var fingerprint: String

    /// Makes an authority and a certificate for this host and the cluster's nodes.
    init(nodes: [String]) throws {
        let names = ["IP:127.0.0.1", "IP:::1", "DNS:localhost"] + nodes.map { "DNS:\($0)" }
        var made = certificates()
        guard certificates_make(names.joined(separator: ","), &made) == 0, let authority = made.authority,
            let leaf = made.leaf, let key = made.key
        else { throw ServerFailure("no certificate could be made") }
        defer { certificates_free(&made) }
        self.authority = String(cString: authority)
        self.leaf = String(cString: leaf)
        self.key = String(cString: key)
        fingerprint = withUnsafeBytes(of: made.fingerprint) { bytes in
            bytes.map { byte in
                let text = String(byte, radix: 16, uppercase: true)
                return text.count == 1 ? "0" + text : text
            }.joined(separator: ":")
        }
    }
}

/// Why the server could not be started.
public struct ServerFailure: Error, CustomStringConvertible {
    /// The reason, in one line.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A folder for the authority's certificate that only this user can enter, and that goes when the server goes.
struct ScratchFolder: Sendable {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/pvelua-sim-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw ServerFailure("no temporary folder could be made in \(parent)") }
        path = made
    }

    /// Writes a file that only this user can read.
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ServerFailure("\(file) could not be written") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw ServerFailure("\(file) could not be written")
        }
        return file
    }

    /// Reads a small file.
    static func read(_ file: String) throws -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ServerFailure("\(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= 1 << 20 {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw ServerFailure("\(file): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func remove(_ names: [String]) {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
