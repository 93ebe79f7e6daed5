// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

struct GuestTests {
    let vmid: VMID
    let guest: GuestReference
    init() throws {
        vmid = try #require(VMID(101))
        guest = GuestReference(vmid: vmid, kind: .qemu, node: try #require(NodeName("pve1")))
    }

    static let resources = """
        [{"type":"node","id":"node/pve1","node":"pve1","status":"online"},
         {"type":"qemu","id":"qemu/101","vmid":"101","node":"pve2","name":"web-1","status":"paused","tags":"web;prod",
          "pool":"web","template":0,"uptime":53,"hastate":"started","lock":"backup"},
         {"type":"lxc","id":"lxc/110","vmid":110,"node":"pve3","template":1},
         {"type":"storage","id":"storage/pve1/local","node":"pve1","storage":"local","status":"available"},
         {"type":"pool","id":"/pool/web","pool":"web"}, {"type":"network","id":"network/x"}, {"id":"no type"}, 7]
        """

    @Test func rowsOfTheOverviewAreRead() async throws {
        let transport = ScriptedTransport([.json(Self.resources)])
        let rows = try await ProxmoxClient.scripted(transport).resources()
        #expect(rows.map(\.kind) == [.node, .qemu, .lxc, .storage, .pool, .other("network")])
        let web = rows[1]
        #expect(web.vmid == vmid)
        #expect(web.node?.rawValue == "pve2")
        #expect(web.name == "web-1")
        #expect(web.status == "paused")
        #expect(web.tags == ["web", "prod"])
        #expect(web.pool == "web")
        #expect(web.lock == "backup")
        #expect(web.haState == "started")
        #expect(web.uptime == 53)
        #expect(!web.isTemplate)
        #expect(rows[2].isTemplate)
        #expect(rows[2].guest?.kind == .lxc)
        #expect(rows[0].guest == nil)
        #expect(transport.seen.first?.target == "/api2/json/cluster/resources")
    }

    @Test func guestsAreFoundWhereverTheyAre() async throws {
        let transport = ScriptedTransport([.json(Self.resources)])
        let found = try await ProxmoxClient.scripted(transport).locate(vmid)
        #expect(found.description == "101 on pve2")
        #expect(found.kind == .qemu)
        #expect(found.pool == "web")
        #expect(transport.seen.first?.target == "/api2/json/cluster/resources?type=vm")
    }

    @Test func aMissingGuestIsSaidToBeMissing() async throws {
        let client = ProxmoxClient.scripted(ScriptedTransport([.json(Self.resources)]))
        let other = try #require(VMID(999))
        let found = await failure { () async throws(Failure) in try await client.locate(other) }
        #expect(found?.kind == .notFound)
        #expect(found?.vmid == 999)
        #expect(found?.hint?.contains("VM.Audit") == true)
    }

    static let config = """
        {"digest":"abc","name":"web-1","smbios1":"uuid=11111111-2222-3333-4444-555555555555,manufacturer=eA==,base64=1",
         "vmgenid":"66666666-7777-8888-9999-000000000000","meta":"creation-qemu=9.2.0,ctime=1736348490","protection":1,
         "tags":"web;prod","memory":"2048","lock":"backup"}
        """
    static let current = """
        {"status":"running","qmpstatus":"paused","name":"web-1","uptime":"53","pid":4144,"ha":{"managed":1,"state":"started"},
         "vmid":101,"template":""}
        """

    /// A node that knows this guest.
    private func node(
        current: String = Self.current, config: String = Self.config, on place: String = "pve1"
    ) -> ScriptedTransport {
        ScriptedTransport { request, _ in
            if request.target.contains("/cluster/resources") {
                return .json(#"[{"type":"qemu","id":"qemu/101","vmid":101,"node":"\#(place)","pool":"web"}]"#)
            }
            guard request.target.contains("/nodes/\(place)/") else {
                return .status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")
            }
            return .json(request.target.hasSuffix("/config") ? config : current)
        }
    }

    @Test func factsJoinStateAndConfiguration() async throws {
        let facts = try await ProxmoxClient.scripted(node()).facts(of: guest)
        #expect(facts.name == "web-1")
        #expect(facts.status == "running")
        #expect(facts.qmpStatus == "paused")
        #expect(facts.state == "paused")
        #expect(facts.isPaused)
        #expect(!facts.isRunning)
        #expect(!facts.isStopped)
        #expect(facts.uptime == 53)
        #expect(facts.pid == 4144)
        #expect(facts.tags == ["web", "prod"])
        #expect(facts.lock == "backup")
        #expect(facts.isProtected)
        #expect(!facts.isTemplate)
        #expect(facts.isHAManaged)
        #expect(facts.haState == "started")
        #expect(facts.uuid == "11111111-2222-3333-4444-555555555555")
        #expect(facts.vmGenID == "66666666-7777-8888-9999-000000000000")
        #expect(facts.creationTime == 1_736_348_490)
        #expect(facts.digest == "abc")
        #expect(facts.config["memory"] == "2048")
    }

    @Test(arguments: ["{}", #"{"status":[],"uptime":{},"ha":7,"name":null,"pid":"x"}"#])
    func wrongTypesMakeFactsUnknownAndNothingWorse(_ text: String) async throws {
        let facts = try await ProxmoxClient.scripted(node(current: text, config: text)).facts(of: guest)
        #expect(facts.status == "unknown")
        #expect(facts.uptime == 0)
        #expect(facts.pid == nil)
        #expect(!facts.isRunning)
        #expect(!facts.isStopped)
    }

    @Test(arguments: ["[]", "null", "7", "\"x\""])
    func answersThatAreNoObjectAreRefused(_ text: String) async throws {
        let client = ProxmoxClient.scripted(node(current: text))
        let found = await failure { () async throws(Failure) in try await client.facts(of: guest) }
        #expect(found?.kind == .server)
    }

    @Test func aMovedGuestIsFollowedOnRequestOnly() async throws {
        let client = ProxmoxClient.scripted(node(on: "pve2"))
        let found = await failure { () async throws(Failure) in try await client.facts(of: guest) }
        #expect(found?.kind == .notFound)
        #expect(found?.vmid == 101)
        let facts = try await client.facts(following: guest)
        #expect(facts.node.rawValue == "pve2")
        #expect(facts.pool == "web")
    }

    @Test func aGuestThatIsGoneIsNotFollowedForEver() async throws {
        let transport = ScriptedTransport { request, _ in
            request.target.contains("/cluster/resources")
                ? .json(#"[{"type":"qemu","vmid":101,"node":"pve1"}]"#)
                : .status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")
        }
        let client = ProxmoxClient.scripted(transport)
        let found = await failure { () async throws(Failure) in try await client.facts(following: guest) }
        #expect(found?.kind == .notFound)
        #expect(transport.seen.count == 3)
    }
}
