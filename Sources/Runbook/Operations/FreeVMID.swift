// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Finds the number of a guest that is to be made: the one asked for, or the next free one, whoever else draws too.
///
/// Asking Proxmox for the next free number reserves nothing (pve-facts §5). So calls of one run that go side by side keep
/// their numbers apart, and where somebody outside was faster the cluster's refusal draws the next one. Nothing is ever
/// written over: the call that makes the guest must be one that Proxmox refuses for a number that is taken.
struct FreeVMID: Sendable {
    let call: OperationCall

    /// How many numbers are tried before somebody else is found to be too fast.
    static let attempts = 10
    /// How far above the cluster's proposal to look for one that no other call of this run is about to use.
    private static let reach = 1000

    private var scope: ClusterScope { call.gate.run }

    /// Makes a guest, with the given number or with the next free one.
    ///
    /// - Parameters:
    ///   - given: The number that the script wants; one that is taken is refused before anything is sent.
    ///   - field: The argument that it came in, for the refusal.
    ///   - make: Makes the guest of that number; may be called again with another.
    func make(
        _ given: VMID?, field: String, _ make: (VMID) async throws(Failure) -> JSONValue
    ) async throws(Failure) -> JSONValue {
        if let given {
            let isFree = if call.hasBegun { true } else { try await isFree(given) }
            guard isFree else {
                var failure = Failure.parameter(
                    field, "is \(given), which is taken", hint: "leave it out for the next free number")
                failure.vmid = given.rawValue
                throw failure
            }
            return try await make(given)
        }
        var trouble = Failure(.conflict, "no free number was found")
        for attempt in 0..<Self.attempts {
            let vmid = try await settled(attempt)
            do throws(Failure) {
                let result = try await make(vmid)
                // What nobody waited for may not hold its number yet.
                if result["verified"]?.perlBool == true { await scope.giveBack(vmid) }
                return result
            } catch {
                await scope.giveBack(vmid)
                guard error.says(isTaken: vmid) else { throw error }
                call.environment.output.log(.info, "\(vmid) was taken meanwhile; drawing the next free number")
                trouble = error
            }
        }
        trouble.message = "\(Self.attempts) numbers in a row were taken by others: \(trouble.message)"
        trouble.hint = "name a number of your own"
        throw trouble
    }

    /// The number of an attempt: what an earlier process of the run has drawn for it, or else the next free one.
    private func settled(_ attempt: Int) async throws(Failure) -> VMID {
        let drawn = try await call.memo("vmid\(attempt)") { () throws(Failure) in
            JSONValue(try await draw().rawValue)
        }
        guard let vmid = drawn.perlInteger.flatMap(VMID.init) else { throw Failure(.server, "no number was drawn") }
        _ = await scope.take(vmid)
        return vmid
    }

    /// The next free number, held for this call until it is given back.
    private func draw() async throws(Failure) -> VMID {
        let request = try APICall.get("cluster", "nextid")
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        guard let first = answer.perlInteger.flatMap(VMID.init) else {
            throw Failure(.server, "the cluster's next free number is no vmid", raw: answer.text)
        }
        if await scope.take(first) { return first }
        for number in (first.rawValue + 1)..<(first.rawValue + Self.reach) {
            guard let vmid = VMID(number), await scope.take(vmid) else { continue }
            if try await isFree(vmid) { return vmid }
            await scope.giveBack(vmid)
        }
        throw Failure(.conflict, "there is no free number near \(first)", hint: "name a number of your own")
    }

    /// Whether no guest has that number, not even one that the credential may not see.
    private func isFree(_ vmid: VMID) async throws(Failure) -> Bool {
        let request = try APICall.get("cluster", "nextid", parameters: [("vmid", .integer(vmid.rawValue))])
        do throws(Failure) {
            _ = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
            return true
        } catch {
            if error.mentionsExisting { return false }
            throw error
        }
    }
}

extension Failure {
    /// Whether it says that there is a guest of that number already.
    func says(isTaken vmid: VMID) -> Bool {
        guard kind == .conflict else { return false }
        // A disk of that number that is left over from before is another trouble, which no other number mends.
        let names = ["VM", "CT", "guest"].map { "\($0) \(vmid) " }
        return [raw ?? "", message].contains { text in
            names.contains { text.contains($0 + "already exists") || text.contains($0 + "was made by somebody else") }
                || text.contains("config file already exists")
        }
    }

    fileprivate var mentionsExisting: Bool {
        [raw ?? "", message].contains { text in
            text.contains("already exists") || text.contains("was made by somebody else")
        }
    }
}
