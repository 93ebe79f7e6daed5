// SPDX-License-Identifier: Apache-2.0
public import Foundation
internal import JSON

/// A `pvelua-sim serve` process on a port of its own, ended with the test.
public final class RunningServer: @unchecked Sendable {
    private let process = Process()

    /// What the server printed when it was ready.
    public let url: URL
    /// The file of its authority.
    public let authorityFile: String
    /// The SHA-256 of its certificate.
    public let fingerprint: String
    /// The id of its token.
    public let tokenID: String
    /// The secret of its token.
    public let secret: String

    /// What goes wrong when the server does not come up.
    public struct NotReady: Error {
        /// What it printed instead.
        public let line: String
    }

    /// Starts the server and waits until it is ready.
    public init(_ arguments: String...) throws {
        process.executableURL = Places.products.appendingPathComponent("pvelua-sim")
        process.arguments = ["serve", "--port", "0", "--auth-delay", "0", "--time-scale", "0.02"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
            line += byte
        }
        guard let ready = try? JSONDecoder().decode([String: String].self, from: line),
            let url = ready["url"].flatMap(URL.init(string:)), let file = ready["ca_file"],
            let fingerprint = ready["fingerprint"], let token = ready["token"], let equals = token.lastIndex(of: "=")
        else {
            process.terminate()
            throw NotReady(line: String(decoding: line, as: UTF8.self))
        }
        self.url = url
        authorityFile = file
        self.fingerprint = fingerprint
        tokenID = String(token[..<equals])
        secret = String(token[token.index(after: equals)...])
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// Where it listens, as a configuration names it.
    public var address: String { "127.0.0.1:\(url.port ?? 0)" }

    /// A fingerprint that its certificate has not.
    public var wrongFingerprint: String { (fingerprint.hasPrefix("00") ? "11" : "00") + fingerprint.dropFirst(2) }

    /// The requests that it has got, in order.
    public func requests() throws -> [(method: String, path: String)] {
        let rows = try JSONValue(parsing: control("/sim/requests"))["data"]?.array ?? []
        return rows.map { ($0["method"]?.string ?? "", $0["path"]?.string ?? "") }
    }

    /// A GET or POST with `curl`, authorised; for what tests ask the server itself.
    public func control(_ path: String, body: String? = nil) throws -> String {
        var arguments = ["-s", "--cacert", authorityFile, "-H", "Authorization: PVEAPIToken=\(tokenID)=\(secret)"]
        if let body { arguments += ["-H", "Content-Type: application/json", "-d", body] }
        arguments.append(url.absoluteString + path)
        return try run(URL(fileURLWithPath: "/usr/bin/curl"), arguments).output
    }
}
