// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// The form of `config.yaml`.
struct ConfigurationForm {
    let home: String

    func file(_ root: YAMLNode) throws(YAMLError) -> ConfigurationFile {
        let reader = try YAMLReader(
            root, of: "the configuration", keys: ["version", "default_cluster", "clusters", "snapshots", "monitor", "audit"])
        _ = try reader.required("version").integer(in: 1...1)
        var result = ConfigurationFile.none
        for (key, value) in try reader.optional("clusters")?.members() ?? [] {
            result.clusters.append(try cluster(key, value))
        }
        if let node = reader.optional("default_cluster") {
            let name = try node.text()
            let names = result.clusters.map(\.name) + ["demo"]
            guard names.contains(name) else {
                let hint = Spelling.suggestion(for: name, among: names).map { "; \($0)" } ?? ""
                throw node.error("there is no cluster `\(name)`\(hint)")
            }
            result.defaultCluster = name
        }
        if let node = reader.optional("snapshots") { result.snapshots = try snapshots(node) }
        if let node = reader.optional("monitor") { result.monitor = try MonitorForm(home: home).section(node) }
        if let node = reader.optional("audit") { result.audit = try AuditForm(home: home).section(node) }
        return result
    }

    private func cluster(_ key: YAMLNode, _ node: YAMLNode) throws(YAMLError) -> ClusterConfiguration {
        let name = try key.text()
        if let fault = ClusterName.fault(name) { throw key.error(fault) }
        let reader = try YAMLReader(
            node, of: "a cluster", keys: ["hosts", "auth", "tls", "timeouts", "limits", "pvesh"],
            explanations: TLSForm.explanations)
        let list = try reader.required("hosts")
        if try HostForm.isLocal(list) { return try local(name, reader) }
        if let program = reader.optional("pvesh") { throw program.error("`pvesh` goes with `hosts: [local]`") }
        var hosts: [HostAddress] = []
        for element in try list.elements() { hosts.append(try HostForm.host(element)) }
        guard !hosts.isEmpty else { throw list.error("name at least one host") }
        return ClusterConfiguration(
            name: name, hosts: hosts, auth: try AuthenticationForm.read(try reader.required("auth")),
            tls: try reader.optional("tls").map { (node) throws(YAMLError) in try TLSForm.read(node, home: home) }
                ?? TLSConfiguration(),
            timeouts: try reader.optional("timeouts").map(timeouts) ?? TimeoutConfiguration(),
            limits: try reader.optional("limits").map(limits) ?? LimitConfiguration())
    }

    private func limits(_ node: YAMLNode) throws(YAMLError) -> LimitConfiguration {
        let reader = try YAMLReader(node, of: "limits", keys: ["connections", "answer"])
        var result = LimitConfiguration()
        if let value = reader.optional("connections") { result.connections = try value.integer(in: 1...64) }
        if let value = reader.optional("answer") {
            let text = try value.text()
            guard let bytes = ByteCount.bytes(text) else {
                throw value.error("expected a size such as 512KiB, 64MiB or 1GiB, found `\(text)`")
            }
            result.answer = bytes
        }
        return result
    }

    /// A cluster that is reached by `pvesh` on the node that pvelua runs on.
    private func local(_ name: String, _ reader: YAMLReader) throws(YAMLError) -> ClusterConfiguration {
        for key in ["auth", "tls"] {
            guard let node = reader.optional(key) else { continue }
            throw node.error("`hosts: [local]` takes no `\(key)`: pvesh needs neither a token nor a certificate")
        }
        var program = "/usr/bin/pvesh"
        if let node = reader.optional("pvesh") {
            program = try node.text()
            guard program.hasPrefix("/") else {
                throw node.error("expected a path that begins with /, found `\(program)`")
            }
        }
        return ClusterConfiguration(
            name: name, hosts: [HostAddress(host: HostForm.local)], auth: .local(program: program),
            tls: TLSConfiguration(), timeouts: try reader.optional("timeouts").map(timeouts) ?? TimeoutConfiguration())
    }

    private func timeouts(_ node: YAMLNode) throws(YAMLError) -> TimeoutConfiguration {
        let reader = try YAMLReader(node, of: "timeouts", keys: ["connect", "request", "task", "stall"])
        var result = TimeoutConfiguration()
        if let value = reader.optional("connect") { result.connect = try seconds(value) }
        if let value = reader.optional("request") { result.request = try seconds(value) }
        if let value = reader.optional("task") { result.task = try seconds(value) }
        if let value = reader.optional("stall") { result.stall = try seconds(value) }
        return result
    }

    private func seconds(_ node: YAMLNode) throws(YAMLError) -> Double {
        guard let seconds = TimeSpan.seconds(try node.text()), seconds > 0 else {
            throw node.error("expected a time such as 300ms, 5s, 2m or 1h, found `\(try node.text())`")
        }
        guard seconds <= TimeSpan.longest else { throw node.error("longer than a week") }
        return seconds
    }

    private func snapshots(_ node: YAMLNode) throws(YAMLError) -> SnapshotNaming {
        let reader = try YAMLReader(node, of: "snapshots", keys: ["name", "first_number"])
        var result = SnapshotNaming.shipped
        if let value = reader.optional("name") {
            let template = try value.text()
            do throws(SnapshotNaming.Problem) {
                result = try SnapshotNaming(template: template)
            } catch {
                throw value.error(error.text)
            }
        }
        if let value = reader.optional("first_number") {
            result.firstNumber = try value.integer(in: 0...999_999_999)
        }
        return result
    }
}
