// SPDX-License-Identifier: Apache-2.0
public import Model

/// Says what a call does, from its method, path and parameters alone; what a script claims plays no part.
public enum ActionClassifier {
    /// Every action there is.
    public static let vocabulary: Set<Action> = {
        var result = ParameterRules.vocabulary.union(VolumeRules.vocabulary).union(ReadTable.areas)
        result.insert(.unknown)
        for row in ClassificationTable.rows + ReadTable.rows { result.formUnion(row.actions) }
        return result
    }()

    /// The actions of a call; never empty, and ``Action/unknown`` for a call that nobody has classified.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST`, `PUT` or `DELETE`; any other is unknown.
    ///   - path: The segments below `/api2/json`, percent-decoded. A slash inside one separates, as it does in Proxmox.
    ///   - parameters: Names and values as they are sent; a name may stand more than once.
    public static func actions(
        method: String, path: [String], parameters: [(name: String, value: String)]
    ) -> Set<Action> {
        // PVE::RESTHandler splits the decoded path at runs of slashes, so `101%2Fstatus%2Fstop` reaches the same method.
        let path = path.flatMap { $0.split(separator: "/").map(String.init) }
        guard !path.contains(where: isOdd) else { return [.unknown] }
        if method == "GET" { return ReadTable.actions(path) }
        guard let row = ClassificationTable.rows.first(where: { $0.pattern.matches(method, path) }) else {
            return [.unknown]
        }
        let parameters = CallParameters(all: parameters)
        let base = row.actions.isEmpty ? VolumeRules.actions(method, path, parameters) : row.actions
        return base.union(ParameterRules.actions(base, path, parameters))
    }

    /// The actions of a call whose parameters each stand once.
    public static func actions(
        method: String, path: [String], parameters: [String: String] = [:]
    ) -> Set<Action> {
        actions(method: method, path: path, parameters: parameters.map { (name: $0.key, value: $0.value) })
    }

    /// Segments that a proxy or a client might rewrite, which would make the call another one than was judged.
    private static func isOdd(_ segment: String) -> Bool {
        segment == "." || segment == ".." || segment.utf8.contains { $0 < 0x20 || $0 == 0x7f }
    }
}
