// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Wire

extension ArgumentChecker {
    /// The name of a storage or a volume, or a size, as text.
    static func name(_ value: PackedValue, _ type: ParameterType, path: String) throws(Failure) -> String {
        let (text, isRight, hint): (String?, Bool, String?)
        switch type {
        case .storage:
            text = (value["storage"] ?? value).text
            (isRight, hint) = (text.flatMap(StorageID.init) != nil, "pve.list_storages() tells which there are")
        case .volume:
            text = (value["volid"] ?? value).text
            (isRight, hint) = (text.flatMap(VolumeID.init) != nil, "STORAGE:NAME, as content lists show it")
        case .pool:
            text = (value["pool"] ?? value).text
            (isRight, hint) = (text.flatMap(PoolID.init) != nil, "pve.pools() tells which there are")
        default:
            text = value.text
            (isRight, hint) = (text.flatMap(DiskSize.init) != nil, "a number and K, M, G or T; disks only grow")
        }
        guard let text, isRight else {
            throw .parameter(path, "must be \(type.description), not \(value.shortDescription)", hint: hint)
        }
        return text
    }

    /// Guests as an operation made of others takes them: one, a list, or filters.
    static func guests(_ value: PackedValue, path: String) throws(Failure) -> JSONValue {
        if let elements = value.elements, !elements.isEmpty {
            for (index, element) in elements.enumerated() {
                _ = try check(element, .guest, path: "\(path)[\(index + 1)]")
            }
            return .null
        }
        if case .map(let pairs) = value, !pairs.contains(where: { $0.key == "vmid" }) {
            _ = try options(value, InventoryFilters.parameters, path: path, type: .guests)
            return .null
        }
        if value.elements?.isEmpty == true { return .null }
        do throws(Failure) {
            _ = try check(value, .guest, path: path)
        } catch {
            throw .parameter(path, "must be \(ParameterType.guests.description), not \(value.shortDescription)")
        }
        return .null
    }
}
