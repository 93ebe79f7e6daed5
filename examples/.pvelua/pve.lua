---@meta

-- The language of pvelua for the Lua language server; generated: pvelua docs --annotations

---@alias pve.GuestKind "qemu"|"lxc"

---A vmid, or a table with one.
---@alias pve.AnyGuest integer|pve.GuestRecord|{ vmid: integer }

---What went wrong; docs/errors.md tells what to do about each.
---@alias pve.ErrorKind
---| "auth"
---| "permission"
---| "parameter"
---| "not_found"
---| "unsupported"
---| "node_unreachable"
---| "outcome_unknown"
---| "no_quorum"
---| "locked"
---| "busy"
---| "conflict"
---| "protected"
---| "storage_unavailable"
---| "ha_state"
---| "already_in_state"
---| "guest_timeout"
---| "task_failed"
---| "task_timeout"
---| "tls"
---| "connection"
---| "cancelled"
---| "server"
---| "script"
---| "limit"
---| "policy_denied"
---| "confirmation_required"
---| "approval_required"
---| "plan_diverged"
---| "in_doubt"
---| "config"
---| "usage"

---Only guests to which all of these apply.
---@class pve.GuestFilters: pve.list_vms.filters

---A guest, as pve.list_vms tells of it.
---@class pve.GuestRecord
---@field vmid integer
---@field name? string
---@field node string
---@field kind pve.GuestKind
---@field status string
---@field template boolean
---@field tags string[]
---@field pool? string
---@field cluster? string
---@field cpu? number
---@field maxcpu? integer
---@field mem? integer
---@field maxmem? integer
---@field disk? integer
---@field maxdisk? integer
---@field diskread? integer
---@field diskwrite? integer
---@field netin? integer
---@field netout? integer
---@field uptime? integer
---@field matched? string
---@field last_status? string
---@field note? string

---A guest with methods, as pve.vm gives it.
---@class pve.Guest: pve.GuestRecord
---@field cpus? number
---@field digest? string
---@field protected? boolean
---@field uuid? string
---@field lock? string
local Guest = {}

---A node, as pve.list_nodes tells of it.
---@class pve.NodeRecord
---@field node string
---@field status string
---@field cluster? string
---@field cpu? number
---@field maxcpu? integer
---@field mem? integer
---@field maxmem? integer
---@field disk? integer
---@field maxdisk? integer
---@field uptime? integer
---@field guest_count integer
---@field running_count integer

---A node with methods, as pve.node gives it.
---@class pve.Node: pve.NodeRecord
---@field load? number[]
---@field cpumodel? string
---@field sockets? integer
---@field cores? integer
---@field kernel? string
---@field pveversion? string
---@field memory? pve.Usage
---@field swap? pve.Usage
---@field rootfs? pve.Usage
---@field iowait? number
---@field subscription? string
local Node = {}

---How much of something is in use, in bytes.
---@class pve.Usage
---@field total integer
---@field used integer
---@field free integer
---@field avail? integer

---A storage, as pve.list_storages tells of it.
---@class pve.StorageRecord
---@field storage string
---@field type? string
---@field status string
---@field shared boolean
---@field content string[]
---@field nodes string[]
---@field disk? integer
---@field maxdisk? integer
---@field usage? table[]
---@field cluster? string

---A storage with methods, as pve.storage gives it.
---@class pve.Storage: pve.StorageRecord
local Storage = {}

---Something that lies on a storage.
---@class pve.Volume
---@field volid string
---@field name string
---@field storage string
---@field node? string
---@field type string
---@field format? string
---@field size? integer
---@field created? integer
---@field vmid? integer
---@field notes? string
---@field protected? boolean
---@field cluster? string

---A backup of a guest; time in seconds since 1970, age in seconds.
---@class pve.Backup
---@field volid string
---@field vmid integer
---@field kind pve.GuestKind
---@field time integer
---@field age integer
---@field size? integer
---@field format? string
---@field protected boolean
---@field notes? string
---@field storage string
---@field node? string
---@field shared? boolean
---@field verification? string
---@field encrypted? boolean
---@field cluster? string

---The newest backup of a guest, where there is one.
---@class pve.NewestBackup
---@field vmid integer
---@field name? string
---@field node? string
---@field count integer
---@field backup? pve.Backup
---@field age? integer
---@field complete boolean

---A snapshot in the tree of a guest's snapshots.
---@class pve.Snapshot
---@field name string
---@field description? string
---@field time? integer
---@field vmstate? boolean
---@field parent? string
---@field children string[]
---@field depth integer
---@field current boolean
---@field incomplete? boolean

---A task; times in seconds since 1970.
---@class pve.Task
---@field upid string
---@field node string
---@field type string
---@field id? string
---@field vmid? integer
---@field user string
---@field started integer
---@field ended? integer
---@field status string
---@field exitstatus? string
---@field duration? number
---@field log? string[]
---@field cluster? string

---A pool and what is in it.
---@class pve.Pool
---@field pool string
---@field comment? string
---@field guests? pve.GuestRecord[]
---@field storages? string[]
---@field pools? string[]
---@field cluster? string

---The versions of the cluster, of pvelua and of Lua.
---@class pve.Version
---@field version string
---@field release string
---@field repoid string
---@field pvelua string
---@field lua string

---Whether the cluster has quorum, and its nodes.
---@class pve.ClusterStatus
---@field name? string
---@field quorate boolean
---@field online integer
---@field total integer
---@field votes? integer
---@field needed? integer
---@field ha_master? string
---@field nodes table[]

---What came of a change.
---@class pve.Result
---@field changed boolean
---@field action? string
---@field status? string
---@field vmid? integer
---@field node? string
---@field name? string
---@field upid? string
---@field warnings? integer
---@field verified? boolean
---@field cluster? string
---@field volid? string
---@field size? integer
---@field pool? string
---@field tags? string[]
---@field disk? string
---@field digest? string
---@field protected? boolean
---@field data? any
---@field exitcode? integer
---@field signal? integer
---@field out? string
---@field err? string
---@field truncated? boolean
---@field pid? integer
---@field path? string
---@field steps? string[]
---@field added? any[]
---@field removed? any[]
---@field pending? any
---@field destroyed? string[]
---@field backup? any
---@field kind? string
---@field time? integer
---@field age? integer
---@field format? string
---@field notes? string
---@field storage? string
---@field shared? boolean
---@field source? any
---@field full? boolean
---@field from? string
---@field volume? string
---@field unused? string
---@field exitstatus? string
---@field log? string[]

---An error of pvelua, as pcall gives it.
---@class pve.Error
---@field kind pve.ErrorKind
---@field message string
---@field hint? string
---@field status? integer
---@field raw? string
---@field action? string
---@field cluster? string
---@field vmid? integer
---@field node? string
---@field upid? string
---@field log? string[]
---@field errors? pve.Error[]
---@field failed? integer[]

---How a task ended, as pve.poll gives it.
---@class pve.TaskEnd
---@field status string
---@field exitstatus string
---@field upid string
---@field node? string
---@field warnings? integer
---@field log? string[]
---@field cluster? string

---What high availability looks after.
---@class pve.HighAvailability
---@field quorate? boolean
---@field master? string
---@field status? string
---@field nodes table[]
---@field resources pve.HAResource[]
---@field groups? any[]
---@field rules? any[]

---A resource of high availability.
---@class pve.HAResource
---@field sid string
---@field vmid? integer
---@field kind? pve.GuestKind
---@field node? string
---@field state? string
---@field request? string
---@field group? string

---What this identity may do.
---@class pve.Permissions
---@field identity string
---@field path? string
---@field privileges table
---@field operations? pve.Permission[]

---Whether an operation may be called, and where.
---@class pve.Permission
---@field operation string
---@field may string
---@field where? string

---What came of a guest's snapshot.
---@class pve.SnapshotOfGuest
---@field vmid integer
---@field name? string
---@field ok boolean
---@field snapshot? string
---@field result? pve.Result
---@field error? any

---A snapshot that stays or goes; time in seconds since 1970.
---@class pve.PrunedSnapshot
---@field vmid integer
---@field guest? string
---@field name string
---@field time? integer
---@field action string
---@field reason? string

---A backup that stays or goes; time in seconds since 1970.
---@class pve.PrunedBackup
---@field volid string
---@field vmid integer
---@field kind? pve.GuestKind
---@field time? integer
---@field storage? string
---@field node? string
---@field action string

---What to keep of some dated things.
---@class pve.Retention
---@field kept pve.Kept[]
---@field removed table[]

---Something that is kept, and why.
---@class pve.Kept
---@field item table
---@field reason string

---Whether a guest could move, and what stands in the way; nodes by name where no target is given.
---@class pve.MigrationCheck
---@field vmid integer
---@field name? string
---@field node string
---@field kind pve.GuestKind
---@field status string
---@field running boolean
---@field memory? integer
---@field local_disks table[]
---@field local_resources any[]
---@field snapshots any[]
---@field lock? string
---@field ha? table
---@field allowed? boolean
---@field reasons? table[]
---@field target? table
---@field nodes? table<string,table>

---Which guests go where, and which stay.
---@class pve.Evacuation
---@field node? string
---@field moves pve.Move[]
---@field stayed pve.Stayed[]
---@field unmovable? integer
---@field failed? table[]
---@field preview? boolean

---Which guests were moved where.
---@class pve.Moves
---@field moves pve.Move[]
---@field failed? table[]

---A guest on its way.
---@class pve.Move
---@field vmid integer
---@field name? string
---@field from? string
---@field to string
---@field node? string
---@field status? string
---@field upid? string
---@field options? table

---A guest that stays, and why.
---@class pve.Stayed
---@field vmid integer
---@field name? string
---@field node? string
---@field reasons string[]

---Where guests would go.
---@class pve.Placement
---@field moves pve.Move[]
---@field unplaced pve.Unplaced[]
---@field nodes table[]

---A guest that no node has room for.
---@class pve.Unplaced
---@field vmid integer
---@field reasons string[]

---What came of a guest in its turn.
---@class pve.Rolled
---@field vmid integer
---@field name? string
---@field node? string
---@field outcome string
---@field seconds? number
---@field problem? string

---Whether a guest's agent answers.
---@class pve.AgentAnswer
---@field vmid integer
---@field answers boolean
---@field reason? string
---@field hint? string

---What a guest's agent tells of its system.
---@class pve.AgentInfo
---@field vmid integer
---@field agent? string
---@field commands? string[]
---@field hostname? string
---@field os? table
---@field time? number
---@field users? any[]

---A file system in a guest, in bytes.
---@class pve.FileSystem
---@field mountpoint string
---@field device? string
---@field type? string
---@field total? integer
---@field used? integer
---@field disks? string[]

---An address of a guest.
---@class pve.Address
---@field interface string
---@field address string
---@field family string
---@field prefix? integer
---@field mac? string
---@field scope? string

---A file of a guest; base64 holds what is no text.
---@class pve.GuestFile
---@field vmid integer
---@field path string
---@field content? string
---@field base64? string
---@field size integer
---@field truncated boolean

---Where a console is to be opened.
---@class pve.Console
---@field url string
---@field vmid? integer
---@field node string
---@field needs string

