// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What the compiler knows of the public interface of the library products.
struct DocumentationTests {
    private struct Graph: Decodable {
        struct Symbol: Decodable {
            struct Identifier: Decodable { var precise: String }
            struct Comment: Decodable { struct Line: Decodable { var text: String }; var lines: [Line] }
            var identifier: Identifier
            var pathComponents: [String]
            var docComment: Comment?
        }
        var symbols: [Symbol]
    }

    private struct Target: Decodable {
        struct Triple: Decodable { var triple: String }
        struct Paths: Decodable { var runtimeResourcePath: String }
        var target: Triple
        var paths: Paths
    }

    private static func symbols(of module: String, into folder: URL) async throws -> [Graph.Symbol] {
        let environment = URL(fileURLWithPath: "/usr/bin/env")
        let about = try await run(environment, ["swiftc", "-print-target-info"])
        let target = try JSONDecoder().decode(Target.self, from: Data(about.output.utf8))
        let products = Places.products.path
        var arguments = [
            "swift-symbolgraph-extract", "-module-name", module, "-I", "\(products)/Modules",
            "-target", target.target.triple, "-resource-dir", target.paths.runtimeResourcePath,
            "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", folder.path,
        ]
        for bridge in ["CCurl", "CSimdjson"] {
            arguments += ["-Xcc", "-fmodule-map-file=\(products)/\(bridge).build/module.modulemap"]
            arguments += ["-I", Places.repository.appendingPathComponent("Sources/\(bridge)/include").path]
        }
        for system in ["CPrograms", "CCrypto"] {
            let map = Places.repository.appendingPathComponent("Sources/\(system)/module.modulemap")
            arguments += ["-Xcc", "-fmodule-map-file=\(map.path)"]
        }
        let result = try await run(environment, arguments)
        try #require(result.status == 0, "\(result.errors)\(result.output)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        // `Proxmox@Model` is what Proxmox adds to types of Model.
        return try files.filter {
            $0.lastPathComponent.hasPrefix("\(module).") || $0.lastPathComponent.hasPrefix("\(module)@")
        }.flatMap { try JSONDecoder().decode(Graph.self, from: Data(contentsOf: $0)).symbols }
    }

    @Test(arguments: ["Proxmox", "Model", "JSON"])
    func everyPublicDeclarationIsDocumented(_ module: String) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let symbols = try await Self.symbols(of: module, into: folder.url)
        let bare = symbols.filter { symbol in
            symbol.docComment?.lines.allSatisfy { $0.text.allSatisfy(\.isWhitespace) } ?? true
        }
        let documented = symbols.count - bare.count
        print("documentation of \(module): \(documented) of \(symbols.count) public declarations")
        #expect(symbols.count > 30)
        #expect(bare.map { $0.pathComponents.joined(separator: ".") } == [])
    }
}
