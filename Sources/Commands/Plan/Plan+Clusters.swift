// SPDX-License-Identifier: Apache-2.0
internal import Plan

extension Plan {
    /// The clusters that its operations go to, in order, without the one that the run is started on.
    var otherClusters: [String] { Set(operations.map(\.cluster)).subtracting([cluster.name]).sorted() }
}