---A template that guests are created from.
---@class pve.Template
---@field name string
---@field kind? string
---@field summary? string
---@field file? string
---@field error? string

---A function that runs beside others, as pve.spawn gives it.
---@class pve.Block
local Block = {}

---The functions of pvelua.
---@class pve
---@field name string The name of the cluster that these functions go to.
---@field params table<string, any> What `--param key=value` gave: text, or what the runbook's header makes of it; read-only.
---@field null any What stands for a null of JSON in what the API answers.
pve = {}

---Any path of Proxmox's API.
---@class pve.api
pve.api = {}

---@alias pve.list_vms.filters.kind
---| "qemu"
---| "lxc"

---@class pve.list_vms.filters
---@field status? string The state: running, stopped, paused …
---@field node? string The node it is on.
---@field tag? string A tag it carries; * and ? stand for any characters.
---@field pool? string The pool it belongs to.
---@field name? string Its name; * and ? stand for any characters.
---@field kind? pve.list_vms.filters.kind Virtual machines or containers only.
---@field template? boolean true for templates only; left out or false: no templates.

---Lists guests, virtual machines and containers alike, ordered by vmid.
---
---```lua
---for _, vm in ipairs(pve.list_vms{ tag = "web" }) do print(vm.vmid, vm.name) end
---```
---@param filters? pve.list_vms.filters Only guests to which all of these apply.
---@return pve.GuestRecord[] # a list of guest records: vmid, name, node, kind, status, tags, pool, cpu, maxcpu, mem, maxmem, uptime …; of guests whose node is offline the status is "unknown", a field note says more, and last_status is what they were where that is known
function pve.list_vms(filters) end

---@alias pve.find.filters.kind
---| "qemu"
---| "lxc"

---@class pve.find.filters
---@field status? string The state: running, stopped, paused …
---@field node? string The node it is on.
---@field tag? string A tag it carries; * and ? stand for any characters.
---@field pool? string The pool it belongs to.
---@field name? string Its name; * and ? stand for any characters.
---@field kind? pve.find.filters.kind Virtual machines or containers only.
---@field template? boolean true for templates only; left out or false: no templates.

---Finds guests whose name, a tag, vmid or pool fits a pattern, ordered by vmid.
---
---```lua
---for _, vm in ipairs(pve.find("web-*")) do print(vm.vmid, vm.name, vm.matched) end
---```
---@param pattern string Such as "web-*"; * stands for any characters and ? for one, in either case.
---@param filters? pve.find.filters Only guests to which all of these apply; templates are found too unless template = false.
---@return pve.GuestRecord[] # a list of guest records as of list_vms, each with matched: "name", "tag", "vmid" or "pool"
function pve.find(pattern, filters) end

---Finds one guest and reads its state and identity.
---
---```lua
---local vm = pve.vm(101); print(vm.name, vm.status)
---```
---@param guest pve.AnyGuest|string Which guest; a name must be that of one guest only.
---@return pve.Guest # a guest object with fields as of now and methods; vm:refresh() reads it again. Of a guest whose node is offline the status is "unknown" and a field note says more
function pve.vm(guest) end

---Tells the versions of the cluster, of pvelua and of Lua.
---
---```lua
---print(pve.version().release)
---```
---@return pve.Version # a record: version ("8.4.1"), release, repoid, pvelua, lua
function pve.version() end

---Lists the cluster's nodes, ordered by name.
---
---```lua
---for _, node in ipairs(pve.list_nodes()) do print(node.node, node.status, node.guest_count) end
---```
---@return pve.NodeRecord[] # a list of records: node, status (online, offline, unknown), cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, and guest_count and running_count: how many guests it has and how many of them run
function pve.list_nodes() end

---Finds one node and reads its state, load and equipment.
---
---```lua
---print(pve.node("pve1").status, pve.node("pve1").cpumodel)
---```
---@param node string Which node.
---@return pve.Node # a node object: node, status, cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, guest_count, running_count; where it is online and Sys.Audit allows also load (1, 5 and 15 minutes), cpumodel, sockets, cores, kernel, pveversion, memory, swap, rootfs, iowait, subscription; and methods
function pve.node(node) end

---Tells whether the cluster has quorum and which of its nodes are there.
---
---```lua
---local s = pve.cluster_status(); print(s.quorate, s.online, s.total)
---```
---@return pve.ClusterStatus # a record: name, quorate, online and total (numbers of nodes), votes and needed (as far as they can be read), ha_master, nodes (each node, online, nodeid, ip, votes)
function pve.cluster_status() end

---Tells what high availability looks after and how that stands.
---
---```lua
---local ha = pve.ha(); print(ha.quorate, #ha.resources)
---```
---@return pve.HighAvailability # a record: quorate, master, status (the manager's words), nodes (each node, status), resources (each sid, vmid, kind, node, state as it is, request as it shall be, group), groups, and rules where Proxmox has them instead
function pve.ha() end

---@class pve.permissions.options
---@field path? string Only the privileges at that path, such as "/vms/101".

---Tells what this identity may do: which operations and where, and its privileges by path.
---
---```lua
---for _, name in ipairs(pve.permissions{ path = "/vms/101" }.privileges) do print(name) end
---```
---@param options? pve.permissions.options What to tell.
---@return pve.Permissions # a record: identity, privileges (path to a list of names), operations (each operation, may: "yes", "partly", "no" or "depends", and where); with path: identity, path, privileges (a list of names)
function pve.permissions(options) end

---Lists pools, ordered by name.
---
---```lua
---for _, pool in ipairs(pve.pools()) do print(pool.pool, pool.comment) end
---```
---@return pve.Pool[] # a list of records: pool, comment
function pve.pools() end

---Reads one pool with its members.
---
---```lua
---for _, vm in ipairs(pve.pool("web").guests) do print(vm.vmid, vm.name) end
---```
---@param pool string|{ pool: string } Which pool.
---@return pve.Pool # a record: pool, comment, guests (guest records), storages (their names), pools (those directly below it)
function pve.pool(pool) end

---@class pve.pool_add.members
---@field guests? pve.AnyGuest[] Guests.
---@field storages? (string|{ storage: string })[] Storages.
---@field move? boolean true takes guests out of the pool they are in; default false: such a guest is an error.

---Puts guests and storages into a pool; what is in it already stays.
---
---```lua
---local ok, e = pcall(pve.pool_add, "web", { guests = { 103 } }); print(ok or e.kind)
---```
---@param pool string|{ pool: string } Which pool.
---@param members pve.pool_add.members Who joins.
---@return pve.Result # a result: changed, pool, added (vmids and storages that were not in it before)
function pve.pool_add(pool, members) end

---@class pve.pool_remove.members
---@field guests? pve.AnyGuest[] Guests.
---@field storages? (string|{ storage: string })[] Storages.

---Takes guests and storages out of a pool; what is not in it is left alone.
---
---```lua
---local ok, e = pcall(pve.pool_remove, "web", { guests = { 101 } }); print(ok or e.kind)
---```
---@param pool string|{ pool: string } Which pool.
---@param members pve.pool_remove.members Who leaves.
---@return pve.Result # a result: changed, pool, removed (vmids and storages that were in it before)
function pve.pool_remove(pool, members) end

---@class pve.pool_create.options
---@field comment? string What it is for.

---Makes an empty pool; "a/b" is one below the pool "a".
---
---```lua
---local ok, e = pcall(pve.pool_create, "lab"); print(ok or e.kind)
---```
---@param pool string|{ pool: string } Which pool.
---@param options? pve.pool_create.options Details.
---@return pve.Result # a result: changed, pool
function pve.pool_create(pool, options) end

---Removes an empty pool.
---
---```lua
---local ok, e = pcall(pve.pool_delete, "lab"); print(ok or e.kind)
---```
---@param pool string|{ pool: string } Which pool.
---@return pve.Result # a result: changed, pool
function pve.pool_delete(pool) end

---@alias pve.list_storages.filters.content
---| "iso"
---| "vztmpl"
---| "backup"
---| "images"
---| "rootdir"
---| "snippets"
---| "import"

---@class pve.list_storages.filters
---@field node? string Only those of this node, with their usage there.
---@field content? pve.list_storages.filters.content Only those that take this content.
---@field type? string Only those of this type, such as nfs or lvmthin.

---Lists storages with what they hold and how full they are, ordered by name.
---
---```lua
---for _, s in ipairs(pve.list_storages()) do print(s.storage, s.type, s.disk, s.maxdisk) end
---```
---@param filters? pve.list_storages.filters Only storages to which all of these apply.
---@return pve.StorageRecord[] # a list of records: storage, type, status, shared, content, nodes, disk, maxdisk (bytes; of a storage that each node has its own of, the sum), usage (for each node: node, status, disk, maxdisk)
function pve.list_storages(filters) end

---Finds one storage and tells where it is, what it holds and how full it is.
---
---```lua
---print(pve.storage("shared").shared)
---```
---@param storage string|{ storage: string } Which storage.
---@return pve.Storage # a storage object: storage, type, content, shared, nodes (those it is active on), disk and maxdisk in bytes, usage (for each node: node, status, disk, maxdisk), and methods
function pve.storage(storage) end

---@alias pve.content.options.type
---| "iso"
---| "vztmpl"
---| "backup"
---| "images"
---| "rootdir"
---| "snippets"
---| "import"

---@class pve.content.options
---@field node? string The node that looks; default: one that has it, and all of them where each has its own.
---@field type? pve.content.options.type Only content of this type.
---@field vmid? pve.AnyGuest Only what belongs to this guest.

---Lists what lies on a storage, ordered by name.
---
---```lua
---for _, v in ipairs(pve.content("local", { type = "iso" })) do print(v.volid, v.size) end
---```
---@param storage string|{ storage: string } Which storage.
---@param options? pve.content.options What to list.
---@return pve.Volume[] # a list of records: volid, name, storage, node, type, format, size, created, vmid, notes, protected; node is missing where all nodes see the same
function pve.content(storage, options) end

---@class pve.isos.options
---@field storage? string|{ storage: string } Only on this storage.
---@field node? string Only what this node can reach.

---Lists the ISO images on all storages that take them.
---
---```lua
---for _, file in ipairs(pve.isos()) do print(file.volid, file.size) end
---```
---@param options? pve.isos.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function pve.isos(options) end

---@class pve.container_templates.options
---@field storage? string|{ storage: string } Only on this storage.
---@field node? string Only what this node can reach.

---Lists the container templates on all storages that take them.
---
---```lua
---for _, file in ipairs(pve.container_templates()) do print(file.volid, file.size) end
---```
---@param options? pve.container_templates.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function pve.container_templates(options) end

---@alias pve.download.options.content
---| "iso"
---| "vztmpl"
---| "import"

---@alias pve.download.options.checksum_algorithm
---| "md5"
---| "sha1"
---| "sha224"
---| "sha256"
---| "sha384"
---| "sha512"

