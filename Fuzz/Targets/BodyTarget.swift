// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

@testable internal import Proxmox

/// Bodies of answers, through the envelope and all that reads what is in it.
enum BodyTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        guard let first = bytes.first else { return 0 }
        let body = Array(bytes.dropFirst())
        let statuses = [200, 200, 200, 200, 400, 401, 403, 500, 501, 595, 596, 599]
        let response = HTTPResponse(status: statuses[Int(first) % statuses.count], reason: "x", body: body)
        roundTrip(body)
        let envelope = Envelope(response)
        guard let answer = envelope.answer else {
            guard let call = try? APICall.get("x") else { return 0 }
            let failure = ErrorClassifier.classify(envelope.refusal(of: call))
            checkLine(failure.message)
            _ = failure.json.encoded()
            return 0
        }
        read(answer.data)
        return 0
    }

    private static func roundTrip(_ body: [UInt8]) {
        guard let value = try? JSONValue(parsing: body) else { return }
        let written = value.encoded()
        guard let again = try? JSONValue(parsing: written) else { fatalError("what was written is no JSON") }
        require(again.encoded() == written, "written again it is another text")
    }

    private static func read(_ data: JSONValue) {
        for row in [data] + (data.array ?? []) {
            if let resource = ClusterResource(row) {
                _ = resource.guest?.description
                _ = resource.tags
            }
            _ = TaskStatus(exitText: row["exitstatus"]?.perlText ?? "").text
            _ = (row.perlInteger, row.perlBool, row.perlNumber, row.perlText)
            _ = try? TaskReference(row)
            checkLine(row.excerpt)
            guard let object = row.object, let vmid = VMID(100), let node = NodeName("pve1") else { continue }
            let facts = GuestFacts(
                GuestReference(vmid: vmid, kind: .qemu, node: node), current: object, config: object,
                askedAt: .zero, observedAt: .zero)
            require(!(facts.isRunning && facts.isStopped), "running and stopped at once")
            _ = (facts.state, facts.tags, facts.digest, facts.creationTime)
        }
    }

    static func checkLine(_ text: String) {
        let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
        require(isClean, "a control character is left in \(text.debugDescription)")
    }
}
