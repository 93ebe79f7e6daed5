// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Runbook
internal import Schema
internal import Synchronization

/// What completion goes by, shared between the session and the editor, which has a thread of its own.
final class ReplKnowledge: Sendable {
    private struct State {
        var lookout: ReplLookout
        var clusters: [String]
        var cluster: String
        var schema: APISchema??
        var variables: [ReplVariable] = []
    }

    private let state: Mutex<State>
    private let schemas: SchemaStore

    init(_ environment: RunEnvironment, schemas: SchemaStore) {
        self.schemas = schemas
        state = Mutex(
            State(
                lookout: ReplLookout(environment), clusters: environment.clusters.names,
                cluster: environment.clusterName))
    }

    /// Goes on with another cluster.
    func turn(to environment: RunEnvironment) {
        state.withLock {
            $0 = State(
                lookout: ReplLookout(environment), clusters: environment.clusters.names,
                cluster: environment.clusterName)
        }
    }

    /// What the session has defined.
    var variables: [ReplVariable] {
        get { state.withLock { $0.variables } }
        set { state.withLock { $0.variables = newValue } }
    }

    /// What there is on the cluster now.
    var inventory: ReplInventory { state.withLock { $0.lookout }.inventory() }

    /// The words for a Tab.
    func candidates(_ line: String, _ cursor: Int) -> [String] {
        let lookout = state.withLock { $0.lookout }
        return ReplCompletion.candidates(
            line, cursor: cursor,
            ReplCompletion.Knowledge(
                clusters: state.withLock { $0.clusters }, schema: { self.schema }, inventory: { lookout.inventory() },
                snapshots: { lookout.snapshots(of: $0) }, variables: variables, files: Self.files))
    }

    /// The newest schema that is kept of the cluster, read when the first path is completed.
    private var schema: APISchema? {
        let (known, cluster) = state.withLock { ($0.schema, $0.cluster) }
        if let known { return known }
        let schema = schemas.newest(of: cluster)
        state.withLock { $0.schema = .some(schema) }
        return schema
    }

    /// The Lua files and folders that a path may become.
    private static func files(_ typed: String) -> [String] {
        let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
        guard let directory = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while let entry = readdir(directory), result.count < 1000 {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            guard !name.hasPrefix("."), isFolder || name.hasSuffix(".lua") else { continue }
            result.append(folder + name + (isFolder ? "/" : ""))
        }
        return result.sorted()
    }
}