---@class pve.download.options
---@field content pve.download.options.content What the file is.
---@field filename? string Its name on the storage; default: the address's last part.
---@field checksum? string What its contents must add up to, in hexadecimal.
---@field checksum_algorithm? pve.download.options.checksum_algorithm How the checksum is made; goes with checksum.
---@field verify_certificates? boolean false takes any certificate; default true.
---@field node? string The node that fetches; default: one that has the storage.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Has a node fetch a file from a web address onto a storage, and checks that it is there.
---
---```lua
---local ok, e = pcall(pve.download, "local", "https://example.org/x.iso", { content = "iso" }); print(ok or e.kind)
---```
---@param storage string|{ storage: string } Where to.
---@param url string The file's address, http or https.
---@param options pve.download.options What and how.
---@return pve.Result # a result: changed, volid, size, node, upid, warnings; changed = false where the file is there already
function pve.download(storage, url, options) end

---@class pve.volume_delete.options
---@field node? string The node whose file it is, where each node has its own.
---@field timeout? number Seconds to wait for the task.

---Deletes an ISO image, a container template, a snippet or an image for import, and checks that it is gone.
---
---```lua
---local ok, e = pcall(pve.volume_delete, "local:iso/old.iso"); print(ok or e.kind)
---```
---@param volume string|{ volid: string } Which volume; a backup or a guest's disk is refused.
---@param options? pve.volume_delete.options How to delete it.
---@return pve.Result # a result: changed, volid, size, node, upid, warnings
function pve.volume_delete(volume, options) end

---@alias pve.vm_action.action
---| "start"
---| "stop"
---| "shutdown"
---| "reboot"
---| "reset"
---| "suspend"
---| "resume"

---@class pve.vm_action.options
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.
---@field force? boolean shutdown only: pull the plug when the time is up.

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---
---```lua
---pve.vm_action(nil, 103, "start", { timeout = 60 })
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param action pve.vm_action.action What to do.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function pve.vm_action(node, guest, action, options) end

---@class pve.poll.options
---@field timeout? number Seconds to wait; the task goes on after that.
---@field interval? number Seconds between looks; default: soon, then 1.

---Waits for a task to end.
---
---```lua
---local task = pve.vm_action(nil, 103, "start", { wait = false }); pve.poll(task)
---```
---@param node? string The task's node; may be left out altogether.
---@param task string|{ upid: string } The task.
---@param options? pve.poll.options How to wait.
---@return pve.TaskEnd # a result: status ("ok" or "warning"), exitstatus, upid, node, warnings, log (last lines)
function pve.poll(node, task, options) end

---@class pve.tasks.filters
---@field node? string Only those of this node; default: every node that is online.
---@field guest? pve.AnyGuest Only those about this guest.
---@field running? boolean true: only those that run; false: only those that have ended.
---@field errors? boolean true: only those that failed or whose end nobody knows.
---@field since? number Only those begun since, in seconds since 1970: pve.now() - 3600.
---@field type? string Only those of this type, such as vzdump or qmstart.
---@field user? string Only those of users whose name holds this.
---@field limit? integer How many at most; default 50.

---Lists tasks, running and recent, newest first.
---
---```lua
---for _, task in ipairs(pve.tasks{ errors = true, limit = 5 }) do print(task.type, task.exitstatus) end
---```
---@param filters? pve.tasks.filters Only tasks to which all of these apply.
---@return pve.Task[] # a list of records: upid, node, type, id, vmid, user, started, ended, status (running, ok, warning, error, unknown), exitstatus, duration in seconds
function pve.tasks(filters) end

---Tells how a task stands, with the end of its log.
---
---```lua
---local t = pve.vm_action(nil, 103, "start", { wait = false }); print(pve.task(t).type)
---```
---@param task string|{ upid: string } Which task.
---@return pve.Task # a record as of pve.tasks, with log (the last 20 lines)
function pve.task(task) end

---@class pve.task_log.options
---@field start? integer How many lines to leave out; default 0.
---@field limit? integer How many lines at most; default 1000.

---Reads a task's log.
---
---```lua
---local t = pve.vm_action(nil, 103, "start"); print(pve.task_log(t)[1])
---```
---@param task string|{ upid: string } Which task.
---@param options? pve.task_log.options Which part.
---@return string[] # a list of lines
function pve.task_log(task, options) end

---Ends a running task and checks that it has ended.
---
---```lua
---local t = pve.vm_action(nil, 103, "start", { wait = false }); print(pcall(pve.task_stop, t))
---```
---@param task string|{ upid: string } Which task.
---@return pve.Result # a result: changed, upid, node, status and exitstatus of the task; changed = false where it had ended
function pve.task_stop(task) end

---@class pve.snapshot.options
---@field name? string The snapshot's name; default: by the convention.
---@field change_number? integer The number that the convention's {number} becomes; default: the next one.
---@field description? string Shown beside the snapshot.
---@field vmstate? boolean true keeps the memory too; virtual machines only.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Takes a snapshot of a guest, named by the configured convention unless a name is given.
---
---```lua
---print(pve.snapshot(nil, 101, { change_number = 1234 }).name)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param options? pve.snapshot.options How to take it.
---@return pve.Result # a result: changed, name, vmid, node, upid, warnings
function pve.snapshot(node, guest, options) end

---Lists the snapshots of a guest as a tree: depth first, older ones before newer ones.
---
---```lua
---for _, s in ipairs(pve.snapshots(100)) do print(s.depth, s.name, s.current) end
---```
---@param guest pve.AnyGuest Which guest.
---@return pve.Snapshot[] # a list of records: name, description, time (seconds since 1970), vmstate, parent, children, depth, current (whether the present descends from it directly), incomplete (where a step of it was never finished)
function pve.snapshots(guest) end

---Draws the snapshots of a guest as a tree, with where the guest is now.
---
---```lua
---print(pve.snapshot_tree(100))
---```
---@param guest pve.AnyGuest Which guest.
---@return string # text, a line for each snapshot
function pve.snapshot_tree(guest) end

---@class pve.snapshot_rollback.options
---@field start? boolean true starts the guest afterwards and waits until it runs; one with memory in the snapshot runs anyway.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Sets a guest back to a snapshot: it is stopped at once if it runs, and what changed since is lost.
---
---```lua
---local ok, e = pcall(pve.snapshot_rollback, nil, 101, "clean"); print(ok or e.kind)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param name string The snapshot.
---@param options? pve.snapshot_rollback.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings
function pve.snapshot_rollback(node, guest, name, options) end

---@class pve.snapshot_delete.options
---@field force? boolean true takes it out of the configuration even where a storage cannot remove its part of it.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Deletes a snapshot of a guest; the guest itself and its other snapshots stay.
---
---```lua
---local ok, e = pcall(pve.snapshot_delete, nil, 101, "clean"); print(ok or e.kind)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param name string The snapshot.
---@param options? pve.snapshot_delete.options How to do it.
---@return pve.Result # a result: changed, vmid, node, upid, warnings
function pve.snapshot_delete(node, guest, name, options) end

---@class pve.snapshot_all.options
---@field name? string The snapshots' name; default: by the convention.
---@field change_number? integer What the convention's {number} becomes for all.
---@field description? string Shown beside each.
---@field vmstate? boolean true keeps the memory of virtual machines too.
---@field timeout? number Seconds to wait for each task.
---@field stop_on_error? boolean true does not go on after the first failure.

---Takes a snapshot of each of several guests, goes on after a failure and tells at the end.
---
---```lua
---for _, r in ipairs(pve.snapshot_all({ tag = "web" }, { change_number = 7 })) do print(r.vmid, r.snapshot) end
---```
---@param guests pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which; the filters are those of pve.list_vms, such as { tag = "web" } or { pool = "db" }.
---@param options? pve.snapshot_all.options How to take them.
---@return pve.SnapshotOfGuest[] # a list with a record for each guest: vmid, name (the guest's), ok, snapshot, result or error; an error of kind task_failed where any failed, whose message says which have one and which have none
function pve.snapshot_all(guests, options) end

---@class pve.retention.keep
---@field last? integer The newest so many.
---@field hourly? integer The newest one of each of so many periods (hourly).
---@field daily? integer The newest one of each of so many periods (daily).
---@field weekly? integer The newest one of each of so many periods (weekly).
---@field monthly? integer The newest one of each of so many periods (monthly).
---@field yearly? integer The newest one of each of so many periods (yearly).

---Tells which of some dated things to keep, by the rules of Proxmox's prune-backups; periods are UTC.
---
---```lua
---local r = pve.retention({ { time = 1 }, { time = 2 } }, { last = 1 }); print(#r.kept, #r.removed, r.kept[1].reason)
---```
---@param list any[] Records with a time (seconds since 1970), such as snapshots or backups.
---@param keep pve.retention.keep How many of each kind; at least one above 0.
---@return pve.Retention # a record: kept, a list of { item, reason ("daily 2 of 7") }, and removed, a list of the records; both newest first
function pve.retention(list, keep) end

---@class pve.snapshot_prune.options.keep
---@field last? integer The newest so many.
---@field hourly? integer The newest one of each of so many periods (hourly).
---@field daily? integer The newest one of each of so many periods (daily).
---@field weekly? integer The newest one of each of so many periods (weekly).
---@field monthly? integer The newest one of each of so many periods (monthly).
---@field yearly? integer The newest one of each of so many periods (yearly).

---@class pve.snapshot_prune.options
---@field keep pve.snapshot_prune.options.keep How many of each kind; at least one above 0.
---@field prefix string What the names of the snapshots begin with.
---@field guests? pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which guests: a guest, a list or filters; default: all but templates.
---@field guest? pve.AnyGuest The one guest.
---@field preview? boolean true deletes nothing and tells what would go.
---@field stop_on_error? boolean true does not go on after the first failure.
---@field timeout? number Seconds to wait for each task.

---Deletes old snapshots whose names begin with a prefix, and keeps so many as told; others are never touched.
---
---```lua
---pve.table(pve.snapshot_prune{ keep = { last = 1 }, prefix = "after", preview = true })
---```
---@param guests? pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which, where it is not among the options.
---@param options pve.snapshot_prune.options What to keep.
---@return pve.PrunedSnapshot[] # a list with a record for each snapshot with the prefix: vmid, guest, name, time, action ("keep", "delete", "deleted", "failed"), reason; an error of kind task_failed at the end where a deletion failed
function pve.snapshot_prune(guests, options) end

---@alias pve.backup.options.mode
---| "snapshot"
---| "suspend"
---| "stop"

---@alias pve.backup.options.compress
---| "zstd"
---| "gzip"
---| "lzo"
---| "none"

