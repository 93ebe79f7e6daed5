// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

@testable import Proxmox

/// What is kept with an intent comes back as it was, and what is no evidence is none.
struct CallEvidenceTests {
    let call: APICall

    init() throws {
        call = APICall(.post, try APIPath(["nodes", "pve1", "qemu", "101", "status", "start"]))
    }

    private static func upid(_ number: Int, _ type: String = "qmstart", _ id: String = "101") throws -> UPID {
        let pid = String(number, radix: 16, uppercase: true)
        let text = String(repeating: "0", count: 8 - pid.count) + pid
        return try #require(UPID("UPID:pve1:\(text):0003C4D5:6741F0A0:\(type):\(id):root@pam!demo:"))
    }

    private func evidence(_ rows: [TaskRow], limit: Int = 50) throws -> CallEvidence {
        let trace = try #require(CallTrace(call))
        let reference = GuestReference(
            vmid: try #require(VMID(101)), kind: .qemu, node: try #require(NodeName("pve1")), pool: "web")
        let facts = GuestFacts(
            reference,
            current: JSONObject([
                ("status", "running"), ("qmpstatus", "paused"), ("uptime", 77), ("pid", 4711), ("name", "web-1"),
                ("ha", ["managed": 1, "state": "started"]), ("lock", "backup"),
            ]),
            config: JSONObject([
                ("digest", "abc"), ("smbios1", "uuid=1-2"), ("meta", "ctime=17"), ("tags", "a;b"), ("parent", "s1"),
                ("vmgenid", "g"), ("protection", 1), ("template", 1),
            ]), askedAt: .seconds(90), observedAt: .seconds(90))
        return CallEvidence(
            mark: TaskWatermark(trace, rows: rows, limit: limit, time: 1_000_090), before: facts, user: "root@pam!demo",
            now: 1_000_000)
    }

    @Test func evidenceComesBackAsItWas() throws {
        let rows = [
            TaskRow(upid: try Self.upid(9), status: .running),
            TaskRow(upid: try Self.upid(8), status: .ok, endTime: 500),
            TaskRow(upid: try Self.upid(7, "vzdump", ""), status: .ok, endTime: 700),
        ]
        let old = try evidence(rows)
        let text = old.json(now: 1_000_010, clock: .seconds(100)).text
        // Another process, whose clock began anew an hour later.
        let new = try #require(
            CallEvidence(try JSONValue(parsing: text), of: call, now: 1_003_610, clock: .seconds(5)))
        #expect(new.user == old.user && new.clockOffset == old.clockOffset)
        #expect(abs((new.clockOffset ?? 0) - 90.5) < 0.01)
        let (before, was) = (try #require(new.before), try #require(old.before))
        #expect(before.isSameGuest(as: was))
        #expect(EffectProof.isUnchanged(before, since: was))
        #expect(before.reference == was.reference && before.config == was.config && before.state == "paused")
        #expect(before.isHAManaged && before.isProtected && before.isTemplate && before.tags == ["a", "b"])
        // An hour and ten seconds ago, which is before this clock began.
        #expect(abs((Duration.seconds(5) - before.observedAt).inSeconds - 3610) < 0.01)
        let (mark, held) = (try #require(new.mark), try #require(old.mark))
        #expect(mark.ended == held.ended && mark.isWhole && mark.time == held.time)
        #expect(mark.ended.first == (try Self.upid(7, "vzdump", "")))
        let later = try (7...12).map { TaskRow(upid: try Self.upid($0), status: .ok, endTime: 900) } + rows
        #expect(mark.candidates(in: later, user: nil) == held.candidates(in: later, user: nil))
        #expect(mark.candidates(in: later, user: nil).count == 4)
    }

    @Test func onlyWhatTellsIsKept() throws {
        let rows = try (0..<50).map {
            TaskRow(upid: try Self.upid($0, "vzdump", "\($0)"), status: .ok, endTime: $0)
        }
        let json = try evidence(rows).json(now: 0, clock: .zero)
        #expect(json["tasks"]?["known"]?.array?.isEmpty == true)
        #expect(json["tasks"]?["ended"]?.array?.count == 4)
        #expect(json["tasks"]?["whole"] == false)
        #expect(json.text.utf8.count < 1500)
    }

    @Test(arguments: [
        "null", "[]", "{}", "1", "\"x\"", #"{"version":2}"#, #"{"version":"one"}"#, #"{"version":1e300}"#,
        #"{"version":{"version":1}}"#,
    ])
    func whatIsNoEvidenceIsNone(_ text: String) throws {
        #expect(CallEvidence(try JSONValue(parsing: text), of: call, now: 0, clock: .zero) == nil)
    }

    @Test(arguments: [
        #"{"version":1}"#, #"{"version":1,"tasks":[],"guest":[],"user":5,"offset":"x"}"#,
        #"{"version":1,"tasks":{"known":["UPID:nonsense"],"ended":[]},"guest":{"vmid":-1}}"#,
        #"{"version":1,"tasks":{"known":[1],"ended":[]},"guest":{"vmid":101,"kind":"qemu","node":"a b"}}"#,
        #"{"version":1,"tasks":{"known":{},"ended":[]},"guest":{"vmid":1e99,"kind":"qemu","node":"pve1"}}"#,
        #"{"version":1,"user":"","offset":1e308,"guest":{"vmid":101,"kind":"vmx","node":"pve1","current":{},"config":{}}}"#,
    ])
    func whatMakesNoSenseIsLeftOut(_ text: String) throws {
        let evidence = try #require(CallEvidence(try JSONValue(parsing: text), of: call, now: 0, clock: .zero))
        #expect(evidence.mark == nil && evidence.before == nil && evidence.user == nil && evidence.clockOffset == nil)
    }

    @Test(arguments: ["1e308", "-1e308", "0", "\"x\"", "null", "9223372036854775807"])
    func aTimeOfReadingThatCannotBeIsBorne(_ read: String) throws {
        let text =
            #"{"version":1,"guest":{"vmid":101,"kind":"qemu","node":"pve1","read":\#(read),"current":{},"config":{}}}"#
        let evidence = try #require(
            CallEvidence(try JSONValue(parsing: text), of: call, now: 1_000_000, clock: .seconds(5)))
        #expect(evidence.before != nil)
    }

    /// Any text in place of any other, and any cut: nothing traps.
    @Test func damagedEvidenceNeverTraps() throws {
        let text = Array(
            try evidence([TaskRow(upid: try Self.upid(8), status: .ok, endTime: 500)]).json(now: 0, clock: .zero).text
                .utf8)
        var read = 0
        for place in text.indices {
            for byte in Array(#""{}[]:,-9e"#.utf8) {
                var damaged = text
                damaged[place] = byte
                guard let json = try? JSONValue(parsing: damaged) else { continue }
                if CallEvidence(json, of: call, now: .infinity, clock: .zero) != nil { read += 1 }
            }
        }
        #expect(read > 100)
    }
}
