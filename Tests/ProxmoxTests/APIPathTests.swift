// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Testing

struct APIPathTests {
    @Test(arguments: [
        ("/version", "/version"), ("/nodes/pve1/qemu/100/status/start", "/nodes/pve1/qemu/100/status/start"),
        (
            "/nodes/pve1/tasks/UPID:pve1:0:0:0:qmmove:1>2:a@b!c:/status",
            "/nodes/pve1/tasks/UPID:pve1:0:0:0:qmmove:1%3E2:a@b!c:/status"
        ),
        ("/storage/a b", "/storage/a%20b"), ("/x/50%", "/x/50%25"), ("/x/%2e%2e", "/x/%252e%252e"),
        ("/x/ä", "/x/%C3%A4"),
        ("/x/a;b&c=d+e", "/x/a%3Bb%26c%3Dd%2Be"), ("/x/...", "/x/..."),
    ])
    func pathsAreEncodedForTheWire(_ text: String, _ encoded: String) throws {
        let path = try APIPath(parsing: text)
        #expect(path.encoded == encoded)
        #expect(path.description == text)
    }

    @Test(arguments: [
        "", "/", "version", "//version", "/version/", "/nodes//qemu", "/nodes/../access", "/nodes/.", "/..", "/a?b=c",
        "/a#b",
        "/a\nb", "/a\r\nb", "/a\0b", "/a\tb", "/a\u{7f}", "/api2/json/version", "https://pve1:8006/x",
    ])
    func pathsThatCouldMeanSomethingElseAreRefused(_ text: String) {
        let error = #expect(throws: Failure.self) { try APIPath(parsing: text) }
        #expect(error?.kind == .parameter)
    }

    @Test func volumeIDsCountAsTheSegmentsTheServerSees() throws {
        let path = try APIPath("storage", "local", "content", "local:backup/vzdump.zst")
        #expect(path.segments == ["storage", "local", "content", "local:backup", "vzdump.zst"])
        #expect(path.encoded == "/storage/local/content/local:backup/vzdump.zst")
    }

    @Test(arguments: [[], [""], ["a", ".."], ["a", "b/../c"], ["a/"], ["/a"], ["a", "b\u{1}"], ["a//b"]])
    func segmentsAreHeldToTheSameRules(_ segments: [String]) {
        let error = #expect(throws: Failure.self) { try APIPath(segments) }
        #expect(error?.kind == .parameter)
    }
}
