// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Simulator

/// What the operation table says about privileges, held against the cluster's own checks.
struct OperationNeedsTests {
    /// One call of the tables with its needs.
    struct Row: Sendable, CustomStringConvertible {
        var endpoint: Model.Endpoint
        var kind: GuestKind
        var description: String { "\(endpoint.method) \(endpoint.path) \(kind)" }
    }

    private static let rows: [Row] =
        OperationTable.all.flatMap(\.endpoints)
        .filter { !$0.dependsOnPath && !$0.path.contains("{upid}") && !$0.path.contains("{volume}") }
        .flatMap { endpoint in
            GuestKind.allCases.filter(endpoint.kinds.contains).map { Row(endpoint: endpoint, kind: $0) }
        }

    /// A cluster whose token `t@pve!x1` has these privileges at these paths, and the answer to its call.
    private func answer(_ row: Row, with needs: [PrivilegeNeed]) async throws -> HTTPResponse {
        var seed = ClusterSeed.demo()
        seed.users.append(SimulatedUser("t@pve", tokens: [SimulatedToken("x1", secret: "s3cret")]))
        let vmid = row.kind == .qemu ? "101" : "110"
        let node = try #require(seed.guests.first { String($0.vmid) == vmid }?.node)
        let values = [
            "vmid": vmid, "newid": "150", "node": node, "storage": "shared", "kind": row.kind.rawValue, "pool": "web",
        ]
        for (index, need) in needs.enumerated() {
            seed.grants.append(
                SimulatedGrant(need.path.filled(values).rawValue, holder: "t@pve", role: "R\(index)"))
        }
        let bench = Bench(seed, token: "t@pve!x1=s3cret")
        bench.cluster.update { state in
            for (index, need) in needs.enumerated() { state.customRoles["R\(index)"] = [need.anyOf[0].rawValue] }
        }
        let path = ACLPath(row.endpoint.path).filled(values.merging(["snapname": "clean"]) { $1 })
        let method = try #require(HTTPMethod(rawValue: row.endpoint.method))
        let forms = ["/clone": "newid=150", "/vzdump": "vmid=\(vmid)&storage=shared", "/pools": "poolid=web"]
        let form = forms.first { row.endpoint.path.hasSuffix($0.key) }?.value
        // Of all guests together only those with Datastore.Allocate may prune.
        let query = row.endpoint.path.hasSuffix("/prunebackups") ? "vmid=\(vmid)&prune-backups=keep-last%3D1" : form
        guard method == .post || method == .put, let form else {
            return await bench.send(method, path.rawValue + (query.map { "?\($0)" } ?? ""))
        }
        return await bench.send(method, path.rawValue, form)
    }

    private func always(_ row: Row) -> [PrivilegeNeed] { row.endpoint.needs.filter { $0.condition == nil } }

    @Test(arguments: rows)
    func withAllOfThemACallIsNotRefused(row: Row) async throws {
        let answer = try await answer(
            row, with: row.endpoint.needs.filter { $0.condition == nil || $0.lack == .hidden })
        #expect(answer.status != 403 && answer.status != 401, "\(answer.reason)")
    }

    @Test(arguments: rows)
    func withoutOneOnTheGuestItIsRefusedByName(row: Row) async throws {
        let needs = always(row)
        for need in needs where need.lack == .refused && need.path == .guest && !row.endpoint.path.contains("vzdump") {
            let answer = try await answer(row, with: needs.filter { $0 != need })
            #expect(answer.status == 403, "\(need): \(answer.status) \(answer.reason)")
            #expect(answer.reason.contains(need.anyOf[0].rawValue) || answer.reason == "Permission check failed")
        }
    }

    @Test func withoutVMAuditTheListIsEmptyAndNoError() async throws {
        let endpoint = try #require(OperationTable.named("list_vms")?.endpoints.first)
        let row = Row(endpoint: endpoint, kind: .qemu)
        let none = try JSONValue(parsing: try await answer(row, with: []).body)["data"]?.array ?? []
        #expect(!none.contains { $0["vmid"] != nil })
        let some = try JSONValue(parsing: try await answer(row, with: [.seeingGuests]).body)["data"]?.array ?? []
        #expect(some.contains { $0["vmid"]?.perlInteger == 101 })
    }
}
