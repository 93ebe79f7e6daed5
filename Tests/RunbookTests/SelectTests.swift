// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Runbook

/// `pve.select`, by which operations made of others learn what they are about.
struct SelectTests {
    @Test(arguments: [
        ("101", "101"), ("{ 102, 101, 102 }", "102 101"), ("pve.vm(111)", "111"), ("{ vmid = 110 }", "110"),
        ("{ pve.vm(103), 9000 }", "103 9000"), ("pve.list_vms{ tag = 'web' }", "101 102"),
        ("{ tag = 'web' }", "101 102"), ("{ pool = 'db' }", "100"), ("{ template = true }", "9000"), ("{}", ""),
        ("pve.list_vms{ tag = 'none' }", ""), ("{ tag = 'none' }", ""), ("101.0", "101"),
    ])
    func itGivesTheGuestsThatAreMeant(what: String, vmids: String) async throws {
        let bench = try Bench()
        let code = """
            local ids = {}
            for _, guest in ipairs(pve.select(\(what))) do ids[#ids + 1] = guest.vmid end
            print(table.concat(ids, " "))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == vmids + "\n")
    }

    @Test(arguments: [
        ("999", ErrorKind.notFound, "there is no guest 999"), ("{ 101, 999 }", .notFound, "there is no guest 999"),
        ("{ tags = 'web' }", .parameter, "what.tags"), ("'101'", .parameter, "what"), ("nil", .parameter, "what"),
        ("{ 101, 'x' }", .parameter, "what[2]"), ("{ 101, tag = 'web' }", .parameter, "what"),
        ("{ vmid = 1 }", .parameter, "what"), ("-1", .parameter, "what"), ("{ { 101 } }", .parameter, "what[1]"),
    ])
    func whatMeansNoGuestIsAnErrorThatNamesIt(what: String, kind: ErrorKind, message: String) async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: "return pve.select(\(what))"), "\(what)")
        #expect(failure.kind == kind)
        #expect(failure.message.contains(message), "\(failure)")
    }

    @Test func guestsOfAnotherClusterAreRefused() async throws {
        let bench = try Bench()
        let failure = try await bench.failure(of: "return pve.select{ { vmid = 101, cluster = 'lab2' } }")
        #expect(failure?.kind == .parameter)
    }
}
