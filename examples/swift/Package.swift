// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "start-guest",
    dependencies: [.package(name: "pvelua", path: "../..")],
    targets: [
        .executableTarget(name: "start-guest", dependencies: [.product(name: "Proxmox", package: "pvelua")])
    ]
)
