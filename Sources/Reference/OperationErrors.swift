// SPDX-License-Identifier: Apache-2.0
public import Model

/// The kinds of error that an operation may end with, as far as its row tells.
public enum OperationErrors {
    /// What whatever reaches the cluster may end with, for reasons that have nothing to do with what was asked.
    public static let anywhere: [ErrorKind] = [
        .auth, .connection, .tls, .nodeUnreachable, .server, .limit, .cancelled,
    ]

    /// What it may end with besides.
    public static func kinds(of operation: Operation) -> [ErrorKind] {
        var kinds: [ErrorKind] = operation.parameters.isEmpty ? [] : [.parameter]
        if operation.reach != .local {
            kinds.append(.permission)
            if operation.parameters.contains(where: { names($0.type) }) { kinds.append(.notFound) }
        }
        if operation.reach == .change {
            kinds += [.policyDenied, .confirmationRequired, .approvalRequired]
            if operation.allNeeds.contains(where: { $0.endpoint.path.contains("{vmid}") }) { kinds.append(.locked) }
            if operation.returns.contains("upid") { kinds += [.taskFailed, .taskTimeout] }
            kinds += [.outcomeUnknown, .inDoubt]
        }
        return kinds + named(in: operation).filter { !kinds.contains($0) }
    }

    /// Whether a value of that type is the name of something that may not be there.
    private static func names(_ type: ParameterType) -> Bool {
        switch type {
        case .node, .guest, .guestOrName, .task, .storage, .pool, .volume, .snapshotName, .apiPath, .guests: true
        case .list(let element): names(element)
        case .options(let options): options.contains { names($0.type) }
        default: false
        }
    }

    /// The kinds that the row's own words name: "an error of kind guest_timeout where it never did".
    private static func named(in operation: Operation) -> [ErrorKind] {
        let words = operation.returns.split { !$0.isLetter && $0 != "_" }.map(String.init)
        let told = zip(words, words.dropFirst()).compactMap { $0 == "kind" ? ErrorKind(rawValue: $1) : nil }
        // pve.fail takes the kind as an option.
        let chosen = operation.parameters.flatMap { parameter -> [String] in
            guard case .options(let options) = parameter.type,
                case .choice(let kinds)? = options.first(where: { $0.name == "kind" })?.type
            else { return [] }
            return kinds
        }
        return told + chosen.compactMap { ErrorKind(rawValue: $0) }
    }
}
