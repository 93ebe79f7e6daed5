// SPDX-License-Identifier: Apache-2.0
internal import LuaSource

/// Which text loads which, as soon as it runs; finds those that end up loading themselves.
struct ModuleGraph {
    /// A `require` that runs with the text it stands in.
    struct Edge {
        var target: Int
        /// The name that is required.
        var name: String
        var range: Range<Int>
    }

    var edges: [[Edge]] = []

    /// The edges that close a loop, by the text they stand in, and the names on the way round.
    func loops() -> [(text: Int, edge: Edge, way: [String])] {
        var result: [(text: Int, edge: Edge, way: [String])] = []
        var isDone = [Bool](repeating: false, count: edges.count)
        var depth = [Int?](repeating: nil, count: edges.count)
        for root in edges.indices where !isDone[root] {
            // The way from the root, each text with the next of its edges to be looked at.
            var way: [(text: Int, next: Int, name: String)] = [(root, 0, "")]
            depth[root] = 0
            while let (text, next, _) = way.last {
                guard next < edges[text].count else {
                    way.removeLast()
                    depth[text] = nil
                    isDone[text] = true
                    continue
                }
                way[way.count - 1].next += 1
                let edge = edges[text][next]
                if let start = depth[edge.target] {
                    result.append((text, edge, way.dropFirst(start + 1).map(\.name) + [edge.name]))
                } else if !isDone[edge.target] {
                    depth[edge.target] = way.count
                    way.append((edge.target, 0, edge.name))
                }
            }
        }
        return result
    }
}
