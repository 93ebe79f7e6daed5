// SPDX-License-Identifier: Apache-2.0

/// Everything a simulated cluster answers.
enum EndpointTable {
    static let all: [Endpoint] =
        accessEndpoints + accessChangeEndpoints + accessAccountEndpoints + clusterConfigEndpoints + bulkEndpoints
        + clusterEndpoints
        + nodeEndpoints + taskEndpoints + guestEndpoints + configEndpoints
        + powerEndpoints + snapshotEndpoints + lifecycleEndpoints + diskEndpoints + migrateEndpoints + storageEndpoints
        + contentEndpoints + pruneEndpoints + downloadEndpoints
        + backupEndpoints + statisticsEndpoints + poolEndpoints + highAvailabilityEndpoints + agentEndpoints
        + consoleEndpoints
        + nodeDetailEndpoints + highAvailabilityGroupEndpoints

    struct Found {
        var endpoint: Endpoint
        var path: [String: String]
        var pattern: String { "/" + endpoint.pattern.joined(separator: "/") }
    }

    private static let byMethod = Dictionary(grouping: all) { $0.method }

    static func find(_ method: String, _ segments: [String]) -> Found? {
        for endpoint in byMethod[method] ?? [] {
            if let path = endpoint.match(segments) { return Found(endpoint: endpoint, path: path) }
        }
        return nil
    }
}
