// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// A real HTTP server on loopback that takes webhooks; ended with the test.
final class HookServer: Sendable {
    private let process: AnnouncedProcess
    private let folder: TemporaryFolder
    /// Where it listens.
    let port: Int

    struct NotReady: Error {}

    init() async throws {
        folder = try TemporaryFolder()
        let script = Places.repository.appendingPathComponent("Tests/CommandTests/Support/hook.py").path
        process = try await AnnouncedProcess(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", script, folder.url.path + "/requests", folder.url.path + "/status"])
        guard let port = Int(process.line) else { throw NotReady() }
        self.port = port
    }

    deinit { folder.remove() }

    /// What every later request is answered.
    func answer(_ status: Int) throws { _ = try folder.write("status", String(status)) }

    /// The requests that came, in order.
    func requests() throws -> [JSONValue] {
        guard let text = try? String(contentsOf: folder.url.appendingPathComponent("requests"), encoding: .utf8) else {
            return []
        }
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}
