// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Where the rules of time zones are found.
public struct ZoneSource: Sendable {
    /// The zone file (TZif) of a name such as `Europe/Berlin`; nil where there is none.
    public var bytes: @Sendable (String) -> [UInt8]?
    /// The names there are, for suggestions.
    public var names: @Sendable () -> [String]

    /// Makes a source.
    public init(bytes: @escaping @Sendable (String) -> [UInt8]?, names: @escaping @Sendable () -> [String]) {
        self.bytes = bytes
        self.names = names
    }

    /// The machine's own, in `/usr/share/zoneinfo`; `TZ` and `TZDIR` play no part.
    public static let system = ZoneSource(
        bytes: { isName($0) ? contents(of: "\(folder)/\($0)") : nil },
        names: {
            guard let table = contents(of: "\(folder)/tzdata.zi") else { return [] }
            return String(decoding: table, as: UTF8.self).split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                if words.first == "Z", words.count > 1 { return String(words[1]) }
                return words.first == "L" && words.count > 2 ? String(words[2]) : nil
            }
        })

    private static let folder = "/usr/share/zoneinfo"

    /// Whether a text may name a zone's file: no way leads from it out of the folder.
    static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && parts.allSatisfy { part in
                part.utf8.first.map { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") } == true
                    && part.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                            || "_+-".utf8.contains(byte)
                    }
            }
    }

    /// A regular file of at most a megabyte.
    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20 else {
            return nil
        }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0, result.count + count <= 1 << 20 else { return nil }
            if count == 0 { return result }
            result += buffer[..<count]
        }
    }
}
