// SPDX-License-Identifier: Apache-2.0

/// The status line and header fields of an answer, gathered line by line.
///
/// libcurl drops the reason phrase, and Proxmox puts its error message there, so the lines are read here.
struct ResponseHead {
    private(set) var status = 0
    private(set) var reason = ""
    private(set) var headers: [HTTPHeader] = []
    private var size = 0
    private let maximumSize: Int

    /// Makes an empty head that takes so many bytes.
    init(maximumSize: Int) { self.maximumSize = maximumSize }

    /// How long the body is going to be as it travels, or 0 where that is not said; it may be a lie.
    var announcedLength: Int {
        max(0, headers.last { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0)
    }

    /// Takes one line with its line end.
    ///
    /// - Returns: Whether the head is still within its limits.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        size += bytes.count
        guard size <= maximumSize else { return false }
        var line = bytes[...]
        while let last = line.last, last == 0x0a || last == 0x0d { line = line.dropLast() }
        if line.starts(with: Array("HTTP/".utf8)) {
            // A final answer may follow an interim one; only the last counts.
            let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
            status = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
            reason = parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
            headers = []
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            headers.append(
                HTTPHeader(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return true
    }
}
