// SPDX-License-Identifier: Apache-2.0

/// A kind of table that operations return, as the annotations for editors name it.
struct LuaRecord {
    /// The class: `pve.Guest`.
    let name: String
    /// The class whose fields it has as well; empty for none.
    let parent: String
    let summary: String
    /// Names, a question mark where a field may be missing, and types.
    let fields: [(name: String, isOptional: Bool, type: String)]

    /// The record of some lines: `name : parent | summary`, then fields such as `vmid:integer name?:string`.
    init?(_ lines: [Substring]) {
        let parts = lines.first?.split(separator: " | ", maxSplits: 1).map(String.init) ?? []
        guard let head = parts.first?.split(separator: " : ").map(String.init), let name = head.first else {
            return nil
        }
        self.name = name
        parent = head.dropFirst().first ?? ""
        summary = parts.last ?? ""
        fields = lines.dropFirst().flatMap { $0.split(separator: " ") }.compactMap { field in
            guard let colon = field.firstIndex(of: ":") else { return nil }
            let key = field[..<colon]
            return (
                String(key.hasSuffix("?") ? key.dropLast() : key), key.hasSuffix("?"),
                String(field[field.index(after: colon)...])
            )
        }
    }

    /// All of them; a test holds them against values of the embedded cluster.
    static let all = text.split(separator: "\n").reduce(into: [[Substring]]()) { records, line in
        if line.hasPrefix(" "), let last = records.popLast() {
            records.append(last + [line])
        } else {
            records.append([line])
        }
    }.compactMap { LuaRecord($0) }

