// SPDX-License-Identifier: Apache-2.0

/// A guest's configuration file: options in the order written, all as text.
public struct GuestConfig: Sendable, Hashable {
    /// One option and its value.
    public struct Entry: Sendable, Hashable {
        /// The option.
        public var key: String
        /// Its value as the file has it.
        public var value: String
    }

    /// All options, in order.
    public private(set) var entries: [Entry] = []

    /// Makes a configuration of these options.
    public init(_ options: KeyValuePairs<String, String> = [:]) {
        for (key, value) in options { self[key] = value }
    }

    /// Makes a configuration of a list of options.
    init(_ options: [(String, String)]) {
        for (key, value) in options { self[key] = value }
    }

    /// Reads, sets or (with nil) removes an option.
    public subscript(_ key: String) -> String? {
        get { entries.first { $0.key == key }?.value }
        set {
            guard let newValue else {
                entries.removeAll { $0.key == key }
                return
            }
            if let index = entries.firstIndex(where: { $0.key == key }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(key: key, value: newValue))
            }
        }
    }

    /// The options' names, in order.
    public var keys: [String] { entries.map(\.key) }
    /// Whether there is none.
    public var isEmpty: Bool { entries.isEmpty }

    /// An option as whole number.
    public func integer(_ key: String) -> Int? { self[key].flatMap { Int($0) } }
    /// An option as truth.
    public func flag(_ key: String) -> Bool { ["1", "yes", "on", "true"].contains(self[key] ?? "0") }

    /// Forty hex digits that change whenever the options do.
    public var digest: String {
        let text = entries.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
        return (0..<3).map { FNV.hex(FNV.hash("\($0)\(text)"), digits: $0 == 2 ? 8 : 16) }.joined()
    }
}

/// A small hash that is the same in every process.
enum FNV {
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    static func hex(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return text.count >= digits
            ? String(text.suffix(digits)) : String(repeating: "0", count: digits - text.count) + text
    }
}
