// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// One request after it was let in: who asks, what for, with checked parameters.
struct Call: Sendable {
    var identity: Identity
    /// Every parameter, those of the path included; lists are joined by commas.
    var parameters: [String: String]
    /// The parameters of the body and the query in the order given, for log lines.
    var order: [String] = []
    var method: String
    /// The file that came with an upload.
    var upload: Multipart.File?
    /// The part of the path that the pattern's `{name...}` took.
    var node: String { parameters["node"] ?? "" }
    var vmid: Int { integer("vmid") ?? 0 }

    subscript(_ name: String) -> String? { parameters[name] }
    func integer(_ name: String) -> Int? { parameters[name].flatMap { Int($0) } }
    func flag(_ name: String) -> Bool { parameters[name] == "1" }

    /// A list parameter, split as Proxmox splits (PVE::Tools::split_list).
    func list(_ name: String) -> [String] {
        (parameters[name] ?? "").split { ",; \t\n\0".contains($0) }.map(String.init)
    }
}

/// What a handler answers.
struct Reply: Sendable {
    var data: JSONValue
    var total: Int?

    init(_ data: JSONValue, total: Int? = nil) {
        self.data = data
        self.total = total
    }

    static let null = Reply(.null)
}
