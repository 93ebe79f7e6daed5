// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Proxmox

/// Asks clusters for the logs of a run's tasks.
struct TaskLogs {
    let workplace: Workplace

    /// The logs by step; where one cannot be had, a line says why.
    func read(_ steps: [StepRecord], of run: RunSummary, all: Bool) async -> [Int: [String]] {
        var clients: [String: Result<ProxmoxClient, Failure>] = [:]
        var logs: [Int: [String]] = [:]
        for step in steps {
            guard let upid = step.upid.flatMap({ UPID($0) }) else { continue }
            let cluster = step.intent.cluster ?? run.cluster
            let client = clients[cluster] ?? client(of: cluster)
            clients[cluster] = client
            do throws(Failure) {
                let client = try client.get()
                let lines = all ? try await client.wholeLog(upid).map(\.text) : try await tail(upid, client)
                logs[step.sequence] = lines.isEmpty ? ["(the log is empty)"] : lines
            } catch {
                logs[step.sequence] = ["(the log cannot be had: \(error.message))"]
            }
        }
        return logs
    }

    /// The way to a cluster; the embedded one of another process cannot be asked.
    func client(of cluster: String) -> Result<ProxmoxClient, Failure> {
        do throws(Failure) {
            let configuration = try workplace.configuration()
            guard configuration.cluster(named: cluster) != nil else {
                throw Failure(
                    .notFound, "cluster \(cluster) is in no configuration, and an embedded one ends with its run")
            }
            let route = try ClusterRoute(
                name: cluster, configuration: configuration, context: workplace.context,
                logLevel: workplace.options.logLevel)
            return .success(try route.client())
        } catch {
            return .failure(error)
        }
    }

    private func tail(_ upid: UPID, _ client: ProxmoxClient) async throws(Failure) -> [String] {
        let total = try await client.log(upid, limit: 1).total
        return try await client.log(upid, start: max(0, total - 10), limit: 10).lines.map(\.text)
    }
}
