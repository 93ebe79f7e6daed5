// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// Pools and what lies on storages, and their changes.
struct PoolAndStorageTests {
    private func bench() throws -> Bench {
        try Bench(
            policy: try PolicySet.load(
                yaml: "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n", file: "p"))
    }

    private func text(_ code: String) async throws -> (Bench, String) {
        let bench = try bench()
        let failure = try await bench.failure(of: code)
        #expect(failure == nil, "\(code): \(String(describing: failure))")
        return (bench, bench.output.text)
    }

    @Test func aPoolBelowAnotherIsMadeFilledEmptiedAndRemoved() async throws {
        let code = """
            print(pve.pool_create("web/front", { comment = "Front" }).changed)
            local r = pve.pool_add("web/front", { guests = { 103, pve.vm(110) }, storages = { "local" } })
            print(r.changed, r.verified, table.concat(r.added, ","))
            local p = pve.pool("web/front")
            print(p.comment, p.guests[1].name, p.guests[2].name, p.storages[1], pve.pool("web").pools[1])
            print(pve.pool_add("web/front", { guests = { 103 } }).changed)
            print(table.concat(pve.pool_remove("web/front", { guests = { 103, 110, 111 }, storages = { "local" } }).removed, ","))
            print(pve.pool_delete("web/front").changed, #pve.pools())
            """
        let (bench, found) = try await text(code)
        #expect(
            found
                == "true\ntrue\ttrue\t103,110,local\nFront\tbuild-1\tproxy-1\tlocal\tweb/front\nfalse\n103,110,local\ntrue\t2\n"
        )
        #expect(bench.writes.count == 4, "\(bench.writes)")
    }

    @Test(arguments: [
        ("pve.pool_add('web', {})", ErrorKind.parameter, "names neither"),
        ("pve.pool_add('web', { guests = { 999 } })", .notFound, "no guest 999"),
        ("pve.pool_add('nosuch', { guests = { 103 } })", .notFound, "pool"),
        ("pve.pool_add('web', { guests = { 100 } })", .conflict, "belongs already to pool 'db'"),
        ("pve.pool('a//b')", .parameter, "must be a pool"), ("pve.pool_delete('web')", .conflict, "not empty"),
        ("pve.pool_create('a/b/c/d')", .parameter, "must be a pool"), ("pve.pool_create('web')", .conflict, "exists"),
        ("pve.content('local', { type = 'images' })", .parameter, "options.type: storage local does not take images"),
        ("pve.content('shared', { node = 'pve9' })", .parameter, "options.node: node pve9 does not have storage"),
        ("pve.content('nosuch')", .notFound, "no storage nosuch"),
        ("pve.download('local', 'ftp://x.org/a.iso', { content = 'iso' })", .parameter, "url: must begin with http"),
        ("pve.download('local', 'https://u:p@x.org/a.iso', { content = 'iso' })", .parameter, "url: holds a user"),
        (
            "pve.download('local', 'https://x.org/', { content = 'iso' })", .parameter,
            "url: does not end in a file's name"
        ),
        ("pve.download('local', 'https://x.org/a.txt', { content = 'iso' })", .parameter, "does not end in .iso"),
        (
            "pve.download('local', 'https://x.org/a.iso', { content = 'iso', filename = '../a.iso' })", .parameter,
            "filename"
        ),
        (
            "pve.download('local', 'https://x.org/a.iso', { content = 'iso', checksum = 'ff' })", .parameter,
            "checksum_algorithm"
        ),
        (
            "pve.download('local', 'https://x.org/a.iso', { content = 'iso', checksum = 'ff', checksum_algorithm = 'md5' })",
            .parameter, "32 hexadecimal"
        ),
        (
            "pve.download('shared', 'https://x.org/a.tar.gz', { content = 'vztmpl' })", .parameter,
            "does not take vztmpl"
        ),
        ("pve.volume_delete('shared:backup/vzdump-qemu-101-2026_11_21-01_20_00.vma.zst')", .parameter, "is a backup"),
        ("pve.volume_delete('local-lvm:vm-103-disk-0')", .parameter, "a disk of guest 103"),
        ("pve.volume_delete('local:iso/nosuch.iso')", .notFound, "no volume"),
        ("pve.volume_delete('local:iso/debian-12.7.0-amd64-netinst.iso')", .parameter, "options.node: is missing"),
    ])
    func whatCannotBeIsRefusedAndNamesTheField(code: String, kind: ErrorKind, words: String) async throws {
        let bench = try bench()
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == kind, "\(failure)")
        #expect(failure.message.contains(words), "\(failure.message)")
        let isRefusedByServer = [.conflict].contains(kind)
        #expect(bench.writes.isEmpty != isRefusedByServer, "\(bench.writes)")
    }

    @Test func aFileIsFetchedOnceSeenAndDeleted() async throws {
        let code = """
            local url = "https://example.org/images/tiny.iso"
            local r = pve.download("local", url, { content = "iso", node = "pve2" })
            print(r.changed, r.verified, r.volid, r.node, r.size > 0)
            print(pve.download("local", url, { content = "iso", node = "pve2" }).changed)
            print(#pve.storage("local"):isos{ node = "pve2" }, #pve.storage("local"):volumes{ node = "pve1", type = "iso" })
            local d = pve.volume_delete(r.volid)
            print(d.changed, d.verified, d.node, #pve.isos{ node = "pve2" })
            """
        let (_, found) = try await text(code)
        #expect(
            found == "true\ttrue\tlocal:iso/tiny.iso\tpve2\ttrue\nfalse\n2\t1\ntrue\ttrue\tpve2\t1\n")
    }

    @Test func aFetchThatFailsSaysWhy() async throws {
        let bench = try bench()
        let failure = try #require(
            try await bench.failure(of: "pve.download('local', 'https://nowhere.invalid/a.iso', { content = 'iso' })"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("unable to resolve host"), "\(failure)")
        #expect(failure.action == "storage.download")
    }

    @Test func usageIsToldForEachNodeAndAsAWhole() async throws {
        let code = """
            local s = pve.storage("local")
            print(s.shared, #s.usage, s.maxdisk == 3 * s.usage[1].maxdisk)
            local one = pve.list_storages{ node = "pve1", content = "vztmpl" }
            print(#one, one[1].storage, one[1].maxdisk == s.usage[1].maxdisk, #pve.list_storages{ type = "nfs" })
            print(#pve.node("pve1"):storages(), #pve.container_templates{ node = "pve1" })
            for _, v in ipairs(pve.content("shared", { type = "backup", vmid = 100 })) do print(v.vmid, v.protected, v.node) end
            """
        let (_, found) = try await text(code)
        #expect(
            found == "false\t3\ttrue\n1\tlocal\ttrue\t1\n3\t1\n100\tnil\tnil\n100\ttrue\tnil\n", "\(found)")
    }
}
