// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// Storages, what lies on them, and what is brought there or thrown away.
struct StorageTests {
    let bench: Bench
    let content = "/nodes/pve1/storage/shared/content"

    init() {
        var seed = ClusterSeed.demo()
        seed.storages.append(SimulatedStorage("off", content: ["iso"]))
        seed.storages.append(SimulatedStorage("away", plugin: "nfs", content: ["iso"], shared: true))
        for index in seed.storages.indices {
            seed.storages[index].enabled = seed.storages[index].name != "off"
            seed.storages[index].active = seed.storages[index].name != "away"
        }
        bench = Bench(seed)
    }

    private func volids(_ query: String = "") async throws -> [String] {
        try await bench.data(.get, content + query).array?.compactMap { $0["volid"]?.string } ?? []
    }

    @Test func contentCanBeLimitedToAKindAndAGuest() async throws {
        let backups = try await volids("?content=backup&vmid=100")
        #expect(backups.count == 2)
        #expect(backups.allSatisfy { $0.hasPrefix("shared:backup/vzdump-qemu-100-") })
        let images = try await volids("?content=images&vmid=101")
        #expect(images == ["shared:101/vm-101-disk-0.qcow2"])
        #expect(await bench.send(.get, content + "?content=nonsense").status == 400)
    }

    @Test func aStorageThatIsOffOrAwaySaysSo() async throws {
        let rows = try await bench.data(.get, "/nodes/pve1/storage").array ?? []
        #expect(rows.first { $0["storage"] == "off" }?["enabled"] == 0)
        #expect(rows.first { $0["storage"] == "away" }?["active"] == 0)
        let enabled = try await bench.data(.get, "/nodes/pve1/storage?enabled=1").array ?? []
        #expect(!enabled.contains { $0["storage"] == "off" })
        #expect(await bench.send(.get, "/nodes/pve1/storage/off/content").reason == "storage 'off' is disabled")
        #expect(await bench.send(.get, "/nodes/pve1/storage/away/content").reason == "storage 'away' is not online")
    }

    @Test func notesAndProtectionOfABackupCanBeChanged() async throws {
        let volid = try #require(try await volids("?content=backup&vmid=101").first)
        #expect(await bench.send(.put, "\(content)/\(volid)", "notes=keep+me&protected=1").status == 200)
        let row = try await bench.data(.get, "\(content)/\(volid)")
        #expect(row["notes"] == "keep me")
        #expect(row["protected"] == 1)
        #expect(
            try await bench.task(.delete, "\(content)/\(volid)")
                == "cannot remove protected volume '\(volid)' on 'shared'")
        let late = await bench.send(.delete, "\(content)/\(volid)?delay=5")
        #expect(late.status == 500)
        #expect(late.reason == "cannot remove protected volume '\(volid)' on 'shared'")
        #expect(await bench.send(.put, "\(content)/\(volid)", "protected=0").status == 200)
        let gone = await bench.send(.delete, "\(content)/\(volid)?delay=5")
        #expect(gone.status == 200)
        #expect(try JSONValue(parsing: gone.body)["data"] == .null)
        #expect(try await volids("?content=backup&vmid=101").isEmpty)
    }

    @Test func onlyBackupsHaveNotes() async throws {
        let answer = await bench.send(.put, "\(content)/shared:101/vm-101-disk-0.qcow2", "notes=x")
        #expect(answer.reason == "only backups can have notes")
    }

    @Test(arguments: [
        ("shared", "x", "unable to parse directory volume name 'x'"),
        ("shared", "nothing/x", "unable to parse directory volume name 'nothing/x'"),
        ("local-lvm", "a/b", "unable to parse lvm volume name 'a/b'"),
    ])
    func whatIsNoVolumeIsRefused(storage: String, name: String, text: String) async {
        #expect(await bench.send(.get, "/nodes/pve1/storage/\(storage)/content/\(name)").reason == text)
    }

    @Test func aFileIsDownloadedOnce() async throws {
        let path = "/nodes/pve2/storage/local/download-url"
        let form = "content=iso&filename=my+disk.iso&url=https://example.org/a.iso"
        #expect(try await bench.task(.post, path, form) == "OK")
        let rows = try await bench.data(.get, "/nodes/pve2/storage/local/content?content=iso").array ?? []
        #expect(rows.contains { $0["volid"] == "local:iso/my_disk.iso" })
        #expect(
            try await bench.task(.post, path, form)
                == "refusing to override existing file '/var/lib/vz/template/iso/my_disk.iso'")
        let first = try await bench.data(.get, "/nodes/pve1/storage/local/content?content=iso").array ?? []
        #expect(!first.contains { $0["volid"] == "local:iso/my_disk.iso" })
    }

    @Test(arguments: [
        ("local", "iso", "x.txt", "http://example.org/x", "400 Parameter verification failed."),
        ("local", "iso", "x.iso", "ftp://example.org/x", "400 Parameter verification failed."),
        (
            "local-lvm", "iso", "x.iso", "http://example.org/x",
            "500 can't upload to storage type 'lvmthin', not a file based storage!"
        ),
        (
            "shared", "vztmpl", "x.tar.zst", "http://example.org/x",
            "500 storage 'shared' is not configured for content-type 'vztmpl'"
        ),
        (
            "local", "iso", "x.iso", "http://nowhere.invalid/x",
            "download failed: wget: unable to resolve host address 'nowhere.invalid'"
        ),
        ("local", "iso", "x.iso", "http://example.org/", "download failed: ERROR 404: Not Found."),
    ])
    func aDownloadThatCannotBe(storage: String, content: String, name: String, url: String, end: String) async throws {
        let form = "content=\(content)&filename=\(name)&url=\(url)"
        #expect(try await bench.task(.post, "/nodes/pve1/storage/\(storage)/download-url", form) == end)
    }

    @Test func aWrongChecksumKeepsTheFileAway() async throws {
        let form = "content=iso&filename=x.iso&url=http://example.org/x.iso&checksum-algorithm=md5&checksum="
        let path = "/nodes/pve1/storage/local/download-url"
        #expect(try await bench.task(.post, path, form + "12").hasPrefix("checksum mismatch: got '"))
        #expect(try await bench.task(.post, path, form + String(repeating: "a", count: 32)) == "OK")
        #expect(await bench.send(.post, path, form.replacing("&checksum-algorithm=md5", with: "") + "1").status == 400)
    }

    @Test func anAddressSaysWhatIsThere() async throws {
        let path = "/nodes/pve1/query-url-metadata?url="
        let found = try await bench.data(.get, path + "https://example.org/a/b.iso")
        #expect(found["filename"] == "b.iso")
        #expect(found["mimetype"] == "application/x-iso9660-image")
        #expect(
            await bench.send(.get, path + "http://127.0.0.1:9/x").reason
                == "invalid server response: '500 Can't connect to 127.0.0.1:9 (Connection refused)'")
    }
}
