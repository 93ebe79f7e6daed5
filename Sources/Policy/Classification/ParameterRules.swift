// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the parameters of a call add to the actions of its endpoint.
enum ParameterRules {
    /// Every action that a rule below can add.
    static let vocabulary: Set<Action> = [
        "backup.restore", "backup.restore.overwrite", "guest.unprotect", "guest.destroy.purge", "guest.destroy",
        "disk.destroy", "guest.args", "guest.hookscript", "guest.passthrough", "guest.force", "guest.start",
        "guest.stop", "guest.shutdown", "guest.suspend", "guest.config", "backup.delete", "backup.hookscript",
        "guest.template", "task.stop", "guest.privileged", "guest.credentials", "disk.move", "ha.config",
    ]

    static func actions(_ base: Set<Action>, _ path: [String], _ parameters: CallParameters) -> Set<Action> {
        var result: Set<Action> = []
        for action in base {
            switch action {
            case "guest.create":
                result.formUnion(creation(path, parameters).union(configuration(parameters)))
            case "guest.config":
                result.formUnion(configuration(parameters))
                if parameters.all.contains(where: { ConfigKey.isCredential($0.name) }) {
                    result.insert("guest.credentials")
                }
            case "guest.migrate", "disk.move", "guest.destroy", "guest.stop", "guest.shutdown", "snapshot.rollback":
                result.formUnion(flags(of: action, parameters))
            case "backup.create", "backup.job": result.formUnion(backup(parameters))
            case "ha.config":
                if parameters.has("state") { result.formUnion(["guest.start", "guest.shutdown"]) }
                // A resource that is added or whose state is forgotten is to be started: that is its default.
                if path.count == 3 || parameters.list("delete").contains("state") { result.insert("guest.start") }
            default: break
            }
        }
        // A restore's `force` is its own, stricter action; everywhere else it means: over Proxmox's objection.
        let isForced = parameters.isOn("force") && !result.contains("backup.restore")
        if path.first == "nodes", isForced || parameters.isOn("skiplock") { result.insert("guest.force") }
        return result
    }

    private static func creation(_ path: [String], _ parameters: CallParameters) -> Set<Action> {
        var result: Set<Action> = []
        // A template may be given as any archive: a backup, a file of the host, standard input.
        let isArchive = parameters.values("ostemplate").contains {
            $0.contains(":backup/") || $0.hasPrefix("/") || $0 == "-"
        }
        if isArchive { result.insert("backup.restore") }
        if parameters.isOn("ha-managed") { result.formUnion(["ha.config", "guest.start"]) }
        // Without a word Proxmox makes a container whose root is the host's; a backup says itself what it was.
        if path.last == "lxc", !parameters.isOn("restore"), !parameters.has("unprivileged") {
            result.insert("guest.privileged")
        }
        if parameters.has("archive") || parameters.isOn("restore") { result.insert("backup.restore") }
        if parameters.isOn("force") { result.insert("backup.restore.overwrite") }
        if parameters.isOn("start") || parameters.isOn("live-restore") { result.insert("guest.start") }
        return result
    }

    private static func configuration(_ parameters: CallParameters) -> Set<Action> {
        var result: Set<Action> = []
        let deleted = parameters.list("delete")
        if deleted.contains(where: ConfigKey.isDisk) { result.insert("disk.destroy") }
        if parameters.isOff("protection") || deleted.contains("protection")
            || parameters.list("revert").contains("protection")
        {
            result.insert("guest.unprotect")
        }
        // `template` is an option like any other: setting it makes a template of a guest.
        if parameters.isOn("template") { result.insert("guest.template") }
        // A lock is the sign of work under way: putting one or taking one away goes over Proxmox's head.
        if parameters.has("lock") || (deleted + parameters.list("revert")).contains("lock") {
            result.insert("guest.force")
        }
        if parameters.isOff("unprivileged") || deleted.contains("unprivileged")
            || parameters.values("features").contains(where: ConfigKey.isPrivilege)
        {
            result.insert("guest.privileged")
        }
        for (name, value) in parameters.all {
            if name == "args" { result.insert("guest.args") }
            if name == "hookscript" { result.insert("guest.hookscript") }
            if ConfigKey.isHostDevice(name), !ConfigKey.isConsole(name, value) { result.insert("guest.passthrough") }
            if ConfigKey.isDisk(name), ConfigKey.isHostPath(value) { result.insert("guest.passthrough") }
        }
        return result
    }

    private static func flags(of action: Action, _ parameters: CallParameters) -> Set<Action> {
        var result: Set<Action> = []
        switch action {
        case "guest.destroy":
            if parameters.isOn("purge") { result.insert("guest.destroy.purge") }
            if parameters.isOn("destroy-unreferenced-disks") { result.insert("disk.destroy") }
        case "guest.stop":
            // Ends the shutdown that somebody else has asked for.
            if parameters.isOn("overrule-shutdown") { result.insert("task.stop") }
        case "guest.shutdown":
            if parameters.isOn("forceStop") { result.insert("guest.stop") }
        case "guest.migrate":
            // Containers cannot move while they run: `restart` shuts them down first.
            if parameters.isOn("restart") { result.insert("guest.shutdown") }
            if parameters.isOn("delete") { result.insert("guest.destroy") }
            if parameters.has("targetstorage") || parameters.has("target-storage") { result.insert("disk.move") }
        case "disk.move":
            if parameters.isOn("delete") { result.insert("disk.destroy") }
            if parameters.has("target-vmid") { result.insert("guest.config") }
        case "snapshot.rollback":
            if parameters.isOn("start") { result.insert("guest.start") }
        default: break
        }
        return result
    }

    private static func backup(_ parameters: CallParameters) -> Set<Action> {
        var result: Set<Action> = []
        if parameters.has("prune-backups") || parameters.has("maxfiles") || parameters.isOn("remove") {
            result.insert("backup.delete")
        }
        // Ends the backups that run on the node, whoever began them.
        if parameters.isOn("stop") { result.insert("task.stop") }
        if parameters.has("script") { result.insert("backup.hookscript") }
        if parameters.values("mode").contains("stop") { result.insert("guest.shutdown") }
        if parameters.values("mode").contains("suspend") { result.insert("guest.suspend") }
        return result
    }
}
