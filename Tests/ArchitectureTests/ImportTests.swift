// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What each module may import.
///
/// Sources/README.md draws the same arrows.
private let allowed: [String: Set<String>] = [
    "Text": [],
    "JSON": ["CSimdjson"],
    "YAML": ["CYAML", "Text"],
    "Secrets": ["JSON"],
    "Wire": [],
    "LuaSource": [],
    "Programs": ["CPrograms"],
    "Terminal": ["CEditline", "Text"],
    "Worker": ["Wire", "LuaBridge", "LuaSources"],
    "Model": ["JSON"],
    "Schema": ["Model", "JSON", "Text"],
    "Configuration": ["Model", "YAML", "Text", "Programs"],
    "Monitor": ["Proxmox", "Model", "JSON", "Text", "Programs"],
    "Policy": ["Model", "YAML", "EmbeddedAssets", "Text", "Hashing"],
    "MCP": ["JSON"],
    "Reference": ["Model", "JSON", "EmbeddedAssets", "Text"],
    "Templates": ["Model", "JSON", "YAML", "EmbeddedAssets", "Text"],
    "Hashing": ["CCrypto"],
    "Journal": ["Model", "JSON", "Secrets", "Hashing", "CSQLite", "CZlib"],
    "Plan": ["Model", "JSON", "Hashing", "Text"],
    "Signatures": ["Model", "Programs"],
    "Proxmox": ["Model", "JSON", "CCurl", "Logging", "Text", "Programs", "Hashing"],
    "Simulator": ["Proxmox", "Model", "JSON", "YAML", "EmbeddedAssets"],
    "Twin": ["Simulator", "Proxmox", "Model", "JSON"],
    "Rehearsal": [
        "Runbook", "Policy", "Journal", "Simulator", "Twin", "Proxmox", "Model", "JSON", "YAML", "Text",
    ],
    "SimulatorServer": [
        "Simulator", "Proxmox", "Model", "JSON", "CCrypto", "CCertificates", "CZlib", "NIOCore", "NIOPosix", "NIOHTTP1",
        "NIOSSL",
    ],
    "Runbook": [
        "Policy", "Journal", "Plan", "Proxmox", "Schema", "Wire", "LuaSources", "Text", "Model", "JSON", "Programs",
        "Templates", "Hashing", "LuaSource", "Secrets",
    ],
    "Commands": [
        "Runbook", "Configuration", "Terminal", "Simulator", "ArgumentParser", "Text", "Model", "JSON", "Policy",
        "Journal", "Plan", "Signatures", "Proxmox", "Schema", "EmbeddedAssets", "Logging", "Monitor", "Templates",
        "Hashing", "Twin", "Secrets", "Programs", "Rehearsal", "Reference", "MCP",
    ],
    "pvelua": ["Commands", "Programs"],
    "pvelua-worker": ["Worker"],
    "pvelua-sim": ["SimulatorServer", "Simulator", "ArgumentParser"],
]
private let everywhere: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

/// All Swift files of a folder below Sources.
private func swiftFiles(_ module: String) -> [URL] {
    let folder = Places.repository.appendingPathComponent("Sources/\(module)")
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return (found ?? []).filter { $0.pathExtension == "swift" }
}

private func imports(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 2, position + 1 < words.count,
            words[..<position].allSatisfy({
                ["public", "package", "internal", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
            })
        else { return nil }
        return String(words[words.count - 1].split(separator: ".")[0])
    }
}

struct ImportTests {
    @Test(arguments: allowed.keys.sorted())
    func importsOnlyAlongTheArrows(module: String) throws {
        let files = swiftFiles(module)
        #expect(!files.isEmpty, "no Swift file in Sources/\(module)")
        for file in files {
            for name in try imports(of: file) where !everywhere.contains(name) {
                #expect(allowed[module]?.contains(name) == true, "\(file.lastPathComponent) imports \(name)")
            }
        }
    }

    @Test func everySwiftModuleHasItsArrows() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Places.repository.appendingPathComponent("Sources").path)
        let modules = folders.filter { !swiftFiles($0).isEmpty }
        #expect(Set(modules) == Set(allowed.keys))
    }

    @Test func noFileGrowsBeyondFiveHundredLines() throws {
        for module in allowed.keys {
            for file in swiftFiles(module) {
                let lines = try String(contentsOf: file, encoding: .utf8).split(
                    separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count <= 500, "\(file.lastPathComponent) has \(lines.count) lines")
            }
        }
    }

    @Test func everyFileNamesItsLicence() throws {
        for module in allowed.keys {
            for file in swiftFiles(module) {
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.contains("SPDX-License-Identifier: Apache-2.0"), "\(file.lastPathComponent)")
            }
        }
    }

    @Test func noMachinePathIsInTheTree() async throws {
        let found = try await run(
            URL(fileURLWithPath: "/usr/bin/git"),
            ["grep", "-nIE", "(^|[^a-zA-Z.])/(root|work)/", "--", ":!Tests/ArchitectureTests"],
            directory: Places.repository)
        #expect(found.output == "")
    }
}

struct PlainHTTPTests {
    /// TLS is left out for webhooks of the monitor only, never on the way to a cluster.
    @Test func onlyWebhooksMayGoWithoutTLS() async throws {
        let found = try await run(
            URL(fileURLWithPath: "/usr/bin/git"), ["grep", "-lE", "usesTLS: ", "--", "Sources"],
            directory: Places.repository)
        let files = found.output.split(separator: "\n").map(String.init)
        #expect(files == ["Sources/Commands/Monitor/AlertRoutes.swift", "Sources/Proxmox/HTTP/CurlSettings.swift"])
    }
}

struct JournalSeamTests {
    /// A journal in another database is to fit in without touching its callers.
    @Test func onlyOneFileKnowsWhichJournalThereIs() async throws {
        let found = try await run(
            URL(fileURLWithPath: "/usr/bin/git"), ["grep", "-lw", "SQLiteJournal", "--", "Sources"],
            directory: Places.repository)
        let files = found.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("Sources/Journal/") }
        #expect(files == ["Sources/Commands/Shared/JournalPlace.swift"])
    }
}
