// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Policy
public import Proxmox

extension CommandRun {
    /// The cluster's overview, asked through the Gate.
    public func resources() async throws(Failure) -> [ClusterResource] {
        try await read(try APICall.get("cluster", "resources")) { client throws(Failure) in
            try await client.resources()
        }
    }

    /// The names of a guest's snapshots, asked through the Gate.
    public func snapshots(of guest: GuestReference) async throws(Failure) -> [String] {
        let call = APICall(.get, try guest.path("snapshot"))
        let rows = try await read(call) { client throws(Failure) in try await client.send(call).data }
        return (rows.array ?? []).compactMap { $0["name"]?.string }.filter { $0 != "current" }
    }
}
