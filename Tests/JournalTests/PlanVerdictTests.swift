// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Journal

struct PlanVerdictTests {
    @Test func aNoStaysAndAYesIsRenewed() throws {
        let journal = try SQLiteJournal.inMemory()
        func say(_ isDenial: Bool, _ given: Double, _ reason: String? = nil) throws {
            try journal.recordVerdict(
                PlanVerdict(
                    digest: "d", person: "alice", isDenial: isDenial, given: given, expires: given + 10, reason: reason)
            )
        }
        try say(false, 1)
        try say(true, 2, "too early")
        try say(false, 3)
        try say(true, 4, "another")
        let verdicts = try journal.verdicts(of: "d")
        #expect(verdicts.map(\.isDenial) == [false, true])
        #expect(verdicts.map(\.given) == [3, 2])
        #expect(verdicts.map(\.expires) == [13, 12])
        #expect(verdicts.map(\.reason) == [nil, "too early"])
        #expect(try journal.verdicts(of: "other").isEmpty)
    }
}
