// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Simulator
import TestSupport
import Testing
import Twin

/// One change of a script.
struct Step: Sendable, CustomStringConvertible {
    var method: HTTPMethod
    var path: String
    var parameters: [String: APIParameter]

    init(_ method: HTTPMethod, _ path: String, _ parameters: [String: APIParameter] = [:]) {
        self.method = method
        self.path = path
        self.parameters = parameters
    }

    var description: String { "\(method.rawValue) \(path)" }
    var list: [(name: String, value: APIParameter)] {
        parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}

/// Changes in a row, and the guests that they are about.
struct Script: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var steps: [Step]

    init(_ name: String, _ steps: [Step]) {
        testDescription = name
        self.steps = steps
    }

    private static let web = "/nodes/pve1/qemu/101"
    private static let build = "/nodes/pve1/qemu/103"
    private static let proxy = "/nodes/pve2/lxc/110"

    static let all = [
        Script("start", [Step(.post, "\(build)/status/start")]),
        Script("stop", [Step(.post, "\(web)/status/stop")]),
        Script("stop a container", [Step(.post, "\(proxy)/status/stop")]),
        Script("shut down and start", [Step(.post, "\(web)/status/shutdown"), Step(.post, "\(web)/status/start")]),
        Script("reboot", [Step(.post, "\(web)/status/reboot")]),
        Script("pause", [Step(.post, "\(web)/status/suspend")]),
        Script("snapshot", [Step(.post, "\(web)/snapshot", ["snapname": "s1", "description": "first"])]),
        Script(
            "snapshot twice and delete",
            [
                Step(.post, "\(web)/snapshot", ["snapname": "s1"]), Step(.post, "\(web)/snapshot", ["snapname": "s2"]),
                Step(.delete, "\(web)/snapshot/s1"),
            ]),
        Script("delete a snapshot", [Step(.delete, "/nodes/pve2/qemu/100/snapshot/before-upgrade")]),
        Script("rename a snapshot", [Step(.put, "\(web)/snapshot/clean/config", ["description": "other"])]),
        Script(
            "change and roll back",
            [
                Step(.put, "\(web)/config", ["cores": 8, "tags": "web;new"]),
                Step(.post, "\(web)/snapshot/clean/rollback"),
            ]),
        Script("clone a template", [Step(.post, "/nodes/pve1/qemu/9000/clone", ["newid": 200, "name": "web-9"])]),
        Script(
            "clone whole and start",
            [
                Step(.post, "\(build)/clone", ["newid": 201, "name": "copy", "full": true, "pool": "db"]),
                Step(.post, "/nodes/pve1/qemu/201/status/start"),
            ]),
        Script(
            "configure", [Step(.put, "\(web)/config", ["memory": "8192", "onboot": true, "delete": "description"])]),
        Script("configure by a task", [Step(.post, "\(build)/config", ["cores": 4, "net1": "virtio,bridge=vmbr0"])]),
        Script("configure a container", [Step(.put, "\(proxy)/config", ["memory": 1024, "hostname": "edge"])]),
        Script("tag", [Step(.put, "\(web)/config", ["tags": "web,canary"])]),
        Script("add a disk", [Step(.put, "\(build)/config", ["scsi1": "local-lvm:4"])]),
        Script("migrate online", [Step(.post, "\(web)/migrate", ["target": "pve2", "online": true])]),
        Script(
            "migrate and stop there",
            [
                Step(.post, "\(web)/migrate", ["target": "pve3", "online": true]),
                Step(.post, "/nodes/pve3/qemu/101/status/stop"),
            ]),
        Script("migrate with local disks", [Step(.post, "\(build)/migrate", ["target": "pve2"])]),
        Script(
            "back up", [Step(.post, "/nodes/pve1/vzdump", ["vmid": "101", "storage": "shared", "mode": "snapshot"])]),
        Script("back up a node", [Step(.post, "/nodes/pve1/vzdump", ["all": true, "storage": "shared"])]),
        Script(
            "restore to a new number",
            [
                Step(
                    .post, "/nodes/pve3/lxc",
                    [
                        "vmid": 300, "ostemplate": "shared:backup/vzdump-lxc-110-2026_11_21-01_40_00.tar.zst",
                        "restore": true, "storage": "local-lvm",
                    ])
            ]),
        Script("destroy", [Step(.delete, build)]),
        Script(
            "destroy with all of it", [Step(.delete, build, ["purge": true, "destroy-unreferenced-disks": true])]),
        Script("destroy a container", [Step(.delete, "/nodes/pve3/lxc/111")]),
        Script("make a pool", [Step(.post, "/pools", ["poolid": "new", "comment": "fresh"])]),
        Script("change pools", [Step(.put, "/pools/db", ["vms": "101", "allow-move": true])]),
        Script("leave a pool", [Step(.put, "/pools/web", ["vms": "102", "delete": true])]),
        Script("grow a disk", [Step(.put, "\(build)/resize", ["disk": "scsi0", "size": "+10G"])]),
        Script(
            "move a disk", [Step(.post, "\(build)/move_disk", ["disk": "scsi0", "storage": "shared", "delete": true])]),
        Script("manage by HA", [Step(.post, "/cluster/ha/resources", ["sid": "vm:102", "state": "started"])]),
        Script("make a template", [Step(.post, "\(build)/template")]),
        Script(
            "create",
            [Step(.post, "/nodes/pve2/qemu", ["vmid": 400, "name": "fresh", "scsi0": "shared:8", "memory": "1024"])]
        ),
        Script("delete a backup", [Step(.delete, "/nodes/pve1/storage/shared/content/shared:backup/BACKUP")]),
        Script("stop all", [Step(.post, "/nodes/pve1/stopall")]),
    ]
}

