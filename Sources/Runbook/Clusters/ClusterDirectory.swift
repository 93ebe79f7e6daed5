// SPDX-License-Identifier: Apache-2.0
public import Model
public import Policy
public import Proxmox
internal import Text

/// The clusters that a script may name, and the way to each.
///
/// A script only says a name; what it stands for, with which identity and under which policy, is decided here.
public struct ClusterDirectory: Sendable {
    /// The names, in the order of the configuration.
    public var names: [String]
    /// Makes the way to one of them: reads its secret, makes its client.
    public var open: @Sendable (String) async throws(Failure) -> OpenedCluster

    /// Makes a directory.
    public init(names: [String], open: @escaping @Sendable (String) async throws(Failure) -> OpenedCluster) {
        self.names = names
        self.open = open
    }

    /// No other clusters.
    public static let none = ClusterDirectory(names: []) { (name) throws(Failure) in throw unknown(name, among: []) }

    /// What is said of a name that is none.
    public static func unknown(_ name: String, among known: [String]) -> Failure {
        let rest =
            known.isEmpty ? "no other cluster is configured" : "the clusters are " + known.joined(separator: ", ")
        return Failure(
            .config, "there is no cluster \"\(TextExcerpt.of(name))\"",
            hint: Spelling.suggestion(for: name, among: known) ?? rest)
    }
}

/// The way to a cluster, and what may be done there.
public struct OpenedCluster: Sendable {
    /// The client.
    public var client: ProxmoxClient
    /// What may be done; its limits do not count, since a run has those of the cluster it was started on.
    public var policy: PolicySet
    /// How long to wait for a task where the script says nothing.
    public var taskTimeout: Duration
    /// Brings its schema, for raw calls.
    public var schema: SchemaProvider?

    /// Makes one.
    public init(client: ProxmoxClient, policy: PolicySet, taskTimeout: Duration, schema: SchemaProvider? = nil) {
        self.client = client
        self.policy = policy
        self.taskTimeout = taskTimeout
        self.schema = schema
    }
}

extension RunEnvironment {
    /// Whether calls go to the cluster that the run was started on.
    var isOnOwnCluster: Bool { clusterName == ownCluster }

    /// The same world, seen from another cluster.
    func on(_ name: String, _ opened: OpenedCluster) -> RunEnvironment {
        var other = self
        other.clusterName = name
        other.client = opened.client
        other.policy = opened.policy
        other.schema = opened.schema
        other.settings.taskTimeout = opened.taskTimeout
        other.output = NamedOutput(output: output, name: name)
        return other
    }
}

/// Output whose log lines say which cluster they are about.
private struct NamedOutput: RunOutput {
    let output: any RunOutput
    let name: String

    func write(_ bytes: [UInt8]) { output.write(bytes) }
    func table(_ table: RunTable) { output.table(table) }
    func log(_ level: LogLevel, _ message: String) { output.log(level, "\(name): \(message)") }
    var hasLostOutput: Bool { output.hasLostOutput }
    var showsProgress: Bool { output.showsProgress }
    func progress(_ progress: TaskProgress?) { output.progress(progress) }
    func progressEnded(_ upid: UPID) { output.progressEnded(upid) }
}
