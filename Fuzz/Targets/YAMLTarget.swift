// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Policy
internal import YAML

/// Configuration and policy files, from bytes to what they mean.
enum YAMLTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        do {
            let document = try YAMLDocument(parsing: bytes, file: "f")
            walk(document.root, depth: 0)
        } catch {
            require(error.description.hasPrefix("f:"), "no place in \(error)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let file = try ConfigurationFile.parse(text, file: "f", home: "/h")
            for cluster in file.clusters {
                require(!cluster.hosts.isEmpty, "a cluster without hosts")
                require(cluster.timeouts.connect > 0 && cluster.timeouts.stall > 0, "no time")
                require((1...64).contains(cluster.limits.connections) && cluster.limits.answer > 0, "no room")
                require(cluster.hosts.allSatisfy { (1...65_535).contains($0.port) }, "no port")
            }
            _ = file.snapshots
        } catch {
            require(error.kind == .config && error.message.hasPrefix("f:"), "no place in \(error)")
        }
        do { _ = try PolicySet.load(yaml: text, file: "f") } catch {
            require(error.kind == .config, "not of the kind config: \(error)")
        }
        return 0
    }

    private static func walk(_ node: YAMLNode, depth: Int) {
        require(depth <= YAMLDocument.maximumDepth + 1, "deeper than allowed")
        require(node.line >= 1 && node.column >= 1, "no place")
        _ = try? node.integer(in: 0...9)
        _ = try? node.text()
        switch node.kind {
        case .sequence(let elements): for element in elements { walk(element, depth: depth + 1) }
        case .mapping(let members):
            for (key, value) in members {
                walk(key, depth: depth + 1)
                walk(value, depth: depth + 1)
            }
        default: break
        }
    }
}
