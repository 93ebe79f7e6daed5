// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The module arrows of Sources/README.md; Tests/ArchitectureTests checks that no import goes against them.

let swift: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swift)
}

let package = Package(
    name: "pvelua",
    products: [
        .executable(name: "pvelua", targets: ["pvelua"]),
        .executable(name: "pvelua-worker", targets: ["pvelua-worker"]),
        .executable(name: "pvelua-sim", targets: ["pvelua-sim"]),
        .library(name: "Proxmox", targets: ["Proxmox"]),
        .library(name: "Simulator", targets: ["Simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    ],
    targets: [
        // System libraries and the C that makes them safe to call from Swift.
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CEditline", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CLua", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CPrograms"),
        .target(
            name: "CCurl",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto"), .linkedLibrary("dl")]),
        .target(
            name: "LuaBridge", dependencies: ["CLua", "CSeccomp", "CSimdjson"], exclude: ["README.md"],
            linkerSettings: [.linkedLibrary("lua5.4"), .linkedLibrary("seccomp")]),
        .target(name: "CCertificates", linkerSettings: [.linkedLibrary("crypto")]),

        // Files that travel inside the binaries, brought in by #embed.
        .target(
            name: "LuaSources", path: "lua",
            exclude: [
                "README.md", "clock.lua", "objects.lua", "prelude.lua", "strands.lua", "testing.lua", "modules",
            ]),
        .target(
            name: "EmbeddedAssets", path: "assets",
            exclude: ["clusters", "templates", "policy.yaml", "config.example.yaml", "systemd"]),

        // Know nothing of Proxmox.
        library("Text"),
        library("JSON", ["CSimdjson"]),
        library("YAML", ["CYAML", "Text"]),
        library("Secrets", ["JSON"]),
        library("Wire"),
        library("LuaSource"),
        library("Programs", ["CPrograms"]),
        library("Hashing", ["CCrypto"]),
        library("Terminal", ["CEditline", "Text"]),
        library("Worker", ["Wire", "LuaBridge", "LuaSources"]),

        // Know Proxmox.
        library("Model", ["JSON"]),
        library("Schema", ["Model", "JSON", "Text"]),
        library("Configuration", ["Model", "YAML", "Text", "Programs"]),
        library("Monitor", ["Proxmox", "Model", "JSON", "Text", "Programs"]),
        library("Policy", ["Model", "YAML", "EmbeddedAssets", "Text", "Hashing"]),
        library("MCP", ["JSON"]),
        library("Reference", ["Model", "JSON", "EmbeddedAssets", "Text"]),
        library("Templates", ["Model", "JSON", "YAML", "EmbeddedAssets", "Text"]),
        library("Journal", ["Model", "Secrets", "Hashing", "CSQLite", "CZlib"]),
        library("Plan", ["Model", "JSON", "Hashing", "Text"]),
        library("Signatures", ["Model", "Programs"]),
        library(
            "Proxmox",
            ["Model", "JSON", "CCurl", "Programs", "Hashing", .product(name: "Logging", package: "swift-log")]),
        library("Simulator", ["Proxmox", "Model", "JSON", "YAML", "EmbeddedAssets"]),
        library("Twin", ["Simulator", "Proxmox", "Model", "JSON"]),
        library(
            "Rehearsal",
            ["Runbook", "Policy", "Journal", "Simulator", "Twin", "Proxmox", "Model", "JSON", "YAML", "Text"]),
        library("SimulatorServer", ["Simulator", "Proxmox", "JSON", "CCertificates", "CZlib"] + nio),
        library(
            "Runbook",
            [
                "Policy", "Journal", "Plan", "Proxmox", "Schema", "Templates", "Wire", "LuaSources", "Text", "Programs",
                "Hashing", "LuaSource", "Secrets",
            ]),
        library(
            "Commands",
            [
                "Runbook", "Secrets", "Configuration", "Schema", "Monitor", "Journal", "Plan", "Signatures",
                "Templates",
                "Terminal",
                "Simulator", "Twin", "Rehearsal", "Reference", "MCP", "EmbeddedAssets", "Text", "Hashing", "Programs",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // One file each.
        .executableTarget(name: "pvelua", dependencies: ["Commands", "Programs"], swiftSettings: swift),
        .executableTarget(name: "pvelua-worker", dependencies: ["Worker"], swiftSettings: swift),
        .executableTarget(
            name: "pvelua-sim",
            dependencies: [
                "SimulatorServer", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swift),

        // Tests, one target a module; Tests/TestSupport is what they share.
        .target(name: "TestWidth", path: "Tests/TestWidth"),
        .target(
            name: "TestSupport", dependencies: ["Proxmox", "Simulator", "JSON", "Programs", "TestWidth"],
            path: "Tests/TestSupport", swiftSettings: swift),
        tests("JSONTests", ["JSON"]),
        tests("SecretsTests", ["Secrets", "JSON"]),
        tests("ModelTests", ["Model", "JSON"]),
        tests("MCPTests", ["MCP", "JSON", "TestSupport"]),
        tests("LuaSourceTests", ["LuaSource"]),
        tests("WireTests", ["Wire"]),
        tests("YAMLTests", ["YAML", "Text"]),
        tests("SchemaTests", ["Schema", "Simulator", "Proxmox", "Model", "JSON"]),
        tests("ConfigurationTests", ["Configuration", "Model", "Text", "TestSupport"]),
        tests("TemplatesTests", ["Templates", "Model", "JSON"]),
        tests("PolicyTests", ["Policy", "Model", "YAML", "TestSupport"]),
        tests("PlanTests", ["Plan", "Model", "JSON", "Hashing"]),
        tests("SignaturesTests", ["Signatures", "Model", "TestSupport"]),
        tests("JournalTests", ["Journal", "Secrets", "Hashing", "Model", "JSON", "TestSupport"]),
        tests("MonitorTests", ["Monitor", "Proxmox", "Simulator", "Model", "JSON", "TestSupport"]),
        tests("TerminalTests", ["Terminal", "Text", "TestSupport"]),
        tests("WorkerTests", ["Wire", "TestSupport"], exclude: ["Hostile", "Language"]),
        tests(
            "ProxmoxTests", ["Proxmox", "Model", "JSON", "TestSupport"],
            exclude: ["Support/hostile_server.py", "Support/pvesh_standin.py"]),
        tests("SimulatorTests", ["Simulator", "Proxmox", "Model", "JSON", "YAML", "TestSupport"]),
        tests("TwinTests", ["Twin", "Simulator", "Proxmox", "Model", "JSON", "TestSupport"]),
        tests(
            "RunbookTests",
            [
                "Runbook", "Secrets", "Wire", "Simulator", "Twin", "Plan", "Proxmox", "Schema", "Policy", "Journal",
                "Model",
                "JSON",
                "Templates", "LuaSource", "TestSupport",
            ], exclude: ["Liars/liar.py"]),
        tests(
            "CommandTests",
            [
                "Commands", "Runbook", "Policy", "Schema", "Terminal", "Model", "JSON", "TestSupport", "Proxmox",
                "Simulator", "Configuration", "Journal", "Monitor", "Plan", "Signatures", "Text", "Secrets",
                "Rehearsal", "Reference",
            ],
            exclude: ["Support"]),
        tests(
            "CrashTests",
            [
                "Runbook", "Simulator", "Twin", "Plan", "Proxmox", "Policy", "Journal", "Model", "JSON", "TestSupport",
            ], exclude: ["Support"]),
        tests("ArchitectureTests", ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x,
    cxxLanguageStandard: .cxx17
)

// `make fuzz` builds these with sanitizers into a folder of their own; nobody else sees them.
if Context.environment["PVELUA_FUZZ"] == "1" {
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "pvelua-fuzz",
            dependencies: [
                "CFuzzer", "Proxmox", "Model", "JSON", "YAML", "Configuration", "Policy", "Wire", "Runbook",
            ],
            path: "Fuzz/Targets", swiftSettings: swift),
    ]
}
