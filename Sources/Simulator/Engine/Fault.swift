// SPDX-License-Identifier: Apache-2.0
public import Proxmox

/// Something that shall go wrong with requests of a kind.
public struct Fault: Sendable, Hashable {
    /// What goes wrong.
    public enum Effect: Sendable, Hashable {
        /// The answer is this status with this reason phrase; the request has no effect.
        case status(Int, String)
        /// The connection ends before the request has any effect.
        case dropBeforeEffect
        /// The request has its effect, and the connection ends without an answer.
        case dropAfterEffect
        /// The answer comes this many seconds late.
        case delay(Double)
        /// What comes back is no HTTP.
        case garbage
        /// Half of the answer comes, then the connection ends.
        case truncate
        /// The answer is this many bytes long.
        case hugeBody(Int)
        /// The connection is reset at once.
        case reset
    }

    /// The method, or nil for any.
    public var method: HTTPMethod?
    /// The path after the format, where `*` stands for anything; `/nodes/*/qemu/101/*`.
    public var path: String
    /// How many requests it hits.
    public var count: Int
    /// What goes wrong.
    public var effect: Effect

    /// Makes a fault.
    public init(_ effect: Effect, method: HTTPMethod? = nil, path: String = "*", count: Int = 1) {
        self.effect = effect
        self.method = method
        self.path = path
        self.count = count
    }

    func matches(_ request: HTTPRequest) -> Bool {
        guard count > 0, method == nil || method == request.method else { return false }
        let parts = request.target.prefix { $0 != "?" }.split(separator: "/").dropFirst(2)
        return Self.glob(Array(path.utf8)[...], Array(("/" + parts.joined(separator: "/")).utf8)[...])
    }

    private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            let rest = pattern.dropFirst()
            return (text.startIndex...text.endIndex).contains { glob(rest, text[$0...]) }
        }
        return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
    }
}

/// A request that a simulated cluster got, for tests to look at.
public struct ReceivedRequest: Sendable, Hashable {
    /// The method.
    public var method: HTTPMethod
    /// Path and query as they came.
    public var target: String
    /// Whether it had an effect, or was stopped by a fault before.
    public var reached: Bool
}
