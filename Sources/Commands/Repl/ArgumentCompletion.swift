// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the operation table lets stand at a place in a call.
struct ArgumentCompletion {
    let site: CallSite
    let knowledge: ReplCompletion.Knowledge

    func candidates() -> [String] {
        guard !site.isInExpression, let parameters = Self.parameters(of: site.callee),
            parameters.indices.contains(site.position)
        else { return [] }
        let type = parameters[site.position].type
        guard site.isInTable else { return values(of: type).filter { $0.hasPrefix(site.word) } }
        let options = Self.keys(of: type)
        if let key = site.key {
            guard let option = options.first(where: { $0.name == key }) else { return [] }
            return (values(of: option.type) + live(key, option.type)).filter { $0.hasPrefix(site.word) }
        }
        if case .list(let element) = type { return values(of: element).filter { $0.hasPrefix(site.word) } }
        guard site.quote == nil else { return [] }
        return options.map(\.name).filter { $0.hasPrefix(site.word) }.sorted()
    }

    /// What a function or method takes; nil for what is not in the table.
    static func parameters(of callee: String) -> [Parameter]? {
        if let colon = callee.lastIndex(of: ":") {
            let name = callee[callee.index(after: colon)...]
            for row in OperationTable.all {
                guard let method = row.methods.first(where: { $0.name == name }) else { continue }
                return Array(row.parameters.dropFirst(method.before.count))
            }
            return nil
        }
        guard callee.hasPrefix("pve.") else { return nil }
        return OperationTable.named(String(callee.dropFirst(4)))?.parameters
    }

    private static func keys(of type: ParameterType) -> [Parameter] {
        switch type {
        case .options(let options): return options
        case .guests:
            guard case .options(let filters)? = OperationTable.named("list_vms")?.parameters.first?.type else {
                return []
            }
            return filters
        default: return []
        }
    }

    /// What may stand there, with quotation marks unless one is open already.
    private func values(of type: ParameterType) -> [String] {
        switch type {
        case .node: return quoted(knowledge.inventory().nodes)
        case .storage: return quoted(knowledge.inventory().storages)
        case .pool: return quoted(knowledge.inventory().pools)
        case .guest, .guests: return vmids
        case .guestOrName: return vmids + quoted(knowledge.inventory().guests.map(\.name))
        case .choice(let words), .wordOrFunction(let words): return quoted(words)
        case .flag: return site.quote == nil ? ["false", "true"] : []
        case .snapshotName:
            guard let vmid = site.arguments.lazy.compactMap(Int.init).first else { return [] }
            return quoted(knowledge.snapshots(vmid))
        case .list(let element): return site.quote == nil ? [] : values(of: element)
        default: return []
        }
    }

    /// What guests on the cluster have, for filters that take any text.
    private func live(_ key: String, _ type: ParameterType) -> [String] {
        guard case .text = type else { return [] }
        switch key {
        case "status": return quoted(knowledge.inventory().statuses)
        case "tag": return quoted(knowledge.inventory().tags)
        case "name": return quoted(knowledge.inventory().guests.map(\.name))
        case "pool": return quoted(knowledge.inventory().pools)
        default: return []
        }
    }

    private var vmids: [String] {
        site.quote == nil ? knowledge.inventory().guests.map { "\($0.vmid)" } : []
    }

    private func quoted(_ names: [String]) -> [String] {
        let plain = Set(names).filter(ReplCompletion.isPlain).sorted()
        return site.quote == nil ? plain.map { "\"\($0)\"" } : plain
    }
}
