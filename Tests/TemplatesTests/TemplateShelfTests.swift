// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Templates
import Testing

struct TemplateShelfTests {
    private func shelf(_ text: String) -> TemplateShelf {
        TemplateShelf { [.init(name: "mine", path: "/t/mine.yaml", bytes: Array(text.utf8))] }
    }

    private func wishes(_ value: JSONValue) -> JSONObject { value.object ?? JSONObject() }

    @Test(arguments: ["debian-vm", "debian-ct", "iso-vm"])
    func everyShippedTemplateCanBeRead(name: String) throws {
        let row = try #require(try TemplateShelf.shipped.list().first { $0["name"]?.string == name })
        #expect(row["error"] == nil, "\(row)")
        #expect(
            try TemplateShelf.shipped.form(template: name, wishes: JSONObject(), argument: "options").disks.count == 1)
    }

    @Test func aFileBecomesTheParametersThatProxmoxTakes() throws {
        let form = try TemplateShelf.shipped.form(
            template: "debian-vm",
            wishes: wishes([
                "name": "web-9", "memory": "4G",
                "cloud_init": ["ssh_keys": ["ssh-ed25519 AAAA+/= me"], "ip": "192.0.2.5/24", "gateway": "192.0.2.1"],
            ]), argument: "options")
        let parameters = Dictionary(form.parameters.map { ($0.name, $0.value.perlText ?? "") }) { $1 }
        #expect(parameters["memory"] == "4096")
        #expect(parameters["name"] == "web-9")
        #expect(
            parameters["scsi0"]
                == "local-lvm:0,import-from=local:import/debian-12-genericcloud-amd64.qcow2,discard=on,iothread=1,ssd=1"
                || parameters["scsi0"]?.hasPrefix("local-lvm:0,import-from=") == true)
        #expect(parameters["ide2"] == "local-lvm:cloudinit")
        #expect(parameters["ciuser"] == "debian")
        #expect(parameters["sshkeys"] == "ssh-ed25519%20AAAA%2B%2F%3D%20me")
        #expect(parameters["ipconfig0"] == "ip=192.0.2.5/24,gw=192.0.2.1")
        #expect(form.disks.first?.growsAfterwards?.description == "20G")
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Wrong(text: "version: 1\ncroes: 2\n", message: "/t/mine.yaml:2:1: unknown key `croes`; did you mean `cores`?"),
        Wrong(
            text: "version: 1\ndisks:\n  - { storage: ab, size: -1G }\n",
            message: "/t/mine.yaml:3:26: `-1G` is no size; it must be a number and K, M, G or T, such as 32G"),
        Wrong(
            text: "version: 1\ndisks:\n  - { storage: ab, size: 10 XB }\n",
            message: "/t/mine.yaml:3:26: `10 XB` is no size; it must be a number and K, M, G or T, such as 32G"),
        Wrong(
            text: "version: 1\ncloud_init: { storage: a, password: x }\n",
            message:
                "/t/mine.yaml:2:37: passwords do not stand in files; use ssh_keys, or give it in the call"),
        Wrong(
            text: "version: 1\nnetwork:\n  - { bridge: vmbr0, tag: 4095 }\n",
            message: "/t/mine.yaml:3:27: expected a number from 1 to 4094, found 4095"),
        Wrong(
            text: "version: 1\nkind: lxc\ncdrom: x\n",
            message: "/t/mine.yaml:3:1: unknown key `cdrom`: it is for virtual machines"),
        Wrong(text: "cores: 2\n", message: "/t/mine.yaml:1:1: a template needs the key `version: 1`"),
        Wrong(
            text: "version: 1\nmemory: 1000K\n",
            message:
                "/t/mine.yaml:2:9: `1000K` is no amount of memory; it must be whole MiB from 16, such as 2048 or 2G"),
    ])
    func whatIsWrongInAFileIsNamedWithItsPlace(row: Wrong) {
        let failure = #expect(throws: Failure.self) {
            try shelf(row.text).form(template: "mine", wishes: JSONObject(), argument: "options")
        }
        #expect(failure?.message == row.message)
        #expect(failure?.kind == .config)
    }

    @Test func whatIsWrongInACallIsNamedByItsArgument() {
        let failure = #expect(throws: Failure.self) {
            try TemplateShelf.shipped.form(
                template: "iso-vm", wishes: wishes(["disks": [["storage": "local-lvm", "szie": "1G"]]]),
                argument: "options")
        }
        #expect(failure?.kind == .parameter)
        #expect(failure?.message == "options.disks[1].szie: unknown key `szie`; did you mean `size`?")
    }

    @Test func anUnknownTemplateNamesTheNearest() {
        let failure = #expect(throws: Failure.self) {
            try TemplateShelf.shipped.form(template: "debian-wm", wishes: JSONObject(), argument: "options")
        }
        #expect(failure?.message.contains("debian-vm") == true)
    }

    /// The operation table declares the keys of a guest for people; the reader has the last word on them.
    @Test func theOperationTableKnowsTheSameKeys() {
        #expect(Set(GuestKeys.all) == Set(GuestParameters.names))
    }
}
