// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Proxmox
internal import Synchronization

/// What comes back for a request, faults included.
public enum Delivery: Sendable, Hashable {
    /// An answer.
    case answer(HTTPResponse)
    /// An answer that came after the time the request allowed.
    case late(HTTPResponse)
    /// Nothing: the connection ends, by a reset if asked for.
    case nothing(reset: Bool)
    /// Bytes that are no HTTP.
    case garbage
    /// The first half of this answer.
    case half(HTTPResponse)
}

extension SimulatedCluster {
    /// Lets something go wrong with the next requests that match.
    public func inject(_ fault: Fault) { core.withLock { $0.faults.append(fault) } }

    /// Forgets all faults.
    public func clearFaults() { core.withLock { $0.faults.removeAll() } }

    /// The requests that came, oldest first; at most the last ten thousand.
    public var requests: [ReceivedRequest] { core.withLock { $0.requests } }

    /// Answers one request, with the faults that apply to it.
    public func deliver(_ request: HTTPRequest) async -> Delivery {
        let effect = core.withLock { core -> Fault.Effect? in
            let index = core.faults.firstIndex { $0.matches(request) }
            let effect = index.map { core.faults[$0].effect }
            if let index {
                core.faults[index].count -= 1
                if core.faults[index].count <= 0 { core.faults.remove(at: index) }
            }
            let reached =
                switch effect {
                case .status, .dropBeforeEffect, .garbage, .hugeBody, .reset: false
                default: true
                }
            if core.requests.count >= 10_000 { core.requests.removeFirst(1000) }
            core.requests.append(
                ReceivedRequest(method: request.method, target: request.target, reached: reached))
            return effect
        }
        switch effect {
        case nil: return .answer(await respond(to: request))
        case .status(let status, let reason):
            return .answer(
                ResponseWriter(now: clock.now).refusal(Refusal(status: status, text: reason), format: "json"))
        case .dropBeforeEffect: return .nothing(reset: false)
        case .reset: return .nothing(reset: true)
        case .dropAfterEffect:
            _ = await respond(to: request)
            return .nothing(reset: false)
        case .delay(let seconds):
            let allowed = Double(request.timeout.components.seconds)
            await clock.sleep(seconds: min(seconds, allowed))
            let response = await respond(to: request)
            return seconds < allowed ? .answer(response) : .late(response)
        case .garbage: return .garbage
        case .truncate: return .half(await respond(to: request))
        case .hugeBody(let count):
            let text = String(repeating: "x", count: max(0, min(count, 1 << 30)))
            return .answer(
                ResponseWriter(now: clock.now).success(Reply(.string(text)), format: "json", protected: false))
        }
    }
}
