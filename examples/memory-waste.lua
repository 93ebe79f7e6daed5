-- Where memory and disks lie idle: guests that use far less memory than they have, and stopped guests that hold disks.
--   pvelua --cluster demo run examples/memory-waste.lua
--   pvelua --cluster demo --param below=0.25 run examples/memory-waste.lua

runbook{
  name = "memory-waste",
  description = "Finds guests that use far less memory than they have, and stopped ones that hold disks.",
  params = { below = { type = "number", min = 0, max = 1, default = 0.5, help = "What share of its memory a guest must use." } },
  actions = {}, -- it only reads
}

local below = pve.params.below

local function gib(bytes)
  return ("%.1f"):format((bytes or 0) / 2 ^ 30)
end

local idle, spare, held = {}, 0, 0
for _, vm in ipairs(pve.list_vms()) do
  local why
  if vm.status == "unknown" then
    why = vm.note
  elseif vm.status == "running" and vm.mem and vm.maxmem and vm.mem < below * vm.maxmem then
    why = ("uses %d %% of its memory"):format(math.floor(100 * vm.mem / vm.maxmem + 0.5))
    spare = spare + vm.maxmem - vm.mem
  elseif vm.status == "stopped" and (vm.maxdisk or 0) > 0 then
    why = "is stopped and holds a disk"
    held = held + vm.maxdisk
  end
  if why then
    idle[#idle + 1] = {
      vmid = vm.vmid, name = vm.name, node = vm.node, used = vm.status == "running" and gib(vm.mem) or "",
      memory = gib(vm.maxmem), disk = gib(vm.maxdisk), why = why, order = (vm.maxmem or 0) - (vm.mem or 0),
    }
  end
end
table.sort(idle, function(left, right)
  if left.order ~= right.order then
    return left.order > right.order
  end
  return left.vmid < right.vmid
end)

pve.table(idle, { "vmid", "name", "node", "used", "memory", "disk", "why" })
print(("%s GiB of memory given and not used; stopped guests hold %s GiB of disks"):format(gib(spare), gib(held)))
for _, node in ipairs(pve.list_nodes()) do
  if node.status == "online" and node.mem then
    print(("%s: %s of %s GiB in use by %d running guests"):format(node.node, gib(node.mem), gib(node.maxmem),
      node.running_count))
  else
    print(("%s: %s"):format(node.node, node.status))
  end
end
