// SPDX-License-Identifier: Apache-2.0
public import Schema

/// The cluster's own schema, brought in when the first raw call asks for it, and once.
public actor SchemaProvider {
    private let load: @Sendable () async -> APISchema?
    private var loading: Swift.Task<APISchema?, Never>?

    /// Makes a provider.
    ///
    /// - Parameter load: Gives the schema that is exact for the cluster's version, or nil where none is kept.
    public init(_ load: @escaping @Sendable () async -> APISchema?) { self.load = load }

    /// The schema, or nil where there is none; calls are then checked by the server alone.
    func schema() async -> APISchema? {
        if let loading { return await loading.value }
        let task = Swift.Task { [load] in await load() }
        loading = task
        return await task.value
    }
}
