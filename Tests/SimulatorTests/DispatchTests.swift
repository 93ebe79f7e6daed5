// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

struct DispatchTests {
    @Test func everyDeclaredEndpointAnswersAndNeverAsUnknown() async throws {
        for endpoint in EndpointTable.all {
            let bench = Bench()
            let path = endpoint.pattern.map { part in
                switch part {
                case "{node}": "pve1"
                case "{vmid}": endpoint.pattern.contains("lxc") ? "110" : "101"
                case let name where name.hasPrefix("{"): "x1"
                default: part
                }
            }
            let method = try #require(HTTPMethod(rawValue: endpoint.method))
            let answer = await bench.send(method, "/" + path.joined(separator: "/"))
            #expect(answer.status != 501, "\(endpoint.method) \(path) is declared")
            #expect((200...599).contains(answer.status))
        }
    }

    @Test(
        arguments: [
            (HTTPMethod.get, "/nope", nil, 501, "Method 'GET /nope' not implemented"),
            (.put, "/version", nil, 501, "Method 'PUT /version' not implemented"),
            (
                .get, "/nodes/nosuch/qemu", nil, 500,
                "hostname lookup 'nosuch' failed - failed to get address info for: nosuch: Name or service not known"
            ),
            (.get, "/nodes/pve1/qemu/42/config", nil, 400, "Parameter verification failed."),
            (.post, "/nodes/pve1/qemu/101/status/start", "foo=1", 400, "Parameter verification failed."),
            (.post, "/nodes/pve1/qemu/101/status/start", "skiplock=1", 400, "Parameter verification failed."),
            (.put, "/nodes/pve1/qemu/101/config", nil, 500, "no options specified"),
            (
                .put, "/nodes/pve1/qemu/101/config", "digest=0000&cores=1", 500,
                "checksum mismatch (file change by other user?)"
            ),
            (.delete, "/nodes/pve1/qemu/101", nil, 500, "VM 101 is running - destroy failed"),
            (.get, "/cluster/nextid?vmid=100", nil, 400, "Parameter verification failed."),
        ] as [(HTTPMethod, String, String?, Int, String)])
    func wrongRequestsAreRefusedInProxmoxsWords(
        method: HTTPMethod, path: String, form: String?, status: Int, reason: String
    ) async {
        let answer = await Bench().send(method, path, form)
        #expect(answer.status == status)
        #expect(answer.reason == reason)
        #expect(answer.headers.contains(HTTPHeader("Connection", "close")))
    }

    @Test func aMissingPrivilegeIsFoundBeforeAWrongParameterAndBeforeAMissingGuest() async {
        var bench = Bench()
        bench.authorization = "PVEAPIToken=audit@pve!demo=00000000-0000-4000-8000-000000000002"
        let start = await bench.send(.post, "/nodes/pve1/qemu/999/status/start", "foo=1")
        #expect(start.status == 403)
        #expect(start.reason == "Permission check failed (/vms/999, VM.PowerMgmt)")
        #expect(await bench.send(.get, "/nodes/pve1/qemu/101/config").status == 200)
    }

    @Test func aWrongTokenIsAnsweredLateAndWithoutABody() async {
        var bench = Bench()
        bench.authorization = "PVEAPIToken=root@pam!demo=wrong"
        let before = bench.clock.now
        let answer = await bench.send(.get, "/version")
        #expect(answer.status == 401)
        #expect(answer.reason == "Authentication failed!")
        #expect(answer.body.isEmpty)
        #expect(bench.clock.now - before == 3)
    }

    @Test func anOfflineNodeCannotBeReached() async {
        let bench = Bench()
        bench.cluster.update { $0.nodes[1].online = false }
        let answer = await bench.send(.get, "/nodes/pve2/qemu")
        #expect(answer.status == 595)
        #expect(answer.reason == "Connection refused")
    }

    @Test func aConfigChangeWaitsForTheLockFileAndThenGivesUp() async {
        let bench = Bench()
        bench.cluster.update { $0.guests[101]?.ignoresShutdown = true }
        _ = await bench.send(.post, "/nodes/pve1/qemu/101/status/shutdown", "timeout=60")
        let answer = await bench.send(.put, "/nodes/pve1/qemu/101/config", "cores=3")
        #expect(answer.reason == "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout")
    }
}
