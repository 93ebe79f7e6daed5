-- Reads and changes a guest by the raw API; each write is judged, asked for and recorded like any other change.
--   pvelua --cluster demo --yes run examples/raw-api.lua

local path = "/nodes/pve1/qemu/103/config"

local before = pve.api.get(path)
print(("%s has %s cores"):format(before.name, before.cores))

-- Of a raw write the result says what Proxmox answered; `data` of this one is empty.
local result = pve.api.put(path, { cores = 2, description = "set by raw-api.lua", digest = before.digest })
print(result.action, result.status)
print(("%s has %s cores"):format(before.name, pve.api.get(path).cores))

-- A task is followed to its end; a call that amounts to an operation of pvelua has its effect looked at, too.
local started = pve.api.post("/nodes/pve1/qemu/103/status/start")
print(started.action, started.status, started.verified)

-- The digest has moved on with the change, so the same write again is refused by Proxmox.
local ok, problem = pcall(pve.api.put, path, { cores = 4, digest = before.digest })
print(ok, problem.kind)
