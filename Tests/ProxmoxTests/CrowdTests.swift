// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// What many calls at once ask of a cluster together.
struct CrowdTests {
    private static let config = #"{"digest":"d","name":"x","smbios1":"uuid=u1"}"#

    /// A node of twenty guests from 100 on, of which 119 runs and 118 is looked after by high availability.
    ///
    /// - Parameter crowd: How many must have come before the first overview is answered.
    private func cluster(_ came: Lock<Int>, crowd: Int) -> ScriptedTransport {
        ScriptedTransport { request, _ in
            let target = request.target
            if target.contains("/cluster/resources") {
                while came.withLock({ $0 }) < crowd { await Task.yield() }
                for _ in 0..<2000 { await Task.yield() }
                let rows = (100..<120).map { vmid in
                    let more = vmid == 118 ? #","hastate":"stopped""# : ""
                    return
                        #"{"type":"qemu","id":"qemu/\#(vmid)","vmid":\#(vmid),"node":"pve1","status":"running","pool":"p","tags":"a;b"\#(more)}"#
                }
                return .json("[\(rows.joined(separator: ","))]")
            }
            if target.hasSuffix("/config") { return .json(Self.config) }
            if target.hasSuffix("/current") {
                return .json(#"{"name":"x","status":"\#(target.contains("/119/") ? "running" : "stopped")"}"#)
            }
            let rows = (100..<120).map { vmid in
                #"{"vmid":\#(vmid),"name":"x","status":"\#(vmid == 119 ? "running" : "stopped")","tags":"old"}"#
            }
            return .json("[\(rows.joined(separator: ","))]")
        }
    }

    private func read(_ vmids: [Int]) async throws -> (facts: [Int: GuestFacts], targets: [String]) {
        let came = Lock(0)
        let transport = cluster(came, crowd: vmids.count)
        let client = ProxmoxClient.scripted(transport)
        let numbers = try vmids.map { try #require(VMID($0)) }
        let facts = await withTaskGroup(of: GuestFacts?.self) { group in
            for vmid in numbers {
                group.addTask {
                    came.withLock { $0 += 1 }
                    return try? await client.briefFacts(of: vmid)
                }
            }
            return await group.reduce(into: [Int: GuestFacts]()) { all, one in
                if let one { all[one.vmid.rawValue] = one }
            }
        }
        return (facts, transport.seen.map { String($0.target.dropFirst(10)) })
    }

    @Test func aGuestThatOneAsksForIsReadInFull() async throws {
        let (facts, targets) = try await read([100])
        #expect(facts[100]?.isBrief == false)
        #expect(facts[100]?.uuid == "u1")
        #expect(targets.count == 3)
    }

    @Test func stoppedGuestsThatManyAskForComeFromLists() async throws {
        let (facts, targets) = try await read(Array(100..<116))
        #expect(facts.count == 16)
        #expect(facts.values.allSatisfy { $0.isBrief && $0.isStopped && $0.node.rawValue == "pve1" })
        // Pools and tags are those of the overview, where they are live.
        #expect(facts.values.allSatisfy { $0.pool == "p" && $0.tags == ["a", "b"] && $0.name == "x" })
        #expect(targets.count < 8, "\(targets)")
        #expect(!targets.contains { $0.hasSuffix("/config") })
    }

    @Test func guestsThatRunOrBelongToHighAvailabilityAreReadInFullAllTheSame() async throws {
        let (facts, _) = try await read(Array(100..<120))
        #expect(facts[118]?.isBrief == false)
        #expect(facts[119]?.isBrief == false)
        #expect(facts[119]?.isRunning == true)
    }

    @Test func briefFactsAreAboutTheSameGuestByNumberKindAndName() async throws {
        let brief = try #require(try await read(Array(100..<116)).facts[100])
        let whole = try #require(try await read([100]).facts[100])
        #expect(brief.isSameGuest(as: whole))
        #expect(whole.isSameGuest(as: brief))
        var renamed = whole
        renamed.name = "y"
        #expect(!renamed.isSameGuest(as: brief))
    }

    @Test func nobodyIsAnsweredByWhatWasBegunBeforeTheQuestion() async throws {
        let asked = Lock(0)
        let isUnderWay = Lock(false)
        let transport = ScriptedTransport { _, number in
            guard number == 0 else {
                return .json(#"[{"type":"qemu","id":"qemu/100","vmid":100,"node":"pve2"}]"#)
            }
            isUnderWay.withLock { $0 = true }
            while asked.withLock({ $0 }) < 20 { await Task.yield() }
            for _ in 0..<2000 { await Task.yield() }
            return .json(#"[{"type":"qemu","id":"qemu/100","vmid":100,"node":"pve1"}]"#)
        }
        let client = ProxmoxClient.scripted(transport)
        let vmid = try #require(VMID(100))
        async let first = client.locate(vmid)
        while !isUnderWay.withLock({ $0 }) { await Task.yield() }
        let later = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    asked.withLock { $0 += 1 }
                    return try? await client.locate(vmid).node.rawValue
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await first.node.rawValue == "pve1")
        #expect(later == Array(repeating: "pve2", count: 20))
        #expect(transport.seen.count == 2)
    }

    @Test func goodEndsAreReadFromTheCommonListAndBadOnesFromTheTaskItself() async throws {
        let upids = try (100..<140).map { number in
            try #require(UPID("UPID:pve1:0000C\(number):001C9BEC:677E934A:qmstart:\(number):root@pam:"))
        }
        let clock = PartyClock(parties: upids.count)
        let failing = try #require(upids.last).description
        let transport = ScriptedTransport { request, _ in
            let hasEnded = clock.now() >= .seconds(3)
            guard request.target.contains("/tasks?") else {
                guard hasEnded else { return .json(#"{"status":"running"}"#) }
                let end = request.target.contains(failing) ? "VM is locked (backup)" : "OK"
                return .json(#"{"status":"stopped","exitstatus":"\#(end)"}"#)
            }
            let rows = upids.map { upid in
                let end = upid.description == failing ? "unexpected status" : "OK"
                return
                    #"{"upid":"\#(upid)","status":"\#(hasEnded ? end : "RUNNING")"\#(hasEnded ? ",\"endtime\":9" : "")}"#
            }
            return .json("[\(rows.joined(separator: ","))]")
        }
        let client = ProxmoxClient.scripted(transport, clock: clock)
        let ends = await withTaskGroup(of: (String, ErrorKind?, Duration).self) { group in
            for upid in upids {
                group.addTask {
                    let found = await failure { () async throws(Failure) in try await client.wait(for: upid) }
                    let time = clock.now()
                    clock.leave()
                    return (upid.description, found?.kind, time)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends.filter { $0.1 != nil }.map(\.0) == [failing])
        #expect(ends.first { $0.1 != nil }?.1 == .locked)
        // Nobody hears of its end much later than it came.
        #expect(ends.allSatisfy { $0.2 <= .milliseconds(3500) })
        let alone = transport.seen.map(\.target).filter { $0.hasSuffix("/status") }
        #expect(alone.filter { !$0.contains(failing) }.count <= upids.count / 2, "\(alone.count)")
        #expect(transport.seen.count { $0.target.contains("since=\(0x677E_934A)") } > 0)
    }
}
