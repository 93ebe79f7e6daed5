// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct PrivilegeTests {
    @Test(arguments: [
        ("/vms/100", "/vms", "/vms/100"), ("/vms/{vmid}", "/vms", "/vms"), ("vms//100/", "/vms", "/vms/100"),
        ("/", nil, "/"), ("/pool/a/b", "/pool/a", "/pool/a/b"), ("/nodes/{node}", "/nodes", "/nodes"),
    ])
    func aPathKnowsItsParentAndItsBranch(text: String, parent: String?, branch: String) {
        let path = ACLPath(text)
        #expect(path.parent?.rawValue == parent)
        #expect(path.branch.rawValue == branch)
    }

    @Test(arguments: [
        ("/vms/{vmid}", "/vms/100", true), ("/vms/{vmid}", "/vms", false), ("/vms/{vmid}", "/vms/100/x", false),
        ("/vms/{vmid}", "/nodes/100", false), ("/", "/", true),
    ])
    func aFormMatchesPathsOfItsLength(form: String, path: String, isMatch: Bool) {
        #expect(ACLPath(form).matches(ACLPath(path)) == isMatch)
    }

    @Test func gapsAreFilledAndUnknownOnesStay() {
        #expect(ACLPath.guest.filled(["vmid": "101"]).rawValue == "/vms/101")
        #expect(ACLPath.guest.filled(["node": "x"]).hasGap)
        #expect(ACLPath.storage.filled(["storage": "local"]) == ACLPath("/storage/local"))
    }

    /// A call on a guest needs to find it, said once.
    @Test(arguments: [
        ("vm_action", ["VM.Audit", "VM.PowerMgmt"]), ("snapshot", ["VM.Audit", "VM.Snapshot"]), ("vm", ["VM.Audit"]),
        ("list_vms", ["VM.Audit"]), ("version", []),
    ])
    func anOperationNeedsToSeeItsGuestToo(name: String, privileges: [String]) throws {
        let operation = try #require(OperationTable.named(name))
        let endpoint = try #require(operation.endpoints.first)
        #expect(operation.needs(of: endpoint).map(\.privileges) == privileges)
    }

    @Test(arguments: [
        ("VM.PowerMgmt", "/vms/101", "plan --for vm_action --vmid 101"),
        ("VM.Snapshot|VM.Snapshot.Rollback", "/vms/7777", "plan --for snapshot_rollback --vmid 7777"),
        ("Sys.Audit", "/", "plan --for cluster_status`"), ("Sys.Nonsense", "/vms/101", "so does its user"),
    ])
    func theHintOfA403NamesTheOperationThatAsks(privileges: String, path: String, words: String) {
        let hint = PrivilegeHint.text(missing: privileges, at: path)
        #expect(hint.contains(words), "\(hint)")
        #expect(hint.hasPrefix("the privilege \(privileges) on \(path) is missing"))
    }
}
