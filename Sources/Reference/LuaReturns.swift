// SPDX-License-Identifier: Apache-2.0

/// What operations return, in the words of the annotations.
enum LuaReturns {
    /// The type of what an operation returns; `any` where no class tells more than its sentence does.
    static let types: [String: String] = [
        "list_vms": "pve.GuestRecord[]", "find": "pve.GuestRecord[]", "select": "pve.GuestRecord[]", "vm": "pve.Guest",
        "wait_guest": "pve.Guest", "version": "pve.Version", "list_nodes": "pve.NodeRecord[]", "node": "pve.Node",
        "cluster_status": "pve.ClusterStatus", "ha": "pve.HighAvailability", "permissions": "pve.Permissions",
        "pools": "pve.Pool[]",
        "pool": "pve.Pool", "list_storages": "pve.StorageRecord[]", "storage": "pve.Storage",
        "content": "pve.Volume[]", "isos": "pve.Volume[]", "container_templates": "pve.Volume[]",
        "poll": "pve.TaskEnd", "tasks": "pve.Task[]", "task": "pve.Task", "task_log": "string[]",
        "snapshots": "pve.Snapshot[]", "snapshot_tree": "string", "snapshot_all": "pve.SnapshotOfGuest[]",
        "retention": "pve.Retention",
        "snapshot_prune": "pve.PrunedSnapshot[]", "backups": "pve.Backup[]", "storage_backups": "pve.Backup[]",
        "newest_backups": "pve.NewestBackup[]", "backup_age": "integer?, pve.Backup?",
        "backup_prune": "pve.PrunedBackup[]",
        "migrate_check": "pve.MigrationCheck", "evacuate": "pve.Evacuation", "return_guests": "pve.Evacuation",
        "move_guests": "pve.Moves",
        "placement": "pve.Placement", "templates": "pve.Template[]", "template_show": "table",
        "config": "table<string, any>",
        "agent_ping": "pve.AgentAnswer", "agent_info": "pve.AgentInfo", "agent_fs": "pve.FileSystem[]",
        "agent_addresses": "pve.Address[]",
        "agent_read": "pve.GuestFile", "console": "pve.Console", "node_console": "pve.Console",
        "rolling": "pve.Rolled[]", "report": "string",
        "wait": "any", "wait_until": "any", "api.get": "any", "cluster": "pve", "log": "nil", "fail": "nil",
        "sleep": "nil", "now": "number", "table": "nil",
    ]

    /// The type of what an operation returns: changes give a result unless they are told of above.
    static func type(of name: String, isChange: Bool) -> String { types[name] ?? (isChange ? "pve.Result" : "any") }
}
