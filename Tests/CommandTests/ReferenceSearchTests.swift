// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Reference
import TestSupport
import Testing

/// Searching the reference, as the command and programs do.
struct ReferenceSearchTests {
    @Test(arguments: [
        ("restart a vm", "pve.vm_action"), ("shut down a guest", "pve.vm_action"),
        ("delete old snapshots", "pve.snapshot_prune"), ("take a snapshot", "pve.snapshot"),
        ("move a guest to another node", "pve.migrate"), ("empty a node", "pve.evacuate"),
        ("copy a template", "pve.clone"), ("restore a backup", "pve.restore"),
        ("which guests are there", "pve.list_vms"),
        ("run a command inside a guest", "pve.agent_exec"), ("grow a disk", "pve.resize"),
        ("several things in parallel", "pve.parallel"), ("wait until a guest runs", "pve.wait_guest"),
        ("read a file", "pve.agent_read"), ("api path", "pve.api.get"),
        ("guests without a fresh backup", "pve.newest_backups"),
        ("undo after a failure", "pve.on_failure"), ("second cluster", "pve.cluster"), ("add a tag", "pve.tag"),
        ("io.open", "io, dofile, loadfile, os.remove, os.rename, os.tmpname"), ("follow a task", "pve.poll"),
        ("quorum", "pve.cluster_status"), ("rolling reboot", "pve.rolling"), ("chart svg markdown", "pve.report"),
    ])
    func whatIsAskedForIsAmongTheFirst(words: String, name: String) {
        let found = ReferenceSearch.hits(words).prefix(4).map(\.entry.name)
        #expect(found.contains(name), "\(words): \(found)")
    }

    @Test func examplesAreFoundByTheirComments() {
        let found = ReferenceSearch.hits("memory waste").prefix(3).map(\.entry.name)
        #expect(found.contains("examples/memory-waste.lua"), "\(found)")
    }

    @Test(arguments: [0, 60, 200, 1000, 4000])
    func anAnswerKeepsItsBudget(bytes: Int) {
        let answer = ReferenceSearch.answer(to: "snapshot of a guest", bytes: bytes)
        #expect(answer.text.utf8.count <= bytes)
        #expect(answer.shown.count + answer.omitted == ReferenceSearch.hits("snapshot of a guest").count)
        for hit in answer.shown { #expect(answer.text.contains(hit.entry.usage)) }
        #expect(answer.shown.isEmpty == (bytes < 100))
    }

    @Test(arguments: ["", "   ", "zzyzx", "\u{0}\u{1b}", String(repeating: "guest ", count: 100_000)])
    func oddWordsAreNoTrouble(words: String) {
        #expect(ReferenceSearch.answer(to: words, bytes: 1000).text.utf8.count <= 1000)
    }

    @Test func theBestComesWithAnExample() throws {
        let answer = ReferenceSearch.answer(to: "vm_action", bytes: 4000)
        #expect(try answer.text.contains(#require(OperationTable.named("vm_action")).example))
        #expect(answer.shown.first?.entry.name == "pve.vm_action")
    }

    @Test func theCommandPrintsTheAnswer() async throws {
        let runner = try CommandLineRunner()
        let result = try await runner.pvelua("docs", "--search", "delete", "old", "snapshots")
        let answer = ReferenceSearch.answer(to: "delete old snapshots", bytes: 4000)
        #expect(result.output.hasPrefix(answer.text))
        let json = try JSONValue(parsing: await runner.pvelua("docs", "--search", "quorum", "--json").output)
        #expect(json["entries"]?.array?.first?["name"] == "pve.cluster_status")
        let none = try await runner.pvelua("docs", "--search", "zzyzx")
        #expect(none.status == 0 && none.output.isEmpty && none.errors.contains("nothing is about that"))
    }
}
