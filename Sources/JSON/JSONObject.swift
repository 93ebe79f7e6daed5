// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order they were written.
///
/// Objects in this field have a dozen members, so look-up is a scan; of two members with one name the last counts.
public struct JSONObject: Sendable {
    /// One name and its value.
    public typealias Member = (key: String, value: JSONValue)

    /// All members, in order.
    public private(set) var members: [Member]

    /// Makes an object of these members, in this order.
    public init(_ members: [(String, JSONValue)] = []) {
        self.members = members.map { (key: $0.0, value: $0.1) }
    }

    /// The names, in order.
    public var keys: [String] { members.map(\.key) }

    /// Reads, replaces, appends or (with nil) removes the member of that name.
    public subscript(_ key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            guard let newValue else {
                members.removeAll { $0.key == key }
                return
            }
            if let index = place(of: key) {
                members[index].value = newValue
            } else {
                members.append((key, newValue))
            }
        }
    }

    /// Most names differ in length already, and lengths are told without a look at the letters.
    private func place(of key: String) -> Int? {
        let length = key.utf8.count
        var index = members.count - 1
        while index >= 0, members[index].key.utf8.count != length || members[index].key != key { index -= 1 }
        return index >= 0 ? index : nil
    }

    mutating func append(_ key: String, _ value: JSONValue) { members.append((key, value)) }
    mutating func reserve(_ count: Int) { members.reserveCapacity(count) }
}

extension JSONObject: Hashable {
    /// Two objects are equal when they hold the same members, whatever their order; of one name the last counts.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.names == right.names && left.names.allSatisfy { right[$0] == left[$0] }
    }

    /// Feeds the member names, without regard to order.
    public func hash(into hasher: inout Hasher) { hasher.combine(names) }

    private var names: Set<String> { Set(keys) }
}
