// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Where backups lie: each storage that holds some, with the nodes that can reach it now.
struct BackupPlaces: Sendable {
    /// One storage to be asked, through one of some nodes that all see the same.
    struct Place: Sendable {
        let storage: StorageID
        let isShared: Bool
        /// The nodes to ask, the likeliest first; the first that answers will do.
        let nodes: [NodeName]
    }

    let places: [Place]
    /// Storages, or storages on nodes, that nobody can look at now; in words.
    let unreachable: [String]

    /// - Parameters:
    ///   - storage: The one that is meant; nil for all.
    ///   - node: The node through which to look; nil for all.
    ///   - field: The option that named the storage, for the refusal.
    static func read(
        _ call: OperationCall, storage: String? = nil, node: NodeName? = nil, field: String = "options.storage"
    ) async throws(Failure) -> BackupPlaces {
        let all = try await call.resources(.storage)
        let holding = all.filter { ($0.members["content"]?.perlText ?? "").split(separator: ",").contains("backup") }
        if let storage, !holding.contains(where: { $0.storage == storage }) {
            throw refusal(storage, field, all, holding)
        }
        let wanted = holding.filter { row in
            (storage == nil || row.storage == storage) && (node == nil || row.node == node)
        }
        if let node, wanted.isEmpty, !all.contains(where: { $0.node == node }) {
            let names = Set(all.compactMap { $0.node?.rawValue }).sorted()
            throw .parameter(
                "options.node", "names the node \(node), which has no storage that anybody told of",
                hint: "the nodes are " + names.joined(separator: ", "))
        }
        return BackupPlaces(rows: wanted)
    }

    private init(rows: [ClusterResource]) {
        var places: [Place] = []
        var unreachable: [String] = []
        let groups = Dictionary(grouping: rows) { $0.storage ?? "" }
        for (name, rows) in groups.sorted(by: { $0.key < $1.key }) {
            guard let storage = StorageID(name) else { continue }
            let sorted = rows.sorted { ($0.node?.rawValue ?? "") < ($1.node?.rawValue ?? "") }
            let reachable = sorted.filter { $0.status == "available" }.compactMap(\.node)
            if rows.contains(where: { $0.members["shared"]?.perlBool ?? false }) {
                if reachable.isEmpty { unreachable.append("\(name) (on no node)") }
                if !reachable.isEmpty { places.append(Place(storage: storage, isShared: true, nodes: reachable)) }
            } else {
                places += reachable.map { Place(storage: storage, isShared: false, nodes: [$0]) }
                unreachable += sorted.filter { $0.status != "available" }.map {
                    "\(name) on \($0.node?.rawValue ?? "?")"
                }
            }
        }
        self.places = places
        self.unreachable = unreachable
    }

    private static func refusal(
        _ storage: String, _ field: String, _ all: [ClusterResource], _ holding: [ClusterResource]
    ) -> Failure {
        let fitting = Set(holding.compactMap(\.storage)).sorted()
        let isThere = all.contains { $0.storage == storage }
        let hint = isThere ? nil : Spelling.suggestion(for: storage, among: fitting)
        return .parameter(
            field,
            isThere
                ? "names the storage \(storage), which holds no backups"
                : "names the storage \(storage), which is unknown",
            hint: hint
                ?? (fitting.isEmpty ? "no storage holds backups" : "backups lie on " + fitting.joined(separator: ", ")))
    }

    /// Does something at each place through the first node that answers, and tells where none did.
    func each<Answer: Sendable>(
        _ body: (Place, NodeName) async throws(Failure) -> Answer
    ) async throws(Failure) -> (answers: [Answer], unreachable: [String]) {
        var answers: [Answer] = []
        var missing = unreachable
        for place in places {
            var trouble: Failure?
            for node in place.nodes {
                do throws(Failure) {
                    answers.append(try await body(place, node))
                    trouble = nil
                    break
                } catch {
                    guard [.storageUnavailable, .nodeUnreachable, .server, .permission].contains(error.kind) else {
                        throw error
                    }
                    trouble = error
                }
            }
            if let trouble {
                let whereabouts = place.isShared ? "" : " on \(place.nodes.first?.rawValue ?? "?")"
                missing.append("\(place.storage)\(whereabouts) (\(TextExcerpt.of(trouble.message)))")
            }
        }
        return (answers, missing)
    }
}