/// A read's answer without what may differ: times, identifiers, addresses, figures that pass with time.
enum Plain {
    private static let passing: Set<String> = [
        "uptime", "cpu", "mem", "netin", "netout", "diskread", "diskwrite", "pid", "snaptime", "ctime", "starttime",
        "endtime", "pstart", "upid", "digest", "timestamp", "meta", "smbios1", "vmgenid", "disk", "nics",
    ]

    static func of(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(plain(text))
        case .array(let rows):
            .array(
                rows.filter { $0["key"] != "digest" }.map(of).map { (key: $0.canonical(), value: $0) }
                    .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value))
        case .object(let object):
            .object(
                JSONObject(object.members.filter { !passing.contains($0.key) }.map { (plain($0.key), of($0.value)) }))
        default: value
        }
    }

    private static func plain(_ text: String) -> String {
        // Making a Regex takes far longer than matching it, and few texts are long enough for what is looked for.
        guard text.utf8.count > "ctime=".utf8.count, text.utf8.contains(where: { ":-=".utf8.contains($0) }) else {
            return text
        }
        return text.replacing(/[0-9A-F]{2}(:[0-9A-F]{2}){5}/, with: "MAC")
            .replacing(/[0-9]{4}_[0-9]{2}_[0-9]{2}-[0-9]{2}_[0-9]{2}_[0-9]{2}/, with: "DATE")
            .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "UUID")
            .replacing(/ctime=[0-9]+/, with: "ctime")
    }
}

struct ScriptTests {
    /// Everything that is read of a cluster after a script.
    static func sights(_ client: ProxmoxClient, _ guests: Set<String>) async throws -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        func look(_ path: String) async {
            do throws(Failure) {
                let call = APICall(.get, try APIPath(parsing: path))
                result[path] = Plain.of(try await client.send(call).data)
            } catch {
                result[path] = .string("\(error.kind.rawValue) \(error.status ?? 0)")
            }
        }
        for path in [
            "/cluster/resources", "/cluster/nextid", "/pools", "/pools/web", "/pools/db", "/cluster/ha/resources",
        ] {
            await look(path)
        }
        for node in ["pve1", "pve2", "pve3"] {
            for kind in ["qemu", "lxc"] { await look("/nodes/\(node)/\(kind)") }
            for storage in ["shared", "local-lvm"] where storage != "shared" || node == "pve1" {
                await look("/nodes/\(node)/storage/\(storage)/content")
            }
        }
        for guest in guests {
            for what in ["config", "status/current", "snapshot", "pending"] { await look("\(guest)/\(what)") }
        }
        return result
    }

    /// The paths of all guests.
    private static func guests(_ client: ProxmoxClient) async throws -> Set<String> {
        let rows = try await client.read("/cluster/resources", [("type", "vm")]).array ?? []
        return Set(rows.compactMap { row in row["id"]?.string.map { "/nodes/\(row["node"]?.string ?? "")/\($0)" } })
    }

    private static func concrete(_ step: Step, _ client: ProxmoxClient) async throws -> String {
        guard step.path.hasSuffix("BACKUP") else { return step.path }
        let rows = try await client.read("/nodes/pve1/storage/shared/content", [("content", "backup"), ("vmid", 101)])
        let volid = try #require(rows.array?.first?["volid"]?.string)
        return "/nodes/pve1/storage/shared/content/\(volid)"
    }

    @Test(.serialized, arguments: Script.all)
    func whatTheTwinShowsIsWhatTheRealRunLeaves(_ script: Script) async throws {
        let bench = try Bench()
        let before = try await Self.guests(bench.live)
        let untouched = try await bench.live.read("/cluster/resources")
        let clock = VirtualClock(start: Bench.start)
        let copy = SimulatedCluster(.demo(), clock: clock, options: .init(authDelay: 0, randomSeed: 5))
        let real = try Bench.client(SimulatorTransport(copy), clock: VirtualTime(clock: clock))
        for step in script.steps {
            let planned = try await bench.twin.client.change(
                step.method, Self.concrete(step, bench.live), step.list)
            let done = try await real.change(step.method, Self.concrete(step, real), step.list)
            #expect(Plain.of(planned) == Plain.of(done), "\(step)")
        }
        let all = before.union(try await Self.guests(real))
        let text = script.steps.map { $0.path + "/" + $0.list.map { "\($0.value)" }.joined(separator: "/") }.joined()
        let guests = all.filter { guest in text.contains(String(guest.split(separator: "/").last ?? "")) }
        let twin = try await Self.sights(bench.twin.client, guests)
        let after = try await Self.sights(real, guests)
        for (path, value) in after.sorted(by: { $0.key < $1.key }) where twin[path] != value {
            Issue.record("\(path)\n twin \(twin[path]?.text ?? "")\n real \(value.text)")
        }
        #expect(try await bench.live.read("/cluster/resources") == untouched, "the live cluster has changed")
        #expect(bench.twin.writes == script.steps.count)
    }
}
