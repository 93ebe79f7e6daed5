// SPDX-License-Identifier: Apache-2.0
public import Foundation
internal import JSON

/// A `pvelua-sim serve` process on a port of its own, ended with the test.
public final class RunningServer: Sendable {
    private let announced: AnnouncedProcess

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
    public init(_ arguments: String...) async throws {
        let announced = try await AnnouncedProcess(
            Places.products.appendingPathComponent("pvelua-sim"),
            ["serve", "--port", "0", "--auth-delay", "0", "--time-scale", "0.02"] + arguments)
        guard let ready = try? JSONDecoder().decode([String: String].self, from: Data(announced.line.utf8)),
            let url = ready["url"].flatMap(URL.init(string:)), let file = ready["ca_file"],
            let fingerprint = ready["fingerprint"], let token = ready["token"], let equals = token.lastIndex(of: "=")
        else { throw NotReady(line: announced.line) }
        self.announced = announced
        self.url = url
        authorityFile = file
        self.fingerprint = fingerprint
        tokenID = String(token[..<equals])
        secret = String(token[token.index(after: equals)...])
    }

    /// Where it listens, as a configuration names it.
    public var address: String { "127.0.0.1:\(url.port ?? 0)" }

    /// A fingerprint that its certificate has not.
    public var wrongFingerprint: String { (fingerprint.hasPrefix("00") ? "11" : "00") + fingerprint.dropFirst(2) }

    /// The requests that it has got, in order.
    public func requests() async throws -> [(method: String, path: String)] {
        let rows = try JSONValue(parsing: await control("/sim/requests"))["data"]?.array ?? []
        return rows.map { ($0["method"]?.string ?? "", $0["path"]?.string ?? "") }
    }

    /// Lets nothing go wrong any more.
    public func forgetFaults() async throws { _ = try await control("/sim/faults", ["-X", "DELETE"]) }

    /// A GET or POST with `curl`, authorised; for what tests ask the server itself.
    public func control(_ path: String, body: String? = nil) async throws -> String {
        try await control(path, body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? [])
    }

    private func control(_ path: String, _ options: [String]) async throws -> String {
        let arguments =
            ["-s", "--cacert", authorityFile, "-H", "Authorization: PVEAPIToken=\(tokenID)=\(secret)"]
            + options + [url.absoluteString + path]
        return try await run(URL(fileURLWithPath: "/usr/bin/curl"), arguments).output
    }
}
