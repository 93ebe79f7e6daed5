// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct NamesTests {
    @Test(arguments: [(99, false), (100, true), (999_999_999, true), (1_000_000_000, false), (-1, false), (0, false)])
    func vmidsStayInProxmoxsRange(_ number: Int, _ isFine: Bool) {
        #expect((VMID(number) != nil) == isFine)
    }

    @Test(arguments: ["pve1", "a", "node-3", "1", "A-b-C", String(repeating: "n", count: 63)])
    func nodeNamesAreTaken(_ text: String) {
        #expect(NodeName(text)?.rawValue == text)
    }

    @Test(arguments: [
        "", "-a", "a-", "a.b", "a_b", "a b", "ä", "a/b", "..", "a\n", String(repeating: "n", count: 64),
    ])
    func nodeNamesThatNoNodeHasAreRefused(_ text: String) {
        #expect(NodeName(text) == nil)
    }

    @Test(arguments: ["s1", "before-upgrade", "A_b", String(repeating: "s", count: 40)])
    func snapshotNamesAreTaken(_ text: String) {
        #expect(SnapshotName(text)?.rawValue == text)
    }

    @Test(arguments: [
        "", "s", "1s", "-s", "current", "Current", "pending", "vzdump", "a b", "a.b", "ä1",
        String(repeating: "s", count: 41),
    ])
    func snapshotNamesThatProxmoxRefusesAreRefused(_ text: String) {
        #expect(SnapshotName(text) == nil)
    }

    @Test func namesAreOrdered() throws {
        #expect(try #require(VMID(100)) < #require(VMID(101)))
        #expect(try #require(NodeName("a")) < #require(NodeName("b")))
    }
}
