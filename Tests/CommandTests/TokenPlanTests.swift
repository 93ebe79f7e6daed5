// SPDX-License-Identifier: Apache-2.0
import Configuration
import Model
import Testing

@testable import Commands

struct TokenPlanTests {
    private func plan(_ operations: [String], _ adjust: (inout TokenWish) -> Void = { _ in }) throws -> TokenPlan {
        var wish = TokenWish()
        wish.operations = operations
        adjust(&wish)
        return try TokenPlan(wish)
    }

    /// What is wanted, and each role's privileges with where it is granted.
    @Test(arguments: [
        (
            [],
            [
                "Runbooks: VM.Audit @ /vms", "Runbooks-storage: Datastore.Audit @ /storage",
                "Runbooks-pool: Pool.Audit @ /pool", "Runbooks-nodes: Sys.Audit @ /nodes",
                "Runbooks-cluster: Sys.Audit @ /",
            ]
        ),
        (["vm_action"], ["Runbooks: VM.Audit VM.PowerMgmt @ /vms"]),
        (["snapshot", "vm_action"], ["Runbooks: VM.Audit VM.PowerMgmt VM.Snapshot @ /vms"]),
        (["guest.stop"], ["Runbooks: VM.Audit VM.PowerMgmt @ /vms"]), (["version"], []),
        // Of two that will do, the one that allows less; but one that is there already is enough.
        (["snapshot.rollback"], ["Runbooks: VM.Audit VM.Snapshot.Rollback @ /vms"]),
        (["snapshot.*"], ["Runbooks: VM.Audit VM.Snapshot @ /vms"]),
        (
            ["read.storage"],
            [
                "Runbooks: VM.Audit VM.Backup VM.Config.Disk @ /vms", "Runbooks-storage: Datastore.AllocateSpace @ /storage",
            ]
        ),
        (["backup.create"], ["Runbooks: VM.Backup @ /vms", "Runbooks-storage: Datastore.AllocateSpace @ /storage"]),
        (["guest.migrate"], ["Runbooks: VM.Audit VM.Migrate @ /vms"]),
    ])
    func theLeastIsGranted(operations: [String], expected: [String]) throws {
        let plan = try plan(operations)
        let found = plan.roles.map { role in
            let paths = plan.grants.filter { $0.role == role.name }.map(\.path.rawValue).joined(separator: " ")
            return "\(role.name): \(role.privileges.map(\.rawValue).joined(separator: " ")) @ \(paths)"
        }
        #expect(found == expected)
    }

    @Test func aRoleAtTheTopReachesNoFurther() throws {
        let plan = try plan(["read.cluster"])
        let grant = try #require(plan.grants.first { $0.path == .root })
        #expect(!grant.propagates)
        #expect(
            try plan.text().contains("pveum acl modify / --users automation@pve --roles Runbooks-cluster --propagate 0")
        )
    }

    /// What is printed for the configuration must be what that takes.
    @Test(arguments: [("x.token", "/x.token"), ("/etc/x.token", "/etc/x.token"), ("~/x.token", "/home/jo/x.token")])
    func aSecretsFileIsNamedInFull(named: String, ending: String) throws {
        let context = CommandContext(
            environment: [:], home: "/home/jo", binaries: "/", isTerminal: (input: false, output: false, error: false))
        let locations = Locations(environment: [:], home: "/home/jo")
        let files = TokenFiles(locations: locations, context: context)
        let path = files.secretPath("lab", try TokenIdentity(user: "a@pve", name: "runs"), named: named)
        #expect(path.hasPrefix("/") && path.hasSuffix(ending), "\(path)")
        #expect(named.hasPrefix("x") || path == ending)
    }

    @Test func poolsAndGuestsNarrowTheGuestsRole() throws {
        let plan = try plan(["vm_action"]) {
            $0.pools = ["web"]
            $0.vmids = [7777]
        }
        #expect(plan.grants.map(\.path.rawValue) == ["/pool/web", "/vms/7777"])
    }

    @Test func bothUserAndTokenAreGrantedAndShellsLeaveThemAlone() throws {
        let text = try plan(["vm_action"]).text()
        #expect(
            text == """
                # for vm_action
                pveum role add Runbooks --privs "VM.Audit VM.PowerMgmt"
                pveum user add automation@pve
                pveum user token add automation@pve runbooks --privsep 1
                pveum acl modify /vms --users automation@pve --roles Runbooks
                pveum acl modify /vms --tokens 'automation@pve!runbooks' --roles Runbooks

                """)
        let root = try plan(["vm_action"]) { $0.user = "root@pam" }.text()
        #expect(!root.contains("user add") && !root.contains("--users"))
    }

    @Test(arguments: ["PVEThing", "pveum", "", "a b", "x;rm"])
    func aRolesNameThatProxmoxRefusesIsRefused(name: String) throws {
        #expect(throws: Failure.self) { try plan([]) { $0.role = name } }
    }

    @Test(arguments: [("nosuch.*", "no operation"), ("vm_acton", "vm_action")])
    func aNameThatIsNoneIsToldOf(name: String, words: String) {
        do {
            _ = try plan([name])
            Issue.record("was taken")
        } catch {
            let failure = error as? Failure
            let text = "\(failure?.message ?? "") \(failure?.hint ?? "")"
            #expect(failure?.kind == .usage)
            #expect(text.contains(words), "\(text)")
        }
    }

    @Test(arguments: ["nobody", "a@", "a b@pve", ""])
    func aUserThatIsNoneIsRefused(user: String) {
        #expect(throws: Failure.self) { try plan([]) { $0.user = user } }
    }
}
