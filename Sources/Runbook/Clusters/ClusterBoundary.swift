// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Wire

/// Keeps what belongs to one cluster from being taken for what has the same number in another.
///
/// What comes through `pve.cluster("lab2")` says so in a field `cluster`; what comes from the run's own cluster has none. This
/// guards against mistakes: a script that means to can write any vmid.
enum ClusterBoundary {
    /// Refuses a guest or task that belongs to another cluster than the one called.
    static func check(
        _ values: [PackedValue], for operation: Operation, in environment: RunEnvironment
    ) throws(Failure) {
        for (value, parameter) in zip(ArgumentChecker.shifted(values, for: operation), operation.parameters) {
            try check(value, parameter.type, path: parameter.name, environment)
        }
    }

    private static func check(
        _ value: PackedValue, _ type: ParameterType, path: String, _ environment: RunEnvironment
    ) throws(Failure) {
        switch type {
        case .guests:
            for (index, item) in (value.elements ?? [value]).enumerated() where item["vmid"] != nil {
                try check(item, .guest, path: value.elements == nil ? path : "\(path)[\(index + 1)]", environment)
            }
        case .guest, .guestOrName, .task, .node, .storage, .volume, .pool:
            guard case .map = value else { return }
            let home = environment.clusterName
            let origin: String
            switch value["cluster"] {
            case nil, .null?: origin = environment.ownCluster
            case let found?:
                guard let text = found.text else {
                    throw .parameter("\(path).cluster", "must be a cluster's name, not \(found.shortDescription)")
                }
                origin = text
            }
            guard origin != home else { return }
            let number = type.ownName
            throw .parameter(
                path, "belongs to cluster \"\(TextExcerpt.of(origin))\", and this is a function of \"\(home)\"",
                hint: "call it with the functions of its own cluster, or pass \(number) if \"\(home)\" is meant")
        case .list(let element):
            for (index, item) in (value.elements ?? []).enumerated() {
                try check(item, element, path: "\(path)[\(index + 1)]", environment)
            }
        case .options(let parameters):
            for parameter in parameters {
                guard let item = value[parameter.name] else { continue }
                try check(item, parameter.type, path: "\(path).\(parameter.name)", environment)
            }
        default: return
        }
    }

    /// The answer with its cluster's name on every record; data of the raw API stays as it came.
    static func marked(_ answer: JSONValue, by operation: Operation, in environment: RunEnvironment) -> JSONValue {
        let isRaw = operation.reach == .read && operation.name.hasPrefix("api.")
        guard !environment.isOnOwnCluster, operation.reach != .local, !isRaw else {
            return answer
        }
        func mark(_ value: JSONValue) -> JSONValue {
            guard case .object(var object) = value else { return value }
            object["cluster"] = .string(environment.clusterName)
            return .object(object)
        }
        if case .array(let elements) = answer { return .array(elements.map(mark)) }
        return mark(answer)
    }
}

extension ParameterType {
    /// What names such a thing without saying which cluster it is of.
    fileprivate var ownName: String {
        switch self {
        case .guest, .guestOrName: "its vmid"
        case .task: "its upid"
        default: "its name"
        }
    }
}
