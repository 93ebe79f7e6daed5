// SPDX-License-Identifier: Apache-2.0

/// Which storages a call names, told from what the server will go by: path and parameters.
public enum CallStorages {
    /// Every storage that the call names, sorted; nil where it is about storages that it does not name.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST`, `PUT` or `DELETE`.
    ///   - path: The segments below `/api2/json`, percent-decoded.
    ///   - parameters: Names and values as they are sent; a name may stand more than once.
    public static func named(
        method: String, path: [String], parameters: [(name: String, value: String)]
    ) -> [String]? {
        let path = path.flatMap { $0.split(separator: "/").map(String.init) }
        let parameters = CallParameters(all: parameters)
        guard method == "GET" || !leavesItOpen(path, parameters) else { return nil }
        var result: Set<String> = []
        if path.count > 3, path[0] == "nodes", path[2] == "storage" { result.insert(path[3]) }
        if path.count > 1, path[0] == "storage" { result.insert(path[1]) }
        // A volume in the path may carry its storage's name.
        if path.count > 5, path[0] == "nodes", path[2] == "storage", path[4] == "content", let name = prefix(path[5]) {
            result.insert(name)
        }
        for name in ["storage", "vmstatestorage", "import-working-storage"] {
            result.formUnion(parameters.list(name))
        }
        for (name, value) in parameters.all { result.formUnion(storages(name, value)) }
        for name in ["targetstorage", "target-storage"] {
            // `1` keeps each volume on the storage it is on; `here:there` maps one.
            for mapping in parameters.list(name) where mapping != "1" {
                result.formUnion(mapping.split(separator: ":").map(String.init))
            }
        }
        return result.sorted()
    }

    /// Calls that put something on a storage and leave to the server on which: the node's own setting or the guest's disks and
    /// backups say.
    private static func leavesItOpen(_ path: [String], _ parameters: CallParameters) -> Bool {
        guard path.first == "nodes" else {
            return path.starts(with: ["cluster", "backup"]) && !parameters.has("storage")
        }
        if path.count == 3, path[2] == "vzdump" { return !parameters.has("storage") }
        guard path.count > 2, path[2] == "qemu" || path[2] == "lxc" else { return false }
        if path.count == 3 {
            return (parameters.has("archive") || parameters.isOn("restore")) && !parameters.has("storage")
        }
        guard path.count == 5 else { return false }
        return path[4] == "clone" && !parameters.has("storage")
    }

    private static func storages(_ name: String, _ value: String) -> [String] {
        switch name {
        case _ where ConfigKey.isDisk(name):
            return value.split(separator: ",").enumerated().compactMap { index, part in
                guard let equals = part.firstIndex(of: "=") else { return index == 0 ? prefix(String(part)) : nil }
                guard ["file", "volume", "import-from"].contains(part[..<equals]) else { return nil }
                return prefix(String(part[part.index(after: equals)...]))
            }
        case "archive", "ostemplate", "hookscript", "volume", "vmstate", "target":
            return prefix(value).map { [$0] } ?? []
        case "cicustom", "fleecing":
            return value.split(separator: ",").compactMap { part in
                guard let equals = part.firstIndex(of: "=") else { return nil }
                let text = String(part[part.index(after: equals)...])
                return part[..<equals] == "storage" ? text : prefix(text)
            }
        default: return []
        }
    }

    /// What stands before the colon of `local-lvm:vm-1-disk-0`.
    private static func prefix(_ volume: String) -> String? {
        guard let end = volume.firstIndex(where: { $0 == ":" || $0 == "/" || $0 == "=" }), volume[end] == ":",
            end > volume.startIndex
        else { return nil }
        return String(volume[..<end])
    }
}
