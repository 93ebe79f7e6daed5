// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// A real HTTP server on loopback that takes webhooks; ended with the test.
final class HookServer: @unchecked Sendable {
    private let process = Process()
    private let folder: TemporaryFolder
    /// Where it listens.
    let port: Int

    struct NotReady: Error {}

    init() throws {
        folder = try TemporaryFolder()
        let script = Places.repository.appendingPathComponent("Tests/CommandTests/Support/hook.py").path
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, folder.url.path + "/requests", folder.url.path + "/status"]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
            line += byte
        }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else { throw NotReady() }
        self.port = port
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        folder.remove()
    }

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
