// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What a change to a volume of a storage is: that depends on what the volume holds.
enum VolumeRules {
    static let vocabulary: Set<Action> = [
        "backup.delete", "backup.config", "backup.unprotect", "storage.content.delete", "storage.content.config",
        "disk.destroy",
    ]

    static func actions(_ method: String, _ path: [String], _ parameters: CallParameters) -> Set<Action> {
        // nodes / NODE / storage / ID / content / VOLUME…; the volume may carry its storage's name.
        let whole = path.dropFirst(5).joined(separator: "/")
        // A storage's name holds no slash: the colons of a backup server's times belong to the volume.
        let colon = whole.firstIndex { $0 == ":" || $0 == "/" }.flatMap { whole[$0] == ":" ? $0 : nil }
        let volume = colon.map { whole[whole.index(after: $0)...] } ?? whole[...]
        let isBackup = volume.hasPrefix("backup/")
        if method == "PUT" {
            guard isBackup else { return ["storage.content.config"] }
            return parameters.isOff("protected") ? ["backup.config", "backup.unprotect"] : ["backup.config"]
        }
        if isBackup { return ["backup.delete"] }
        // What is not known to be a file of these kinds may be a guest's disk.
        let isFile = ["iso/", "vztmpl/", "snippets/", "import/"].contains { volume.hasPrefix($0) }
        return isFile ? ["storage.content.delete"] : ["storage.content.delete", "disk.destroy"]
    }
}
