// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

struct PermissionsTests {
    private func permissions(_ text: String) throws -> Permissions {
        try #require(Permissions(try JSONValue(parsing: text)))
    }

    @Test(arguments: ["[1]", "7", "{\"/\":7}", "null", "\"x\"", "{\"/vms\":[]}"])
    func whatIsNoMapOfMapsIsNoAnswer(text: String) throws {
        #expect(Permissions(try JSONValue(parsing: text)) == nil)
    }

    @Test func anEmptyAnswerIsNoPrivilegeAtAll() throws {
        for text in ["{}", "[]", "{\"/\":{}}"] { #expect(try permissions(text).isEmpty, "\(text)") }
    }

    /// A privilege that is listed is held; its number only says whether it reaches below.
    @Test(arguments: [
        ("{\"/vms/100\":{\"VM.Audit\":0}}", "/vms/100", true), ("{\"/vms\":{\"VM.Audit\":0}}", "/vms/100", false),
        ("{\"/vms\":{\"VM.Audit\":0}}", "/vms", true), ("{\"/vms\":{\"VM.Audit\":1}}", "/vms/100", true),
        ("{\"/\":{\"VM.Audit\":1}}", "/vms/100", true), ("{\"/\":{\"VM.Audit\":0}}", "/vms/100", false),
        ("{\"/\":{\"VM.Audit\":\"1\"}}", "/vms/100", true),
        // What is given on a deeper path hides what is given above.
        ("{\"/\":{\"VM.Audit\":1},\"/vms\":{\"VM.Clone\":1}}", "/vms/100", false),
        ("{\"/\":{\"VM.Audit\":1},\"/vms/100\":{\"VM.Clone\":1}}", "/vms/100", false),
        // What reaches no further hides nothing below.
        ("{\"/\":{\"VM.Audit\":1},\"/vms\":{\"VM.Clone\":0}}", "/vms/100", true),
        ("{\"/pool/web\":{\"VM.Audit\":1}}", "/vms/100", false),
    ])
    func privilegesReachBelow(text: String, path: String, isHeld: Bool) throws {
        #expect(try permissions(text).holds(["VM.Audit"], at: ACLPath(path)) == isHeld)
    }

    @Test func aPoolLendsItsPrivilegesToItsMembers() throws {
        let lent = try permissions("{\"/pool/web\":{\"VM.Audit\":1}}")
        #expect(lent.holds(["VM.Audit"], at: ACLPath("/vms/100"), pool: "web"))
        #expect(!lent.holds(["VM.Audit"], at: ACLPath("/vms/100"), pool: "db"))
    }

    @Test(arguments: [
        ("{\"/vms\":{\"VM.Audit\":1}}", Permissions.Reach.everywhere(except: [])),
        ("{\"/\":{\"VM.Audit\":1}}", .everywhere(except: [])),
        (
            "{\"/vms\":{\"VM.Audit\":1},\"/vms/7777\":{\"VM.Clone\":1}}",
            .everywhere(except: [ACLPath("/vms/7777")])
        ),
        ("{\"/vms\":{\"VM.Audit\":0},\"/vms/101\":{\"VM.Audit\":0}}", .only([ACLPath("/vms/101")])),
        (
            "{\"/pool/web\":{\"VM.Audit\":1},\"/vms/101\":{\"VM.Audit\":1}}",
            .only([ACLPath("/pool/web"), ACLPath("/vms/101")])
        ),
        ("{\"/pool/web\":{\"VM.Audit\":0}}", .nowhere), ("{\"/vms\":{\"VM.Clone\":1}}", .nowhere), ("{}", .nowhere),
    ])
    func reachSaysWhere(text: String, reach: Permissions.Reach) throws {
        #expect(try permissions(text).reach(of: .seeingGuests) == reach)
    }

    @Test func whatIsMissingIsNamedWithItsPath() throws {
        let held = try permissions("{\"/vms/101\":{\"VM.Audit\":1}}")
        let needs = [PrivilegeNeed.seeingGuests, .guest("VM.PowerMgmt"), .guest("VM.Config.Disk", when: "sometimes")]
        #expect(
            held.missing(for: needs, values: ["vmid": "101"]).map(\.description) == ["VM.PowerMgmt at /vms/101"])
        #expect(
            held.missing(for: needs).map(\.description)
                == ["VM.Audit at /vms/{vmid}", "VM.PowerMgmt at /vms/{vmid}"])
        #expect(
            held.missing(
                for: [PrivilegeNeed(["VM.Snapshot", "VM.Audit"], at: .guest)], values: ["vmid": "101"]) == [])
    }

    @Test(arguments: [
        ("Sun, 22 Nov 2026 10:27:39 GMT", 1_795_343_259), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Sun, 22 Nov 2026 10:27:39 CET", nil),
        ("Sun, 99 Nov 2026 10:27:39 GMT", nil), ("", nil), ("Sun, 22 Nov 99999999999 10:27:39 GMT", nil),
        ("2026-11-22T10:27:39Z", nil),
    ])
    func httpDatesAreRead(text: String, seconds: Int?) { #expect(HTTPTime.seconds(text) == seconds) }
}
