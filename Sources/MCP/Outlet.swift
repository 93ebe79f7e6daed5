// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Synchronization

/// Where everything that is said to the client goes out, whole lines only, whoever says them.
final class Outlet: Sendable {
    private let write: Mutex<@Sendable ([UInt8]) -> Void>

    init(_ write: @escaping @Sendable ([UInt8]) -> Void) { self.write = Mutex(write) }

    func send(_ message: JSONValue) {
        let line = message.encoded() + [0x0a]
        write.withLock { $0(line) }
    }
}

/// What a call that is under way says of itself: progress that only grows, and none after its answer.
final class CallVoice: Sendable {
    private let outlet: Outlet
    private let token: JSONValue?
    /// The greatest progress told; nil once the call is over.
    private let last: Mutex<Double?> = Mutex(-Double.infinity)

    /// - Parameter token: What the client calls this call's progress; nil where it does not want to know.
    init(_ outlet: Outlet, token: JSONValue?) {
        self.outlet = outlet
        self.token = token
    }

    func tell(_ done: Double, _ total: Double?, _ message: String) {
        guard let token else { return }
        var parameters = JSONObject([("progressToken", token), ("progress", .number(done))])
        if let total { parameters["total"] = .number(total) }
        parameters["message"] = .string(message)
        last.withLock { last in
            guard let before = last, done > before else { return }
            last = done
            outlet.send(["jsonrpc": "2.0", "method": "notifications/progress", "params": .object(parameters)])
        }
    }

    /// The call is over; what it still says is not heard.
    func end() { last.withLock { $0 = nil } }
}
