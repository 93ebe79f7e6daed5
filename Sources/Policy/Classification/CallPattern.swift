// SPDX-License-Identifier: Apache-2.0

/// A method and a path with holes: `{}` stands for one segment, `{guest}` for `qemu` or `lxc`, `{rest}` for one or more.
struct CallPattern: Sendable {
    let method: String
    private let segments: [String]

    init(_ method: String, _ path: String) {
        self.method = method
        segments = path.split(separator: "/").map(String.init)
    }

    func matches(_ method: String, _ path: [String]) -> Bool {
        guard method == self.method else { return false }
        let hasRest = segments.last == "{rest}"
        guard hasRest ? path.count >= segments.count : path.count == segments.count else { return false }
        return zip(segments, path).allSatisfy { pattern, segment in
            switch pattern {
            case "{}", "{rest}": true
            case "{guest}": segment == "qemu" || segment == "lxc"
            default: pattern == segment
            }
        }
    }
}
