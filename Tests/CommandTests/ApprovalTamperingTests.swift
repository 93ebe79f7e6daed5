// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Plan
import TestSupport
import Testing

@testable import Commands

/// Ten thousand changed plans and approvals beside good ones; not one may pass.
struct ApprovalTamperingTests {
    private let file = ApprovalBench.file()

    /// The bytes with one of them replaced by another, or removed, or doubled.
    private static func tamper(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var changed = bytes
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: changed.remove(at: place)
        case 1: changed.insert(changed[place], at: place)
        // Near misses, which more often are well formed.
        case 2: changed[place] ^= 1
        default: changed[place] = UInt8.random(in: 0x20...0x7e, using: &random)
        }
        return changed
    }

    @Test func noneOfFiveThousandPlansPasses() async throws {
        let bench = try await ApprovalBench(people: ["alice"])
        try bench.give(of: file, by: "alice")
        #expect(try await bench.standing(of: file).isMet)
        var random = SplitMix(seed: 5)
        var accepted = 0
        var unread = 0
        for number in 0..<4700 {
            var bytes = Self.tamper(file.bytes, &random)
            if bytes == file.bytes { bytes.append(UInt8(number & 0x7f)) }
            guard let read = try? PlanFile(reading: bytes, name: "p") else {
                unread += 1
                continue
            }
            if try await bench.standing(of: read).isMet { accepted += 1 }
        }
        // An attacker who seals the plan anew gets it read, and no further.
        for number in 0..<300 {
            var plan = file.plan
            switch number % 6 {
            case 0: plan.operations[0].path = "/nodes/pve1/qemu/\(100 + number)/status/stop2"
            case 1: plan.expires += number + 1
            case 2: plan.requester += "\(number)"
            case 3: plan.script.sha256 = "\(number)"
            case 4: plan.operations[0].targets[0].vmid += number + 1
            default: plan.policy.demand = "allow\(number)"
            }
            let read = try PlanFile(reading: PlanFile(plan).bytes, name: "p")
            if try await !bench.standing(of: read).counted.isEmpty { accepted += 1 }
        }
        #expect(accepted == 0)
        #expect(unread == 4700)
    }

    /// Ten folders at once, as most of the time goes by waiting for ssh-keygen.
    @Test func noneOfFiveThousandApprovalsPasses() async throws {
        let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
            for share in 0..<10 { group.addTask { try await Self.tamperApprovals(file, share) } }
            return try await group.reduce(0, +)
        }
        #expect(accepted == 0)
    }

    /// How many of 500 changed approvals pass.
    private static func tamperApprovals(_ file: PlanFile, _ share: Int) async throws -> Int {
        let bench = try await ApprovalBench(people: ["alice", "bob"])
        let good = try bench.sign(bench.statement(of: file, by: "alice@example.com"), key: "alice")
        var random = SplitMix(seed: UInt64(share))
        var accepted = 0
        for number in 0..<490 {
            var bytes = Self.tamper(good.bytes, &random)
            if bytes == good.bytes { bytes.append(UInt8(number & 0x7f)) }
            try bench.put(bytes, "night.plan.alice.approval")
            if try await bench.standing(of: file).isMet { accepted += 1 }
        }
        // Well-formed statements under a signature that was made for another.
        for number in 0..<10 {
            var statement = good.statement
            switch number % 4 {
            case 0: statement.expires? += share + 1
            case 1: statement.signed -= share + 1
            case 2: statement.person = "bob@example.com"
            default: statement.nonce = String(statement.nonce.dropLast(3)) + "\(100 + share)"
            }
            try bench.put(ApprovalFile(statement, good.signature).bytes, "night.plan.alice.approval")
            if try await bench.standing(of: file).isMet { accepted += 1 }
        }
        try bench.put(good.bytes, "night.plan.alice.approval")
        #expect(try await bench.standing(of: file).isMet)
        return accepted
    }
}