---@class pve.backup.options
---@field storage? string|{ storage: string } Where to; default: of those that hold backups a shared one, the one with most room.
---@field mode? pve.backup.options.mode How still the guest is kept; default snapshot.
---@field compress? pve.backup.options.compress How it is packed; default zstd.
---@field protected? boolean true keeps it from being removed and pruned.
---@field notes? string Shown beside it; {{guestname}}, {{vmid}}, {{node}} and {{cluster}} are filled in.
---@field bwlimit? integer KiB a second at most; only for those with Sys.Modify on /.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Backs up one guest, and finds the new backup on the storage before it counts as done.
---
---```lua
---local b = pve.backup(nil, 101, { storage = "shared", notes = "{{guestname}}" }); print(b.vmid, b.size > 0)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param options? pve.backup.options How to make it.
---@return pve.Result # a result: changed, upid, warnings, and what pve.backups tells of the backup: volid, vmid, kind, time (seconds since 1970), age in seconds, size, format, protected, notes (first line), storage, node (one that can reach it), shared, verification and encrypted where a backup server tells
function pve.backup(node, guest, options) end

---@class pve.backups.options
---@field guest? pve.AnyGuest The same.
---@field storage? string|{ storage: string } Only those on this storage.
---@field node? string Only what this node can reach.
---@field protected? boolean Only those that are protected, or only those that are not.
---@field strict? boolean true fails where a storage cannot be looked at; else that is a warning.

---Lists the backups on all storages that hold some, newest first; what cannot be looked at is told.
---
---```lua
---for _, b in ipairs(pve.backups{ guest = 100 }) do print(b.volid, b.age // 3600) end
---```
---@param guest? pve.AnyGuest Of which guest; nil for all. One that is gone may have backups still.
---@param options? pve.backups.options Which of them.
---@return pve.Backup[] # a list of records: volid, vmid, kind, time (seconds since 1970), age in seconds, size, format, protected, notes (first line), storage, node (one that can reach it), shared, verification and encrypted where a backup server tells
function pve.backups(guest, options) end

---@class pve.storage_backups.options
---@field guest? pve.AnyGuest Of which guest; nil for all.
---@field node? string Only what this node can reach.
---@field protected? boolean Only those that are protected, or only those that are not.
---@field strict? boolean true fails where a storage cannot be looked at; else that is a warning.

---Lists the backups on one storage, newest first.
---
---```lua
---print(#pve.storage_backups("shared"))
---```
---@param storage string|{ storage: string } Which storage.
---@param options? pve.storage_backups.options Which of them.
---@return pve.Backup[] # a list of records as pve.backups gives them
function pve.storage_backups(storage, options) end

---@class pve.newest_backups.options
---@field storage? string|{ storage: string } Only backups on this storage.
---@field strict? boolean true fails where a storage cannot be looked at.

---Tells the newest backup of each guest and its age; guests without any are in the list too.
---
---```lua
---for _, g in ipairs(pve.newest_backups()) do print(g.vmid, g.count, g.age and g.age // 3600) end
---```
---@param guests? pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which; default: all but templates.
---@param options? pve.newest_backups.options Which backups.
---@return pve.NewestBackup[] # a list of records, oldest backup first and guests without any before them: vmid, name, node, count (of its backups), backup (as pve.backups gives it) and age in seconds where there is one, complete (false where a storage could not be looked at, so that there may be more)
function pve.newest_backups(guests, options) end

---Tells how old the newest backup of a guest is.
---
---```lua
---print(pve.backup_age(101) < 7 * 86400)
---```
---@param guest pve.AnyGuest Which guest.
---@return integer?, pve.Backup? # seconds and the backup as pve.backups gives it; nil where there is none
function pve.backup_age(guest) end

---@class pve.backup_delete.options
---@field node? string The node whose local storage is meant, where several have one of that name.
---@field timeout? number Seconds to wait for the task.

---Removes a backup; one that is protected is refused before anything is sent.
---
---```lua
---local ok, e = pcall(pve.backup_delete, pve.backups(101)[1]); print(ok or e.kind)
---```
---@param backup string|{ volid: string } Which backup: a record of pve.backups or its volid.
---@param options? pve.backup_delete.options How to do it.
---@return pve.Result # a result: changed, volid, vmid, upid, warnings
function pve.backup_delete(backup, options) end

---@class pve.backup_protect.options
---@field node? string The node whose local storage is meant, where several have one of that name.

---Protects a backup from being removed and pruned, or takes the protection away.
---
---```lua
---local ok, e = pcall(pve.backup_protect, pve.backups(101)[1]); print(ok or e.kind)
---```
---@param backup string|{ volid: string } Which backup: a record of pve.backups or its volid.
---@param on? boolean false takes the protection away; default true.
---@param options? pve.backup_protect.options How to do it.
---@return pve.Result # a result: changed, volid, protected
function pve.backup_protect(backup, on, options) end

---@class pve.backup_notes.options
---@field node? string The node whose local storage is meant, where several have one of that name.

---Writes notes on a backup in the place of those that it has.
---
---```lua
---local ok, e = pcall(pve.backup_notes, pve.backups(101)[1], "checked"); print(ok or e.kind)
---```
---@param backup string|{ volid: string } Which backup: a record of pve.backups or its volid.
---@param notes string The notes; empty for none.
---@param options? pve.backup_notes.options How to do it.
---@return pve.Result # a result: changed, volid
function pve.backup_notes(backup, notes, options) end

---@class pve.backup_prune.options.keep
---@field last? integer The newest so many.
---@field hourly? integer The newest one of each of so many periods (hourly).
---@field daily? integer The newest one of each of so many periods (daily).
---@field weekly? integer The newest one of each of so many periods (weekly).
---@field monthly? integer The newest one of each of so many periods (monthly).
---@field yearly? integer The newest one of each of so many periods (yearly).

---@class pve.backup_prune.options
---@field keep pve.backup_prune.options.keep How many of each kind; at least one above 0.
---@field guest? pve.AnyGuest The same.
---@field storage? string|{ storage: string } Only on this storage.
---@field node? string Only what this node can reach.
---@field preview? boolean true removes nothing and tells what would go.
---@field timeout? number Seconds to wait for the task.

---Removes old backups and keeps so many as told, by Proxmox's own rule; protected ones always stay.
---
---```lua
---pve.table(pve.backup_prune{ guest = 100, keep = { last = 1 }, preview = true }, { "volid", "action" })
---```
---@param guest? pve.AnyGuest Of which guest; nil for all.
---@param options pve.backup_prune.options What to keep.
---@return pve.PrunedBackup[] # a list of records: volid, vmid, kind, time, storage, node, action ("keep", "protected", "renamed", "remove" in a preview, "removed")
function pve.backup_prune(guest, options) end

---@class pve.restore.options
---@field vmid? pve.AnyGuest Its number; default: the next free one.
---@field node? string Where it will be; default: where the guest of the backup is, if that can reach it.
---@field pool? string The pool it is put into.
---@field unique? boolean true gives it network addresses of its own; default: true while the guest of the backup is there.
---@field storage? string|{ storage: string } Where all its disks go; default: the storages that they were on.
---@field name? string The guest's name; default: that in the backup.
---@field start? boolean true starts it afterwards and waits until it runs.
---@field bwlimit? integer KiB a second at most; 0 is no limit.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Makes a new guest of a backup; whatever has its number already is never written over.
---
---```lua
---local ok, g = pcall(pve.restore, pve.backups(101)[1], { name = "web-drill" }); print(ok and g.name or g.kind)
---```
---@param backup string|{ volid: string } Which backup: a record of pve.backups or its volid.
---@param options? pve.restore.options How to make it.
---@return pve.Result # a result: changed, vmid, name, status, node, backup, upid, warnings
function pve.restore(backup, options) end

---@class pve.restore_over.options
---@field unique? boolean true gives it new network addresses; default false.
---@field storage? string|{ storage: string } Where all its disks go; default: the storages that they were on.
---@field name? string The guest's name; default: that in the backup.
---@field start? boolean true starts it afterwards and waits until it runs.
---@field bwlimit? integer KiB a second at most; 0 is no limit.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Puts a backup in the place of a stopped guest, whose disks and snapshots are lost.
---
---```lua
---local ok, e = pcall(pve.restore_over, pve.backups(100)[1], 103); print(ok or e.kind)
---```
---@param backup string|{ volid: string } Which backup: a record of pve.backups or its volid.
---@param guest pve.AnyGuest The guest that is written over.
---@param options? pve.restore_over.options How to do it.
---@return pve.Result # a result: changed, vmid, name, status, node, backup, upid, warnings
function pve.restore_over(backup, guest, options) end

---@class pve.migrate.options
---@field online? boolean Virtual machines: by itself true for a running one; false refuses to move one that runs.
---@field restart? boolean Containers: shut a running one down here and start it there, for it cannot move otherwise.
---@field with_local_disks? boolean Virtual machines: copy disks that only this node has while the guest runs.
---@field target_storage? any Where copied disks go: a storage, or a table such as { ["local-lvm"] = "shared" }; default: the same name.
---@field bwlimit? integer KiB a second at most; 0 for no limit.
---@field shutdown_timeout? integer With restart: seconds that the container gets to shut down; default 180.
---@field check? boolean false asks the cluster without looking first what stands in the way; default true.
---@field timeout? number Seconds to wait for the task; default an hour, or the configured time if longer.
---@field wait? boolean false returns the task at once, unverified; default true.

---Moves a guest to another node, a running virtual machine without stopping it, and checks that it is there.
---
---```lua
---local ok, e = pcall(pve.migrate, nil, 101, "pve2"); print(ok or e.kind)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param target string The node it goes to.
---@param options? pve.migrate.options How to move it.
---@return pve.Result # a result: changed, vmid, from, node (where it is now), status, upid, verified, warnings
function pve.migrate(node, guest, target, options) end

---@class pve.migrate_check.options
---@field online? boolean Virtual machines: by itself true for a running one; false refuses to move one that runs.
---@field restart? boolean Containers: shut a running one down here and start it there, for it cannot move otherwise.
---@field with_local_disks? boolean Virtual machines: copy disks that only this node has while the guest runs.
---@field target_storage? any Where copied disks go: a storage, or a table such as { ["local-lvm"] = "shared" }; default: the same name.

---Tells whether a guest could move to a node, or to which of them, and what stands in the way; with VM.Migrate its own node is asked, too.
---
---```lua
---local c = pve.migrate_check(101, "pve2"); print(c.allowed, #c.reasons)
---```
---@param guest pve.AnyGuest Which guest.
---@param target? string The node it would go to; nil for every node.
---@param options? pve.migrate_check.options How it would be moved.
---@return pve.MigrationCheck # a record: vmid, name, node, kind, status, running, memory, local_disks (each key, volid, storage, target_storage, size), local_resources, snapshots, lock, ha (state, group, nodes); with a target also allowed, reasons (each about, text, hint, field) and target (node, status, memory, memory_free, cpus, cpu, storages: free bytes by name), without one nodes: those three for each other node, by its name
function pve.migrate_check(guest, target, options) end

---@class pve.evacuate.options
---@field targets? string[] The nodes that may take guests; default: all that are online.
---@field except? pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Guests that stay.
---@field preview? boolean true plans and moves nothing.
---@field skip_unmovable? boolean true moves the others where some cannot be moved; default: none is moved then.
---@field target_storage? any Where disks go that only this node has: a storage, or a table of storages.
---@field restart? boolean Containers: shut running ones down here and start them there.
---@field shutdown_timeout? integer With restart: seconds that a container gets to shut down.
---@field with_local_disks? boolean Virtual machines: copy disks that only this node has while they run.
---@field limit? integer How many guests move at once; default 1.
---@field stop_on_error? boolean false goes on with the others and lists what failed; default true: begins no further one and raises an error.
---@field timeout? number Seconds to wait for each guest; default an hour.

---Moves all guests of a node to other nodes, planned by memory before the first one starts.
---
---```lua
---local plan = pve.evacuate("pve1", { preview = true }); print(#plan.moves, #plan.stayed)
---```
---@param node string The node that is to be emptied.
---@param options? pve.evacuate.options How to empty it.
---@return pve.Evacuation # a record: node, moves (each vmid, name, from, to, node, status, upid, options), stayed (each vmid, name, node, reasons), unmovable (how many of those were to move), failed (with stop_on_error = false), preview
function pve.evacuate(node, options) end

---@class pve.return_guests.options
---@field restart? boolean Containers: shut running ones down here and start them there.
---@field shutdown_timeout? integer With restart: seconds that a container gets to shut down.
---@field with_local_disks? boolean Virtual machines: copy disks that only this node has while they run.
---@field limit? integer How many guests move at once; default 1.
---@field stop_on_error? boolean false goes on with the others and lists what failed; default true: begins no further one and raises an error.
---@field timeout? number Seconds to wait for each guest; default an hour.

---Brings the guests of an evacuation back to where they were.
---
---```lua
---pve.return_guests({ moves = { { vmid = 101, from = "pve1" } } })
---```
---@param result any What pve.evacuate gave, or a table with moves: each a vmid and, in from, a node.
---@param options? pve.return_guests.options How to bring them back; default: as they went.
---@return pve.Evacuation # a record: moves, stayed (those that are back already or gone), failed (with stop_on_error = false)
function pve.return_guests(result, options) end

---@class pve.move_guests.options
---@field limit? integer How many guests move at once; default 1.
---@field stop_on_error? boolean false goes on with the others and lists what failed; default true: begins no further one and raises an error.
---@field timeout? number Seconds to wait for each guest; default an hour.

---Moves guests to the nodes named for them, several at once, and says where each really is.
---
---```lua
---local ok, e = pcall(pve.move_guests, { { vmid = 101, to = "pve2" } }, { limit = 2 }); print(ok or e.kind)
---```
---@param moves any[] What goes where: each a vmid and, in to, a node; options as pve.migrate takes them.
---@param options? pve.move_guests.options How to go about it.
---@return pve.Moves # a record: moves (each vmid, name, from, to, node, status, upid) and, with stop_on_error = false, failed (each also error, kind, lock); without it a failure ends with an error that says where every guest is
function pve.move_guests(moves, options) end

---Reckons which guest goes to which node, by memory and room on storages; asks nothing of the cluster.
---
---```lua
---print(pve.placement({ { vmid = 101, memory = 2 } }, { { node = "pve2", free = 3 } }).moves[1].to)
---```
---@param guests any[] Each: vmid, memory (bytes it needs now), weight (bytes it may come to need), nodes (those it may go to), space (bytes by storage).
---@param nodes any[] Each: node, free (bytes of memory), space (free bytes by storage).
---@return pve.Placement # a record: moves (each vmid, to), unplaced (each vmid, reasons), nodes (each node and what is free then)
function pve.placement(guests, nodes) end

---@alias pve.create.options.kind
---| "qemu"
---| "lxc"

---@alias pve.create.options.bios
---| "seabios"
---| "ovmf"

---@alias pve.create.options.features
---| "nesting"
---| "keyctl"
---| "fuse"
---| "mknod"

---@class pve.create.options
---@field template? string The template's name; what else is given goes before what it says.
---@field node? string Where to make it; may be left out where there is one node only.
---@field vmid? pve.AnyGuest Its number; default: the next free one.
---@field kind? pve.create.options.kind Virtual machine (default) or container.
---@field name? string Its name.
---@field description? string Its notes.
---@field tags? any Its tags, a list or a text with commas.
---@field pool? string The pool it is put into.
---@field onboot? boolean Whether it starts with its node.
---@field protection? boolean Whether it cannot be removed.
---@field start? boolean true starts it once it is there, and waits until it runs.
---@field cores? integer Cores; of a virtual machine for each socket.
---@field memory? any Memory: MiB as a number, or a text such as "2G".
---@field os? string What runs in it, as Proxmox calls it: l26, win11, debian …
---@field disks? any[] Its disks: storage, size; of a virtual machine also bus, import, format, cache, discard, ssd, iothread, backup; of a container path, backup.
---@field network? any[] Its network cards: bridge, tag, firewall, mac, rate; of a virtual machine also model, link_down; of a container name, ip, gateway, ip6, gateway6.
---@field sockets? integer Virtual machines: sockets.
---@field cpu? string Virtual machines: the CPU type.
---@field balloon? any Virtual machines: the least memory, as memory; 0 takes no balloon.
---@field bios? pve.create.options.bios Virtual machines: the firmware.
---@field machine? string Virtual machines: the machine type, such as q35.
---@field scsihw? string Virtual machines: the SCSI controller.
---@field vga? string Virtual machines: the display.
---@field serial? boolean Virtual machines: whether there is a serial console.
---@field agent? boolean Virtual machines: whether the guest agent is used.
---@field cdrom? string|{ volid: string } Virtual machines: the ISO image in the CD drive.
---@field cloud_init? any Virtual machines: storage, user, ssh_keys, ip, gateway, ip6, gateway6, nameserver, searchdomain, upgrade.
---@field image? string|{ volid: string } Containers: the image they are made from, such as local:vztmpl/debian-….tar.zst.
---@field swap? any Containers: swap, as memory.
---@field unprivileged? boolean Containers: whether root inside is nobody outside.
---@field features? pve.create.options.features[] Containers: what they may do.
---@field ssh_keys? string[] Containers: public keys that may log in as root.
---@field nameserver? string Containers: name servers.
---@field searchdomain? string Containers: search domains.
---@field password? string Containers: root's password; never from a file.
---@field timeout? number Seconds to wait for each task.

---Makes a virtual machine or a container from a template, from keys of its own, or from both.
---
---```lua
---print(pcall(pve.create, { template = "debian-ct", node = "pve1", name = "dns-1" }))
---```
---@param options pve.create.options What to make, and where.
---@return pve.Result # a result: changed, vmid, name, node, kind, status, steps (what was done, in words), upid, warnings
function pve.create(options) end

---Lists the templates that guests are created from: the shipped ones and your own.
---
---```lua
---for _, t in ipairs(pve.templates()) do print(t.name, t.summary) end
---```
---@return pve.Template[] # a list of records: name, kind, summary, file; error where a file cannot be read
function pve.templates() end

---Shows a template as a table, in the form in which pve.create takes wishes.
---
---```lua
---print(pve.template_show("debian-vm").memory)
---```
---@param name string Its name.
---@return table # a table with the keys of the file, and name and file
function pve.template_show(name) end

---@alias pve.clone.options.format
---| "raw"
---| "qcow2"
---| "vmdk"

---@class pve.clone.options
---@field name? string The new guest's name; default: Copy-of-VM- and the source's.
---@field vmid? pve.AnyGuest Its number; default: the next free one.
---@field full? boolean true copies all disks, false links them to the source's; default: false for a template, else true.
---@field snapshot? string The snapshot to copy; default: the present.
---@field storage? string|{ storage: string } Where the copies of the disks go; full clones only.
---@field format? pve.clone.options.format The format of the copies; full clones only.
---@field target? string The new guest's node; another one needs shared storage.
---@field pool? string The pool it is put into.
---@field description? string Its notes.
---@field bwlimit? integer KiB a second at most; 0 is no limit.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Makes a new guest as a copy of another, of its present or of a snapshot.
---
---```lua
---print(pcall(pve.clone, nil, 9000, { name = "web-3", pool = "web" }))
---```
---@param node? string Where the source is; nil lets the host find it.
---@param guest pve.AnyGuest What is copied.
---@param options? pve.clone.options How to copy it.
---@return pve.Result # a result: changed, vmid (the new guest's), name, node, full, source, upid, warnings
function pve.clone(node, guest, options) end

---@class pve.template.options
---@field timeout? number Seconds to wait for the task.

---Turns a stopped guest without snapshots into a template, from which guests are cloned.
---
---```lua
---print(pcall(pve.template, nil, 103))
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param options? pve.template.options How to do it.
---@return pve.Result # a result: changed, vmid, node, upid, warnings
function pve.template(node, guest, options) end

---@class pve.destroy.options
---@field purge? boolean true takes it out of backup jobs, replication and high availability as well.
---@field destroy_unreferenced_disks? boolean true removes volumes of its number too that its configuration does not name.
---@field force? boolean Containers only: true removes a running one as well.
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once, unverified; default true.

---Removes a stopped guest with its disks and snapshots; its backups stay.
---
---```lua
---local ok, e = pcall(pve.destroy, nil, 103, { purge = true }); print(e.kind)
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param options? pve.destroy.options How to do it.
---@return pve.Result # a result: changed, vmid, node, destroyed (what was removed with it, in words), upid, warnings
function pve.destroy(node, guest, options) end

---@class pve.config.options
---@field pending? boolean true tells what waits for the next start as well.
---@field snapshot? string The snapshot whose configuration is meant.

---Reads a guest's configuration as it holds now, and on request what waits for the next start.
---
---```lua
---print(pve.config(101).memory)
---```
---@param guest pve.AnyGuest Which guest.
---@param options? pve.config.options What to read.
---@return table<string, any> # a table of the options, and digest; with pending = true a table: config, pending (new values), deleted, digest
function pve.config(guest, options) end

---@class pve.configure.options
---@field set? table<string, string|number|boolean|string[]> Options and their new values, by Proxmox's names.
---@field delete? string[] Options to take out.
---@field revert? string[] Options whose waiting change is dropped.
---@field digest? string The digest of the configuration that the change is meant for; default: of what is there now.
---@field timeout? number Seconds to wait, where it is a task.

---Changes options of a guest, only if its configuration is still the one that was seen.
---
---```lua
---print(pcall(pve.configure, nil, 101, { set = { description = "front end" } }))
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param options pve.configure.options What to change.
---@return pve.Result # a result: changed, vmid, node, pending (options that wait for the next start), digest (the new one)
function pve.configure(node, guest, options) end

---Adds tags to a guest.
---
---```lua
---print(pcall(pve.tag, 101, "blue"))
---```
---@param guest pve.AnyGuest Which guest.
---@param tags any A tag, or a list of them.
---@return pve.Result # a result: changed, vmid, node, tags (all that it has now)
function pve.tag(guest, tags) end

---Takes tags from a guest.
---
---```lua
---print(pcall(pve.untag, 101, "web"))
---```
---@param guest pve.AnyGuest Which guest.
---@param tags any A tag, or a list of them.
---@return pve.Result # a result: changed, vmid, node, tags (all that it has now)
function pve.untag(guest, tags) end

---Protects a guest from removal, or takes the protection away.
---
---```lua
---print(pcall(pve.protect, 101))
---```
---@param guest pve.AnyGuest Which guest.
---@param on? boolean false takes the protection away; default true.
---@return pve.Result # a result: changed, vmid, node
function pve.protect(guest, on) end

---Writes a virtual machine's cloud-init drive anew from its configuration.
---
---```lua
---print(pcall(pve.cloudinit_update, nil, 101))
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@return pve.Result # a result: changed, vmid, node
function pve.cloudinit_update(node, guest) end

---@class pve.resize.options
---@field timeout? number Seconds to wait for the task.

---Grows a disk of a guest, by an amount or to a size.
---
---```lua
---print(pcall(pve.resize, nil, 103, "scsi0", "+5G"))
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param disk string Which disk: scsi0, rootfs, mp1 ….
---@param size string "+5G" adds, "40G" is the new size, which must not be smaller.
---@param options? pve.resize.options How to do it.
---@return pve.Result # a result: changed, vmid, node, disk, size (bytes now), upid, warnings
function pve.resize(node, guest, disk, size, options) end

---@alias pve.move_disk.options.format
---| "raw"
---| "qcow2"
---| "vmdk"

---@class pve.move_disk.options
---@field delete_source? boolean true destroys the old volume once it is copied; default: it stays as an unused disk.
---@field format? pve.move_disk.options.format The new volume's format; virtual machines only.
---@field bwlimit? integer KiB a second at most; 0 is no limit.
---@field timeout? number Seconds to wait for the task.

---Moves a disk of a guest to another storage of its node.
---
---```lua
---print(pcall(pve.move_disk, nil, 103, "scsi0", "shared"))
---```
---@param node? string Where the guest is; nil lets the host find it.
---@param guest pve.AnyGuest Which guest.
---@param disk string Which disk: scsi0, rootfs, mp1 ….
---@param storage string|{ storage: string } Where it goes.
---@param options? pve.move_disk.options How to move it.
---@return pve.Result # a result: changed, vmid, node, disk, volume (the new one), unused (where the old one is), upid, warnings
function pve.move_disk(node, guest, disk, storage, options) end

---Asks whether the guest's agent answers.
---
---```lua
---print(pve.agent_ping(101).answers)
---```
---@param guest pve.AnyGuest Which guest.
---@return pve.AgentAnswer # a record: vmid, answers (true or false), and reason where it does not
function pve.agent_ping(guest) end

---Tells what the guest's agent says of its system: operating system, host name, time, users.
---
---```lua
---local i = pve.agent_info(101); print(i.hostname, i.os["pretty-name"])
---```
---@param guest pve.AnyGuest Which guest.
---@return pve.AgentInfo # a record: vmid, agent (its version), commands (those it knows), hostname, os (id, name, pretty-name, version, kernel-release …), time in seconds since 1970, users; what the agent does not know is missing
function pve.agent_info(guest) end

---Lists the file systems that are mounted inside of the guest.
---
---```lua
---for _, fs in ipairs(pve.agent_fs(101)) do print(fs.mountpoint, fs.used, fs.total) end
---```
---@param guest pve.AnyGuest Which guest.
---@return pve.FileSystem[] # a list of records: mountpoint, device, type, total, used (bytes), disks
function pve.agent_fs(guest) end

---@class pve.agent_addresses.options
---@field loopback? boolean true lists those of the loopback too; default false.

---Lists a guest's network addresses, as its agent or, of a container, its node sees them.
---
---```lua
---for _, a in ipairs(pve.agent_addresses(101)) do print(a.interface, a.address) end
---```
---@param guest pve.AnyGuest Which guest.
---@param options? pve.agent_addresses.options Which.
---@return pve.Address[] # a list of records: interface, address, family ("inet" or "inet6"), prefix, mac, scope ("link" or "global")
function pve.agent_addresses(guest, options) end

---@class pve.agent_exec.options
---@field input? string What the program reads from its standard input.
---@field timeout? number Seconds to wait for its end; default 60.

---Runs a command inside of a virtual machine by its agent, waits for its end and gives what it printed.
---
---```lua
---local ok, r = pcall(pve.agent_exec, 101, { "uname", "-r" }); print(ok and r.out or r.kind)
---```
---@param guest pve.AnyGuest Which guest.
---@param command string[] The program and its arguments; no shell unless it is one: { "sh", "-c", "…" }.
---@param options? pve.agent_exec.options How to run it.
---@return pve.Result # a result: changed, exitcode (or signal), out, err, truncated, pid, vmid, node; a program that ends with another status than 0 is no error
function pve.agent_exec(guest, command, options) end

---@class pve.agent_read.options
---@field limit? integer Bytes at most; default 1048576.

---Reads a file inside of a virtual machine by its agent.
---
---```lua
---local ok, f = pcall(pve.agent_read, 101, "/etc/hostname"); print(ok and f.content or f.kind)
---```
---@param guest pve.AnyGuest Which guest.
---@param path string The file's path inside of the guest.
---@param options? pve.agent_read.options How much.
---@return pve.GuestFile # a record: vmid, path, content, size (bytes read), truncated; of a file that is no UTF-8 text base64 stands in place of content
function pve.agent_read(guest, path, options) end

---Writes a file inside of a virtual machine by its agent, over what it held.
---
---```lua
---local ok, e = pcall(pve.agent_write, 101, "/etc/motd", "hello\n"); print(ok or e.kind)
---```
---@param guest pve.AnyGuest Which guest.
---@param path string The file's path inside of the guest.
---@param content string All that the file shall hold, as UTF-8 text.
---@return pve.Result # a result: changed, vmid, node, path, size
function pve.agent_write(guest, path, content) end

---@alias pve.console.options.viewer
---| "novnc"
---| "xtermjs"

---@class pve.console.options
---@field viewer? pve.console.options.viewer Default: novnc for virtual machines, else xtermjs.

---Gives the address of a guest's console in Proxmox's web interface, for a person to open.
---
---```lua
---local ok, c = pcall(pve.console, 101); print(ok and c.url or c.kind)
---```
---@param guest pve.AnyGuest Which guest.
---@param options? pve.console.options Which console.
---@return pve.Console # a record: url, vmid, node, needs (what the person must do); the address holds no ticket and no secret
function pve.console(guest, options) end

---Gives the address of a node's shell in Proxmox's web interface, for a person to open.
---
---```lua
---local ok, c = pcall(pve.node_console, "pve1"); print(ok and c.url or c.kind)
---```
---@param node string Which node.
---@return pve.Console # a record: url, node, needs (what the person must do)
function pve.node_console(node) end

---Gives the guests that are meant by one guest, a list of guests or a table of filters, as they are now.
---
---```lua
---for _, vm in ipairs(pve.select{ 102, 101 }) do print(vm.vmid, vm.status) end
---```
---@param what pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which; the filters are those of pve.list_vms, an empty table is an empty list and means no guest.
---@return pve.GuestRecord[] # a list of guest records as pve.list_vms gives them; in the order of the list, each guest once
function pve.select(what) end

---@alias pve.rolling.options.action
---| "reboot"
---| "reset"
---| "restart"

---@alias pve.rolling.options.order
---| "given"
---| "vmid"
---| "name"
---| "node"

---@class pve.rolling.options
---@field action? pve.rolling.options.action|function What is done to each, restart is a shutdown and a start; a function is given the guest. Default reboot.
---@field health? function Given the guest, asked until it says yes; default: it runs, and its agent answers if it has one.
---@field timeout? number Seconds for the action and again for the health; default 300.
---@field interval? number Seconds between two looks at the health; default 2.
---@field pause? number Seconds between one batch and the next; default 0.
---@field batch? integer How many are handled at a time; default 1.
---@field order? pve.rolling.options.order In which order; default as given.
---@field stop_on_failure? boolean false goes on with the next guest; what policy or a person refuses, and doubt, end it all the same.

---Restarts guests one after the other: each only when the one before is well again.
---
---```lua
---pve.rolling({ pool = "web" }, { action = function(vm) vm:snapshot{ name = "before" } end, pause = 1 })
---```
---@param guests pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters Which; those that do not run are left as they are, and that is told.
---@param options? pve.rolling.options How.
---@return pve.Rolled[] # a list of results: vmid, name, node, outcome ("done", "skipped", "failed", "not_reached"), seconds, problem; the error that stops it has the list as its field results
function pve.rolling(guests, options) end

---@alias pve.report.options.format
---| "text"
---| "markdown"
---| "csv"
---| "svg"

---@class pve.report.options
---@field format? pve.report.options.format Which form; default text.
---@field columns? string[] Which fields, in which order; of a chart which of cpu, mem and disk. Default: those that tell most.
---@field title? string A heading; CSV has none.

---Makes a text of records: a table for people, Markdown, CSV, or a chart of usage as an SVG picture.
---
---```lua
---print(pve.report(pve.list_nodes(), { format = "markdown", title = "Nodes" }))
---```
---@param records any[] The records, such as pve.list_vms or pve.list_nodes give.
---@param options? pve.report.options How.
---@return string # the text; print it, and have the shell put standard output into a file
function pve.report(records, options) end

---@class pve.wait.options
---@field timeout? number Seconds until it fails; default 300.
---@field interval? number Seconds between two questions; default 2.
---@field what? string What is waited for, for the error's text.

---Asks a function again and again until it gives something other than nil and false.
---
---```lua
---pve.wait(function() return pve.vm(101).status == "running" end, { timeout = 60 })
---```
---@param condition function What is asked; an error in it ends the waiting.
---@param options? pve.wait.options How to wait.
---@return any # what the function gave; an error of kind guest_timeout where it never did
function pve.wait(condition, options) end

---@class pve.wait_until.options
---@field timeout? number Seconds until it fails; default 300.
---@field interval? number Seconds between two questions; default 2.
---@field what? string What is waited for, for the error's text.

---Asks a function again and again until it gives something other than nil and false.
---
---```lua
---pve.wait_until(function() return pve.vm(101).status == "running" end, { timeout = 60, interval = 1 })
---```
---@param condition function What is asked; an error in it ends the waiting.
---@param options? pve.wait_until.options How to wait.
---@return any # what the function gave; an error of kind guest_timeout where it never did
function pve.wait_until(condition, options) end

---@alias pve.wait_guest.state
---| "running"
---| "stopped"
---| "agent"
---| "ready"

---@class pve.wait_guest.options
---@field timeout? number Seconds until it fails; default 300.
---@field interval? number Seconds between two looks; default 2.

---Waits until a guest is in a state.
---
---```lua
---pve.wait_guest(101, "agent", { timeout = 60 })
---```
---@param guest pve.AnyGuest Which guest.
---@param state pve.wait_guest.state agent: it runs and its agent answers. ready: that where it has an agent, else that it runs.
---@param options? pve.wait_guest.options How to wait.
---@return pve.Guest # the guest object as it is then; an error of kind guest_timeout where it never is
function pve.wait_guest(guest, state, options) end

---Reads any path of Proxmox's API.
---
---```lua
---print(pve.api.get("/nodes/pve1/qemu/101/config").name)
---```
---@param path string The path below /api2/json.
---@param parameters? table<string, string|number|boolean|string[]> Query parameters.
---@return any # what Proxmox answers under `data`
function pve.api.get(path, parameters) end

---@class pve.api.post.options
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once; default true.

---Makes or starts something by any path of Proxmox's API, and follows the task.
---
---```lua
---print(pve.api.post("/nodes/pve1/qemu/103/status/start").status)
---```
---@param path string The path below /api2/json.
---@param parameters? table<string, string|number|boolean|string[]> What to send with it, under Proxmox's names.
---@param options? pve.api.post.options How to wait.
---@return pve.Result # a result: changed, data (what Proxmox answers), status ("ok" or "warning"), upid where there is a task, vmid and node where the call is about one guest
function pve.api.post(path, parameters, options) end

---@class pve.api.put.options
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once; default true.

---Sets something by any path of Proxmox's API, and follows the task.
---
---```lua
---local ok, e = pcall(pve.api.put, "/nodes/pve1/qemu/103/config", { onboot = true }); print(ok or e.kind)
---```
---@param path string The path below /api2/json.
---@param parameters? table<string, string|number|boolean|string[]> What to send with it, under Proxmox's names.
---@param options? pve.api.put.options How to wait.
---@return pve.Result # a result: changed, data (what Proxmox answers), status ("ok" or "warning"), upid where there is a task, vmid and node where the call is about one guest
function pve.api.put(path, parameters, options) end

---@class pve.api.delete.options
---@field timeout? number Seconds to wait for the task.
---@field wait? boolean false returns the task at once; default true.

---Removes something by any path of Proxmox's API, and follows the task.
---
---```lua
---local ok, e = pcall(pve.api.delete, "/nodes/pve1/qemu/103/snapshot/old"); print(ok or e.kind)
---```
---@param path string The path below /api2/json.
---@param parameters? table<string, string|number|boolean|string[]> What to send with it, under Proxmox's names.
---@param options? pve.api.delete.options How to wait.
---@return pve.Result # a result: changed, data (what Proxmox answers), status ("ok" or "warning"), upid where there is a task, vmid and node where the call is about one guest
function pve.api.delete(path, parameters, options) end

---Gives the same functions for another configured cluster, or for "demo".
---
---```lua
---local lab = pve.cluster("demo"); print(lab.name, #lab.list_vms())
---```
---@param name? string A cluster of the configuration, or "demo"; without it, or with the run's own, you get pve itself.
---@return pve # a table with the functions of pve, each bound to that cluster, and its name as .name. Records, guests and tasks from it carry a field cluster, and only its own functions take them; what pve.api answers stays as it is
function pve.cluster(name) end

---@alias pve.log.level
---| "debug"
---| "info"
---| "warning"
---| "error"

---Writes a line to stderr, with its level.
---
---```lua
---pve.log("begin of the maintenance window")
---```
---@param message string The line.
---@param level? pve.log.level How grave; default info.
function pve.log(message, level) end

---@alias pve.fail.options.kind
---| "script"
---| "not_found"
---| "conflict"
---| "guest_timeout"
---| "task_failed"
---| "storage_unavailable"
---| "unsupported"
---| "parameter"

---@class pve.fail.options
---@field kind? pve.fail.options.kind The error's kind; default script.
---@field hint? string What to do next.
---@field vmid? pve.AnyGuest The guest that it is about.

---Ends the script, or the function that pcall guards, with an error of a kind.
---
---```lua
---local ok, e = pcall(pve.fail, "no room", { kind = "conflict" }); print(e.kind)
---```
---@param message string What is wrong.
---@param options? pve.fail.options What else is known.
function pve.fail(message, options) end

---Waits, at no cost in processor time.
---
---```lua
---pve.sleep(0.1)
---```
---@param seconds number How long.
function pve.sleep(seconds) end

---Tells the time of the host.
---
---```lua
---print(os.date("%Y-%m-%d", math.floor(pve.now())))
---```
---@return number # seconds since 1970, with fraction
function pve.now() end

---Prints records as a table with aligned columns; colour only on a terminal.
---
---```lua
---pve.table(pve.list_vms(), { "vmid", "name", "node", "status" })
---```
---@param rows any[] The records.
---@param columns? string[] Which fields, in which order; default: all, vmid first.
function pve.table(rows, columns) end

---Whether `e` is an error of pvelua, and of that kind where one is named.
---@param e any
---@param kind? pve.ErrorKind
---@return boolean
function pve.is_error(e, kind) end

---Keeps a function that is to be called if the script fails: what must be undone then.
---
---`compensation` — a function without arguments. Register it right after the step that it undoes.
---
---Returns a function that takes it back: call that once there is nothing left to undo.
---
---If the script fails, what waits is called newest first, each by itself and with fresh limits; its changes pass policy, consent and journal like any others. One that fails keeps no other from its turn. None is called after Ctrl-C, nor when the script's process is gone: then it is told which were waiting. The exit status stays that of the script's own failure. At most 1000 wait at a time, and none may register another. More in `docs/recovery.md`.
---@param compensation fun()
---@return fun() # takes it back
function pve.on_failure(compensation) end

---@class pve.parallel.options
---@field limit? integer how many run at a time; default 8
---@field stop_on_error? boolean whether none is begun once one has failed; default true

---Calls a function for each element of a list, several at a time, and returns the results in order.
---
---`body` — a function of an element and its number. Its first result for `list[i]` is `results[i]`.
---
---`limit` — how many run at a time; default 8. `stop_on_error` — whether no further element is begun once one has failed; default true. What was begun is always finished.
---
---One error is raised as it is. Several become one error whose `errors` holds them all, whose `failed` holds the numbers of their elements, and which is of the first one's kind (of `in_doubt`, if any is). Two changes of one guest wait for each other. More in `docs/concurrency.md`.
---@generic T, R
---@param list T[]
---@param body fun(element: T, number: integer): R?
---@param options? pve.parallel.options
---@return R[]
function pve.parallel(list, body, options) end

---Runs a function beside what follows, and returns a block that can be joined.
---
---`block:join()` waits for its end and returns what it returned, or raises its error; as often as it is asked. `block:cancel()` ends it at its next call.
---
---Nothing outlives the block that began it: at the end of a chunk, or of the function given to `pve.parallel`, `pve.spawn` or `pve.timeout`, all that it spawned is waited for, and an error that nobody has joined is raised there. Where that function fails, what it spawned is cancelled first.
---@param body function
---@param ... any
---@return pve.Block
function pve.spawn(body, ...) end

---Waits for its end and returns what it returned, or raises its error.
---@return any ...
function Block:join() end

---Ends it at its next call.
function Block:cancel() end

---Calls a function and returns what it returns, or raises an error of kind task_timeout when it takes too long.
---
---When the time is over, the call that it waits in fails with kind `cancelled`, and so do those after it. A change that was sent goes on without it, and is named when the run ends.
---@param seconds number
---@param body function
---@param ... any
---@return any ...
function pve.timeout(seconds, body, ...) end

---@class pve.HeaderParameter
---@field type? "string"|"integer"|"number"|"boolean"|"duration"|"size"|"vmid"|"node"|"guest"|"tag"|"pool"|"storage"
---@field list? boolean
---@field required? boolean
---@field default? any
---@field one_of? any[]
---@field min? number|string
---@field max? number|string
---@field pattern? string
---@field secret? boolean
---@field help? string

---@class pve.Header
---@field name? string
---@field description? string
---@field params? table<string, pve.HeaderParameter>
---@field actions? string[] the only changes that the run may make
---@field callers? ("human"|"ci"|"agent")[]
---@field limits? table<string, string|integer>

---The header of a runbook, as the first statement of its file: what it takes, and all that it may do.
---
---It is read before anything runs, so it holds literals only: strings, numbers, `true`, `false` and tables of them. Where it stands anywhere else, it is an error.
---
---`params` — what `--param` may give, by name: `type` (string, integer, number, boolean, duration, size, vmid, node, guest, tag, pool or storage), `list`, `required`, `default`, `one_of`, `min`, `max`, `pattern`, `secret`, `help`. `pve.params` then holds values of these types: times in seconds, sizes in bytes.
---
---`actions` — the only changes that the run may make, such as `{ "guest.shutdown", "snapshot.*" }`; reads are always free. `callers` — who may run it: human, ci, agent. `limits` — `cpu`, `memory`, `calls`, `changes`, `guests`; they tighten what holds anyway.
---
---`pvelua run FILE --help` shows it as a page. More in `docs/runbooks.md`.
---@param header pve.Header
function runbook(header) end

---Lists guests, virtual machines and containers alike, ordered by vmid.
---@param filters? pve.list_vms.filters Only guests to which all of these apply.
---@return pve.GuestRecord[] # a list of guest records: vmid, name, node, kind, status, tags, pool, cpu, maxcpu, mem, maxmem, uptime …; of guests whose node is offline the status is "unknown", a field note says more, and last_status is what they were where that is known
function Node:guests(filters) end

---Finds one guest and reads its state and identity.
---@return pve.Guest # a guest object with fields as of now and methods; vm:refresh() reads it again. Of a guest whose node is offline the status is "unknown" and a field note says more
function Guest:refresh() end

---Finds one node and reads its state, load and equipment.
---@return pve.Node # a node object: node, status, cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, guest_count, running_count; where it is online and Sys.Audit allows also load (1, 5 and 15 minutes), cpumodel, sockets, cores, kernel, pveversion, memory, swap, rootfs, iowait, subscription; and methods
function Node:refresh() end

---Lists storages with what they hold and how full they are, ordered by name.
---@param filters? pve.list_storages.filters Only storages to which all of these apply.
---@return pve.StorageRecord[] # a list of records: storage, type, status, shared, content, nodes, disk, maxdisk (bytes; of a storage that each node has its own of, the sum), usage (for each node: node, status, disk, maxdisk)
function Node:storages(filters) end

---Finds one storage and tells where it is, what it holds and how full it is.
---@return pve.Storage # a storage object: storage, type, content, shared, nodes (those it is active on), disk and maxdisk in bytes, usage (for each node: node, status, disk, maxdisk), and methods
function Storage:refresh() end

---Lists what lies on a storage, ordered by name.
---@param options? pve.content.options What to list.
---@return pve.Volume[] # a list of records: volid, name, storage, node, type, format, size, created, vmid, notes, protected; node is missing where all nodes see the same
function Storage:volumes(options) end

---Lists the ISO images on all storages that take them.
---@param options? pve.isos.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function Storage:isos(options) end

---Lists the ISO images on all storages that take them.
---@param options? pve.isos.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function Node:isos(options) end

---Lists the container templates on all storages that take them.
---@param options? pve.container_templates.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function Storage:container_templates(options) end

---Lists the container templates on all storages that take them.
---@param options? pve.container_templates.options Where to look.
---@return pve.Volume[] # a list of records as of pve.content
function Node:container_templates(options) end

---Has a node fetch a file from a web address onto a storage, and checks that it is there.
---@param url string The file's address, http or https.
---@param options pve.download.options What and how.
---@return pve.Result # a result: changed, volid, size, node, upid, warnings; changed = false where the file is there already
function Storage:download(url, options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param action pve.vm_action.action What to do.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:action(action, options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:start(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:stop(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:shutdown(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:reboot(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:reset(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:suspend(options) end

---Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.
---@param options? pve.vm_action.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid
function Guest:resume(options) end

---Lists tasks, running and recent, newest first.
---@param filters? pve.tasks.filters Only tasks to which all of these apply.
---@return pve.Task[] # a list of records: upid, node, type, id, vmid, user, started, ended, status (running, ok, warning, error, unknown), exitstatus, duration in seconds
function Guest:tasks(filters) end

---Lists tasks, running and recent, newest first.
---@param filters? pve.tasks.filters Only tasks to which all of these apply.
---@return pve.Task[] # a list of records: upid, node, type, id, vmid, user, started, ended, status (running, ok, warning, error, unknown), exitstatus, duration in seconds
function Node:tasks(filters) end

---Takes a snapshot of a guest, named by the configured convention unless a name is given.
---@param options? pve.snapshot.options How to take it.
---@return pve.Result # a result: changed, name, vmid, node, upid, warnings
function Guest:snapshot(options) end

---Lists the snapshots of a guest as a tree: depth first, older ones before newer ones.
---@return pve.Snapshot[] # a list of records: name, description, time (seconds since 1970), vmstate, parent, children, depth, current (whether the present descends from it directly), incomplete (where a step of it was never finished)
function Guest:snapshots() end

---Draws the snapshots of a guest as a tree, with where the guest is now.
---@return string # text, a line for each snapshot
function Guest:snapshot_tree() end

---Sets a guest back to a snapshot: it is stopped at once if it runs, and what changed since is lost.
---@param name string The snapshot.
---@param options? pve.snapshot_rollback.options How to do it.
---@return pve.Result # a result: changed, status, vmid, node, upid, warnings
function Guest:rollback(name, options) end

---Deletes a snapshot of a guest; the guest itself and its other snapshots stay.
---@param name string The snapshot.
---@param options? pve.snapshot_delete.options How to do it.
---@return pve.Result # a result: changed, vmid, node, upid, warnings
function Guest:delete_snapshot(name, options) end

---Deletes old snapshots whose names begin with a prefix, and keeps so many as told; others are never touched.
---@param options pve.snapshot_prune.options What to keep.
---@return pve.PrunedSnapshot[] # a list with a record for each snapshot with the prefix: vmid, guest, name, time, action ("keep", "delete", "deleted", "failed"), reason; an error of kind task_failed at the end where a deletion failed
function Guest:snapshot_prune(options) end

---Backs up one guest, and finds the new backup on the storage before it counts as done.
---@param options? pve.backup.options How to make it.
---@return pve.Result # a result: changed, upid, warnings, and what pve.backups tells of the backup: volid, vmid, kind, time (seconds since 1970), age in seconds, size, format, protected, notes (first line), storage, node (one that can reach it), shared, verification and encrypted where a backup server tells
function Guest:backup(options) end

---Lists the backups on all storages that hold some, newest first; what cannot be looked at is told.
---@param options? pve.backups.options Which of them.
---@return pve.Backup[] # a list of records: volid, vmid, kind, time (seconds since 1970), age in seconds, size, format, protected, notes (first line), storage, node (one that can reach it), shared, verification and encrypted where a backup server tells
function Guest:backups(options) end

---Lists the backups on one storage, newest first.
---@param options? pve.storage_backups.options Which of them.
---@return pve.Backup[] # a list of records as pve.backups gives them
function Storage:backups(options) end

---Tells how old the newest backup of a guest is.
---@return integer?, pve.Backup? # seconds and the backup as pve.backups gives it; nil where there is none
function Guest:backup_age() end

---Removes old backups and keeps so many as told, by Proxmox's own rule; protected ones always stay.
---@param options pve.backup_prune.options What to keep.
---@return pve.PrunedBackup[] # a list of records: volid, vmid, kind, time, storage, node, action ("keep", "protected", "renamed", "remove" in a preview, "removed")
function Guest:prune_backups(options) end

---Moves a guest to another node, a running virtual machine without stopping it, and checks that it is there.
---@param target string The node it goes to.
---@param options? pve.migrate.options How to move it.
---@return pve.Result # a result: changed, vmid, from, node (where it is now), status, upid, verified, warnings
function Guest:migrate(target, options) end

---Tells whether a guest could move to a node, or to which of them, and what stands in the way; with VM.Migrate its own node is asked, too.
---@param target? string The node it would go to; nil for every node.
---@param options? pve.migrate_check.options How it would be moved.
---@return pve.MigrationCheck # a record: vmid, name, node, kind, status, running, memory, local_disks (each key, volid, storage, target_storage, size), local_resources, snapshots, lock, ha (state, group, nodes); with a target also allowed, reasons (each about, text, hint, field) and target (node, status, memory, memory_free, cpus, cpu, storages: free bytes by name), without one nodes: those three for each other node, by its name
function Guest:migrate_check(target, options) end

---Moves all guests of a node to other nodes, planned by memory before the first one starts.
---@param options? pve.evacuate.options How to empty it.
---@return pve.Evacuation # a record: node, moves (each vmid, name, from, to, node, status, upid, options), stayed (each vmid, name, node, reasons), unmovable (how many of those were to move), failed (with stop_on_error = false), preview
function Node:evacuate(options) end

---Makes a new guest as a copy of another, of its present or of a snapshot.
---@param options? pve.clone.options How to copy it.
---@return pve.Result # a result: changed, vmid (the new guest's), name, node, full, source, upid, warnings
function Guest:clone(options) end

---Turns a stopped guest without snapshots into a template, from which guests are cloned.
---@param options? pve.template.options How to do it.
---@return pve.Result # a result: changed, vmid, node, upid, warnings
function Guest:to_template(options) end

---Removes a stopped guest with its disks and snapshots; its backups stay.
---@param options? pve.destroy.options How to do it.
---@return pve.Result # a result: changed, vmid, node, destroyed (what was removed with it, in words), upid, warnings
function Guest:destroy(options) end

---Reads a guest's configuration as it holds now, and on request what waits for the next start.
---@param options? pve.config.options What to read.
---@return table<string, any> # a table of the options, and digest; with pending = true a table: config, pending (new values), deleted, digest
function Guest:config(options) end

---Changes options of a guest, only if its configuration is still the one that was seen.
---@param options pve.configure.options What to change.
---@return pve.Result # a result: changed, vmid, node, pending (options that wait for the next start), digest (the new one)
function Guest:configure(options) end

---Adds tags to a guest.
---@param tags any A tag, or a list of them.
---@return pve.Result # a result: changed, vmid, node, tags (all that it has now)
function Guest:tag(tags) end

---Takes tags from a guest.
---@param tags any A tag, or a list of them.
---@return pve.Result # a result: changed, vmid, node, tags (all that it has now)
function Guest:untag(tags) end

---Protects a guest from removal, or takes the protection away.
---@param on? boolean false takes the protection away; default true.
---@return pve.Result # a result: changed, vmid, node
function Guest:protect(on) end

---Writes a virtual machine's cloud-init drive anew from its configuration.
---@return pve.Result # a result: changed, vmid, node
function Guest:cloudinit_update() end

---Grows a disk of a guest, by an amount or to a size.
---@param disk string Which disk: scsi0, rootfs, mp1 ….
---@param size string "+5G" adds, "40G" is the new size, which must not be smaller.
---@param options? pve.resize.options How to do it.
---@return pve.Result # a result: changed, vmid, node, disk, size (bytes now), upid, warnings
function Guest:resize(disk, size, options) end

---Moves a disk of a guest to another storage of its node.
---@param disk string Which disk: scsi0, rootfs, mp1 ….
---@param storage string|{ storage: string } Where it goes.
---@param options? pve.move_disk.options How to move it.
---@return pve.Result # a result: changed, vmid, node, disk, volume (the new one), unused (where the old one is), upid, warnings
function Guest:move_disk(disk, storage, options) end

---Asks whether the guest's agent answers.
---@return pve.AgentAnswer # a record: vmid, answers (true or false), and reason where it does not
function Guest:ping() end

---Tells what the guest's agent says of its system: operating system, host name, time, users.
---@return pve.AgentInfo # a record: vmid, agent (its version), commands (those it knows), hostname, os (id, name, pretty-name, version, kernel-release …), time in seconds since 1970, users; what the agent does not know is missing
function Guest:system() end

---Lists the file systems that are mounted inside of the guest.
---@return pve.FileSystem[] # a list of records: mountpoint, device, type, total, used (bytes), disks
function Guest:filesystems() end

---Lists a guest's network addresses, as its agent or, of a container, its node sees them.
---@param options? pve.agent_addresses.options Which.
---@return pve.Address[] # a list of records: interface, address, family ("inet" or "inet6"), prefix, mac, scope ("link" or "global")
function Guest:addresses(options) end

---Runs a command inside of a virtual machine by its agent, waits for its end and gives what it printed.
---@param command string[] The program and its arguments; no shell unless it is one: { "sh", "-c", "…" }.
---@param options? pve.agent_exec.options How to run it.
---@return pve.Result # a result: changed, exitcode (or signal), out, err, truncated, pid, vmid, node; a program that ends with another status than 0 is no error
function Guest:exec(command, options) end

---Reads a file inside of a virtual machine by its agent.
---@param path string The file's path inside of the guest.
---@param options? pve.agent_read.options How much.
---@return pve.GuestFile # a record: vmid, path, content, size (bytes read), truncated; of a file that is no UTF-8 text base64 stands in place of content
function Guest:read_file(path, options) end

---Writes a file inside of a virtual machine by its agent, over what it held.
---@param path string The file's path inside of the guest.
---@param content string All that the file shall hold, as UTF-8 text.
---@return pve.Result # a result: changed, vmid, node, path, size
function Guest:write_file(path, content) end

---Gives the address of a guest's console in Proxmox's web interface, for a person to open.
---@param options? pve.console.options Which console.
---@return pve.Console # a record: url, vmid, node, needs (what the person must do); the address holds no ticket and no secret
function Guest:console(options) end

---Gives the address of a node's shell in Proxmox's web interface, for a person to open.
---@return pve.Console # a record: url, node, needs (what the person must do)
function Node:console() end

---Waits until a guest is in a state.
---@param state pve.wait_guest.state agent: it runs and its agent answers. ready: that where it has an agent, else that it runs.
---@param options? pve.wait_guest.options How to wait.
---@return pve.Guest # the guest object as it is then; an error of kind guest_timeout where it never is
function Guest:wait(state, options) end

---A time of the calendar, UTC.
---@class pve.Date
---@field year integer
---@field month integer
---@field day integer
---@field hour? integer
---@field min? integer
---@field sec? integer
---@field wday? integer
---@field yday? integer
---@field isdst? boolean

os = {}

---The processor time of the script, in seconds.
---@return number
function os.clock() end

---The host's time, or another, in the form of strftime; `*t` gives a table. Always UTC.
---@overload fun(format: "*t"|"!*t", time?: integer): pve.Date
---@param format? string
---@param time? integer
---@return string
function os.date(format, time) end

---@param later number
---@param earlier number
---@return number
function os.difftime(later, earlier) end

---Seconds since 1970, of now or of a table.
---@param date? pve.Date
---@return integer
function os.time(date) end

debug = {}

---@param message? any
---@param level? integer
---@return string
function debug.traceback(message, level) end
