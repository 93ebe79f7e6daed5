// SPDX-License-Identifier: Apache-2.0
import Foundation
import Proxmox
import TestSupport

/// A program in the place of `pvesh`, in a folder of its own.
final class StandInPvesh: Sendable {
    let folder: TemporaryFolder
    let program: String

    /// A shell script; what asks whether options may be shortened is answered as a real one does.
    init(script: String) throws {
        folder = try TemporaryFolder()
        let text = """
            #!/bin/sh
            case "$*" in *--output-forma\\ json) echo "Unknown option: output-forma" >&2; exit 255;; esac
            \(script)

            """
        program = try folder.write("pvesh", text, mode: 0o755).path
    }

    /// A program of several lines in another language, its first line included.
    init(source: String) throws {
        folder = try TemporaryFolder()
        program = try folder.write("pvesh", source, mode: 0o755).path
    }

    /// The stand-in that asks a simulator; it takes `pve1` for the node it runs on.
    init(_ server: RunningServer) throws {
        folder = try TemporaryFolder()
        let script = Places.repository.appendingPathComponent("Tests/ProxmoxTests/Support/pvesh_standin.py")
        program = try folder.write("pvesh", try String(contentsOf: script, encoding: .utf8), mode: 0o755).path
        let settings = [
            "url": server.url.absoluteString, "ca_file": server.authorityFile,
            "token": "\(server.tokenID)=\(server.secret)", "node": "pve1",
        ]
        _ = try folder.write("pvesh.json", String(decoding: try JSONEncoder().encode(settings), as: UTF8.self))
    }

    deinit { folder.remove() }

    func transport(_ adjust: (inout PveshSettings) -> Void = { _ in }) -> HeldTransport {
        var settings = PveshSettings(program: program, grace: .milliseconds(200))
        adjust(&settings)
        return HeldTransport(pvesh: self, transport: PveshTransport(settings: settings))
    }

    /// What a script wrote into a file beside itself.
    func note(_ name: String) -> String? {
        try? String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }
}

/// A transport that keeps its program's folder for as long as it lives.
struct HeldTransport: Transport {
    let pvesh: StandInPvesh
    let transport: PveshTransport

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        try await transport.send(request)
    }
}