    private static let text = """
        pve.GuestRecord | A guest, as pve.list_vms tells of it.
          vmid:integer name?:string node:string kind:pve.GuestKind status:string template:boolean tags:string[]
          pool?:string cluster?:string cpu?:number maxcpu?:integer mem?:integer maxmem?:integer disk?:integer
          maxdisk?:integer diskread?:integer diskwrite?:integer netin?:integer netout?:integer uptime?:integer
          matched?:string last_status?:string note?:string
        pve.Guest : pve.GuestRecord | A guest with methods, as pve.vm gives it.
          cpus?:number digest?:string protected?:boolean uuid?:string lock?:string
        pve.NodeRecord | A node, as pve.list_nodes tells of it.
          node:string status:string cluster?:string cpu?:number maxcpu?:integer mem?:integer maxmem?:integer
          disk?:integer maxdisk?:integer uptime?:integer guest_count:integer running_count:integer
        pve.Node : pve.NodeRecord | A node with methods, as pve.node gives it.
          load?:number[] cpumodel?:string sockets?:integer cores?:integer kernel?:string pveversion?:string
          memory?:pve.Usage swap?:pve.Usage rootfs?:pve.Usage iowait?:number subscription?:string
        pve.Usage | How much of something is in use, in bytes.
          total:integer used:integer free:integer avail?:integer
        pve.StorageRecord | A storage, as pve.list_storages tells of it.
          storage:string type?:string status:string shared:boolean content:string[] nodes:string[] disk?:integer
          maxdisk?:integer usage?:table[] cluster?:string
        pve.Storage : pve.StorageRecord | A storage with methods, as pve.storage gives it.
        pve.Volume | Something that lies on a storage.
          volid:string name:string storage:string node?:string type:string format?:string size?:integer
          created?:integer vmid?:integer notes?:string protected?:boolean cluster?:string
        pve.Backup | A backup of a guest; time in seconds since 1970, age in seconds.
          volid:string vmid:integer kind:pve.GuestKind time:integer age:integer size?:integer format?:string
          protected:boolean notes?:string storage:string node?:string shared?:boolean verification?:string
          encrypted?:boolean cluster?:string
        pve.NewestBackup | The newest backup of a guest, where there is one.
          vmid:integer name?:string node?:string count:integer backup?:pve.Backup age?:integer complete:boolean
        pve.Snapshot | A snapshot in the tree of a guest's snapshots.
          name:string description?:string time?:integer vmstate?:boolean parent?:string children:string[]
          depth:integer current:boolean incomplete?:boolean
        pve.Task | A task; times in seconds since 1970.
          upid:string node:string type:string id?:string vmid?:integer user:string started:integer ended?:integer
          status:string exitstatus?:string duration?:number log?:string[] cluster?:string
        pve.Pool | A pool and what is in it.
          pool:string comment?:string guests?:pve.GuestRecord[] storages?:string[] pools?:string[] cluster?:string
        pve.Version | The versions of the cluster, of pvelua and of Lua.
          version:string release:string repoid:string pvelua:string lua:string
        pve.ClusterStatus | Whether the cluster has quorum, and its nodes.
          name?:string quorate:boolean online:integer total:integer votes?:integer needed?:integer
          ha_master?:string nodes:table[]
        pve.Result | What came of a change.
          changed:boolean action?:string status?:string vmid?:integer node?:string name?:string upid?:string
          warnings?:integer verified?:boolean cluster?:string volid?:string size?:integer pool?:string
          tags?:string[] disk?:string digest?:string protected?:boolean data?:any exitcode?:integer
          signal?:integer out?:string err?:string truncated?:boolean pid?:integer path?:string steps?:string[]
          added?:any[] removed?:any[] pending?:any destroyed?:string[] backup?:any kind?:string time?:integer
          age?:integer format?:string notes?:string storage?:string shared?:boolean source?:any full?:boolean
          from?:string volume?:string unused?:string exitstatus?:string log?:string[]
        pve.Error | An error of pvelua, as pcall gives it.
          kind:pve.ErrorKind message:string hint?:string status?:integer raw?:string action?:string
          cluster?:string vmid?:integer node?:string upid?:string log?:string[] errors?:pve.Error[]
          failed?:integer[]
        pve.TaskEnd | How a task ended, as pve.poll gives it.
          status:string exitstatus:string upid:string node?:string warnings?:integer log?:string[] cluster?:string
        pve.HighAvailability | What high availability looks after.
          quorate?:boolean master?:string status?:string nodes:table[] resources:pve.HAResource[] groups?:any[]
          rules?:any[]
        pve.HAResource | A resource of high availability.
          sid:string vmid?:integer kind?:pve.GuestKind node?:string state?:string request?:string group?:string
        pve.Permissions | What this identity may do.
          identity:string path?:string privileges:table operations?:pve.Permission[]
        pve.Permission | Whether an operation may be called, and where.
          operation:string may:string where?:string
        pve.SnapshotOfGuest | What came of a guest's snapshot.
          vmid:integer name?:string ok:boolean snapshot?:string result?:pve.Result error?:any
        pve.PrunedSnapshot | A snapshot that stays or goes; time in seconds since 1970.
          vmid:integer guest?:string name:string time?:integer action:string reason?:string
        pve.PrunedBackup | A backup that stays or goes; time in seconds since 1970.
          volid:string vmid:integer kind?:pve.GuestKind time?:integer storage?:string node?:string action:string
        pve.Retention | What to keep of some dated things.
          kept:pve.Kept[] removed:table[]
        pve.Kept | Something that is kept, and why.
          item:table reason:string
        pve.MigrationCheck | Whether a guest could move, and what stands in the way; nodes by name where no target is given.
          vmid:integer name?:string node:string kind:pve.GuestKind status:string running:boolean memory?:integer
          local_disks:table[] local_resources:any[] snapshots:any[] lock?:string ha?:table allowed?:boolean
          reasons?:table[] target?:table nodes?:table<string,table>
        pve.Evacuation | Which guests go where, and which stay.
          node?:string moves:pve.Move[] stayed:pve.Stayed[] unmovable?:integer failed?:table[] preview?:boolean
        pve.Moves | Which guests were moved where.
          moves:pve.Move[] failed?:table[]
        pve.Move | A guest on its way.
          vmid:integer name?:string from?:string to:string node?:string status?:string upid?:string options?:table
        pve.Stayed | A guest that stays, and why.
          vmid:integer name?:string node?:string reasons:string[]
        pve.Placement | Where guests would go.
          moves:pve.Move[] unplaced:pve.Unplaced[] nodes:table[]
        pve.Unplaced | A guest that no node has room for.
          vmid:integer reasons:string[]
        pve.Rolled | What came of a guest in its turn.
          vmid:integer name?:string node?:string outcome:string seconds?:number problem?:string
        pve.AgentAnswer | Whether a guest's agent answers.
          vmid:integer answers:boolean reason?:string hint?:string
        pve.AgentInfo | What a guest's agent tells of its system.
          vmid:integer agent?:string commands?:string[] hostname?:string os?:table time?:number users?:any[]
        pve.FileSystem | A file system in a guest, in bytes.
          mountpoint:string device?:string type?:string total?:integer used?:integer disks?:string[]
        pve.Address | An address of a guest.
          interface:string address:string family:string prefix?:integer mac?:string scope?:string
        pve.GuestFile | A file of a guest; base64 holds what is no text.
          vmid:integer path:string content?:string base64?:string size:integer truncated:boolean
        pve.Console | Where a console is to be opened.
          url:string vmid?:integer node:string needs:string
        pve.Template | A template that guests are created from.
          name:string kind?:string summary?:string file?:string error?:string
        pve.Block | A function that runs beside others, as pve.spawn gives it.
        """
}
