// SPDX-License-Identifier: Apache-2.0
public import JSON

/// A successful answer of the API.
public struct APIAnswer: Hashable, Sendable {
    /// What the call returns.
    public var data: JSONValue
    /// How many rows there are in all, where the answer is a part of a list.
    public var total: Int?
    /// When the host that answered wrote it by its own clock, in seconds since 1970; nil where it does not say.
    public var time: Int?
    /// The whole answer as it came.
    public var body: [UInt8]

    /// Makes an answer.
    public init(data: JSONValue, total: Int? = nil, body: [UInt8] = []) {
        self.data = data
        self.total = total
        self.body = body
    }
}
