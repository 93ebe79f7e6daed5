// SPDX-License-Identifier: Apache-2.0

extension APISchema {
    /// The paths that a half-typed one may become, one segment further: `/nodes/pve1/q` becomes `/nodes/pve1/qemu`.
    ///
    /// Holes such as `{vmid}` are not offered; what stands in them only the cluster knows.
    public func paths(beginning typed: String) -> [String] {
        guard typed.hasPrefix("/") else { return typed.isEmpty ? ["/"] : [] }
        let segments = typed.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let before = segments.dropFirst().dropLast().filter { !$0.isEmpty }
        guard let last = segments.last, let known = find(Array(before)) else { return [] }
        let stem = before.isEmpty ? "/" : "/" + before.joined(separator: "/") + "/"
        return known.node.words.keys.filter { $0.hasPrefix(last) }.sorted().map { stem + $0 }
    }
}
