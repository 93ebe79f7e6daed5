// SPDX-License-Identifier: Apache-2.0

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct RandomNumbers: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// A UUID in its usual form.
    mutating func uuid() -> String {
        let text = FNV.hex(next(), digits: 16) + FNV.hex(next(), digits: 16)
        var parts: [String] = []
        var rest = Substring(text)
        for length in [8, 4, 4, 4, 12] {
            parts.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        parts[2] = "4" + parts[2].dropFirst()
        return parts.joined(separator: "-")
    }

    /// A network address with the prefix that Proxmox uses.
    mutating func hardwareAddress() -> String {
        let tail = (0..<3).map { _ in FNV.hex(next(), digits: 2).uppercased() }
        return "BC:24:11:" + tail.joined(separator: ":")
    }
}
