// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What a cluster's API takes, as the cluster itself documents it: paths, methods and their parameters.
///
/// Methods are kept as text and read when they are asked for: a run that makes one raw call needs one of six hundred.
public struct APISchema: Sendable {
    /// The name of the cluster that it was read from.
    public let cluster: String
    /// The version that the cluster had then, such as `8.4.1`.
    public let version: String
    var nodes: [Node] = [Node()]

    /// One segment of the tree of paths.
    struct Node: Sendable {
        /// The path as the schema writes it: `/nodes/{node}/qemu`.
        var path = ""
        /// The next segments that are words.
        var words: [String: Int] = [:]
        /// The next segments that stand for a name: `{vmid}`.
        var holes: [Int] = []
        /// The methods, each as JSON.
        var methods: [String: String] = [:]

        var isLeaf: Bool { words.isEmpty && holes.isEmpty }
        /// The name that a hole has: `vmid`.
        var holeName: String { String(path[(path.lastIndex(of: "{") ?? path.startIndex)...].dropFirst().dropLast()) }
    }

    /// A place in the tree, and what the path put into the holes on the way there.
    struct Match {
        var node: Node
        var captured: [(name: String, value: String)]
    }

    /// The bounds on what a server may send as its schema; PVE 9.1 has 435 paths.
    enum Bound {
        static let bytes = 32 << 20
        static let paths = 20_000
        static let depth = 32
    }

    init(cluster: String, version: String) {
        self.cluster = cluster
        self.version = version
    }

    /// How many methods it holds.
    public var methodCount: Int { nodes.reduce(0) { $0 + $1.methods.count } }

    /// Every path that has methods, sorted.
    public var paths: [String] { nodes.filter { !$0.methods.isEmpty }.map(\.path).sorted() }

    mutating func add(path: String, methods: [String: String]) throws(Failure) {
        let segments = path.split(separator: "/").map(String.init)
        guard segments.count <= Bound.depth else { throw .schema("a path has more than \(Bound.depth) segments") }
        var place = 0
        for segment in segments {
            let known =
                nodes[place].words[segment] ?? nodes[place].holes.first { nodes[$0].path.hasSuffix("/" + segment) }
            if let known {
                place = known
                continue
            }
            guard nodes.count < Bound.paths else { throw .schema("it has more than \(Bound.paths) paths") }
            nodes.append(Node(path: nodes[place].path + "/" + segment))
            let isHole = segment.hasPrefix("{") && segment.hasSuffix("}")
            if isHole {
                nodes[place].holes.append(nodes.count - 1)
            } else {
                nodes[place].words[segment] = nodes.count - 1
            }
            place = nodes.count - 1
        }
        nodes[place].methods.merge(methods) { $1 }
    }

    // MARK: - Looking up

    /// Where a path leads; nil where the API has no such path.
    func find(_ segments: [String]) -> Match? { walk(0, segments[...], []) }

    private func walk(
        _ place: Int, _ rest: ArraySlice<String>, _ captured: [(name: String, value: String)]
    ) -> Match? {
        let node = nodes[place]
        guard let segment = rest.first else { return Match(node: node, captured: captured) }
        if let word = node.words[segment], let match = walk(word, rest.dropFirst(), captured) { return match }
        for hole in node.holes {
            let name = nodes[hole].holeName
            // Volumes and CIDRs hold slashes (fragmentDelimiter in PVE's sources); which names do the schema does not tell.
            if nodes[hole].isLeaf {
                return Match(node: nodes[hole], captured: captured + [(name, rest.joined(separator: "/"))])
            }
            if let match = walk(hole, rest.dropFirst(), captured + [(name, segment)]) { return match }
        }
        return nil
    }

    /// How far a path leads: the last place that there is, and how many segments led to it.
    func deepest(_ segments: [String]) -> (node: Node, count: Int) {
        for count in stride(from: min(segments.count, Bound.depth), through: 0, by: -1) {
            if let match = find(Array(segments.prefix(count))) { return (match.node, count) }
        }
        return (nodes[0], 0)
    }

    /// The method of a path, written as a call has it (`/nodes/pve1/qemu`) or as the schema has it (`/nodes/{node}/qemu`).
    public func method(_ method: String, path: [String]) -> SchemaMethod? {
        guard let node = find(path)?.node, let text = node.methods[method] else { return nil }
        return SchemaMethod(name: method, path: node.path, text: text)
    }

    /// All methods of a path, in the order GET, POST, PUT, DELETE.
    public func methods(path: [String]) -> [SchemaMethod] {
        ["GET", "POST", "PUT", "DELETE"].compactMap { method($0, path: path) }
    }

    /// What may follow a path: words first, then holes such as `{vmid}`; nil where there is no such path.
    public func children(path: [String]) -> [String]? {
        guard let node = find(path)?.node else { return nil }
        return node.words.keys.sorted() + node.holes.map { "{\(nodes[$0].holeName)}" }
    }
}

extension Failure {
    /// A schema that cannot be used.
    static func schema(_ text: String) -> Failure {
        Failure(.server, "this is no API schema: \(text)", hint: "is the address that of a Proxmox server?")
    }
}
