// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The clusters that a run has come to use, each opened when it is first needed and kept for the run.
actor ClusterBook {
    private let own: RunEnvironment
    private var opened: [String: Swift.Task<Result<RunEnvironment, Failure>, Never>] = [:]

    init(_ own: RunEnvironment) { self.own = own }

    /// Refuses a name that stands for no cluster; opens nothing.
    nonisolated func check(_ name: String) throws(Failure) {
        guard name == own.clusterName || own.clusters.names.contains(name) else {
            var known = own.clusters.names
            if !known.contains(own.clusterName) { known.insert(own.clusterName, at: 0) }
            throw ClusterDirectory.unknown(name, among: known)
        }
    }

    /// The world as seen from that cluster.
    ///
    /// - Throws: ``Failure`` of kind `config` for a name that is none, or whatever stands in the way of opening it; the
    ///   other clusters are none the worse for it.
    func environment(for name: String) async throws(Failure) -> RunEnvironment {
        try check(name)
        if name == own.clusterName { return own }
        // Calls that come meanwhile wait for the one opening.
        let opening =
            opened[name]
            ?? Swift.Task { [own] in
                do throws(Failure) {
                    return .success(own.on(name, try await own.clusters.open(name)))
                } catch {
                    return .failure(error)
                }
            }
        opened[name] = opening
        let result = await opening.value
        // At a prompt the person may mend what was wrong; a script that asks again and again gets the same answer, as
        // opening may run a program that asks for a PIN.
        if case .failure = result, own.settings.isInteractive { opened[name] = nil }
        return try result.get()
    }
}
