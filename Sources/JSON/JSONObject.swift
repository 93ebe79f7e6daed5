// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order they were written.
///
/// Objects in this field have a dozen members, so look-up is a scan; of two members with one name the last counts. Objects of one
/// list mostly have the same names, and then share them: of fifty thousand guests the names are kept once.
public struct JSONObject: Sendable {
    /// One name and its value.
    public typealias Member = (key: String, value: JSONValue)

    /// The names, in order.
    public private(set) var keys: [String]
    /// The values, in the order of the names.
    public private(set) var values: [JSONValue]

    /// Makes an object of these members, in this order.
    public init(_ members: [(String, JSONValue)] = []) {
        keys = members.map(\.0)
        values = members.map(\.1)
    }

    /// Makes an object of names and as many values; the names are shared with whoever else holds them.
    ///
    /// Where there are more of the ones than of the others, those without a partner are left out.
    public init(keys: [String], values: [JSONValue]) {
        let count = min(keys.count, values.count)
        self.keys = keys.count == count ? keys : Array(keys.prefix(count))
        self.values = values.count == count ? values : Array(values.prefix(count))
    }

    /// All members, in order.
    public var members: Members { Members(object: self) }

    /// Reads, replaces, appends or (with nil) removes the member of that name.
    public subscript(_ key: String) -> JSONValue? {
        get { place(of: key).map { values[$0] } }
        set {
            guard let newValue else {
                while let index = place(of: key) {
                    keys.remove(at: index)
                    values.remove(at: index)
                }
                return
            }
            if let index = place(of: key) {
                values[index] = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Most names differ in length already, and lengths are told without a look at the letters.
    private func place(of key: String) -> Int? {
        let length = key.utf8.count
        var index = keys.count - 1
        while index >= 0, keys[index].utf8.count != length || keys[index] != key { index -= 1 }
        return index >= 0 ? index : nil
    }

    /// Appends a member whose name the object does not have yet.
    mutating func append(_ key: String, _ value: JSONValue) {
        keys.append(key)
        values.append(value)
    }

    /// Names and values of an object, one beside the other.
    public struct Members: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
        fileprivate let object: JSONObject

        fileprivate init(object: JSONObject) { self.object = object }

        /// Makes a list of members, such as the empty one of what is no object.
        public init(arrayLiteral elements: Member...) { object = JSONObject(elements) }

        /// The place of the first member.
        public var startIndex: Int { 0 }
        /// The place behind the last one.
        public var endIndex: Int { object.keys.count }
        /// The member at that place.
        public subscript(_ index: Int) -> Member { (object.keys[index], object.values[index]) }
    }
}

extension JSONObject: Hashable {
    /// Two objects are equal when they hold the same members, whatever their order; of one name the last counts.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.keys == right.keys && left.values == right.values
            || left.names == right.names && left.names.allSatisfy { right[$0] == left[$0] }
    }

    /// Feeds the member names, without regard to order.
    public func hash(into hasher: inout Hasher) { hasher.combine(names) }

    private var names: Set<String> { Set(keys) }
}
