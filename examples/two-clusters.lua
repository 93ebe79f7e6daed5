-- What two clusters have in common: guests of the same name, and vmids that would collide if one moved over.
--   pvelua --cluster demo run examples/two-clusters.lua --param other=demo

runbook{
  name = "two-clusters",
  description = "Tells what two clusters have in common: names of guests, and vmids that would collide.",
  params = { other = { required = true, help = "The cluster that this one is compared with." } },
  actions = {}, -- it only reads
}

local other = pve.cluster(pve.params.other)

local names, vmids = {}, {}
for _, vm in ipairs(other.list_vms()) do
  names[vm.name], vmids[vm.vmid] = vm, vm
end

local rows = {}
for _, vm in ipairs(pve.list_vms()) do
  local twin, rival = names[vm.name], vmids[vm.vmid]
  if twin or rival then
    rows[#rows + 1] = {
      vmid = vm.vmid, name = vm.name, status = vm.status,
      same_name = twin and twin.vmid or "-", same_vmid = rival and rival.name or "-",
    }
  end
end

print(("%s and %s"):format(pve.name, other.name))
pve.table(rows, { "vmid", "name", "status", "same_name", "same_vmid" })
