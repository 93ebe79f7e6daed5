-- Clones a lab from a template: guests with names, tags, a pool, cloud-init and addresses, and starts them.
--   pvelua --cluster demo --yes --param count=3 run examples/clone-lab.lua

local template = math.tointeger(tonumber(pve.params.template or "9000"))
local count = math.tointeger(tonumber(pve.params.count or "3"))
local pool = pve.params.pool or "web"
local lab = {}

for number = 1, count do
  local name = ("lab-%d"):format(number)
  local made = pve.clone(nil, template, { name = name, pool = pool, description = "made by clone-lab.lua" })
  local vm = pve.vm(made.vmid)
  lab[#lab + 1] = vm.vmid
  vm:tag{ "lab", "disposable" }
  vm:configure{ set = {
    ide2 = "shared:cloudinit",
    ciuser = "lab",
    sshkeys = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleExam lab",
    ipconfig0 = ("ip=192.0.2.%d/24,gw=192.0.2.1"):format(100 + number),
  } }
  vm:start()
  vm:refresh()
  print(("%d %s is %s on %s, %s"):format(vm.vmid, vm.name, pve.vm(vm.vmid).status, vm.node, pve.config(vm.vmid).ipconfig0))
end

print("to remove the lab, stop each and destroy it; policy asks before it lets you:")
for _, vmid in ipairs(lab) do
  print(("  pve.vm_action(nil, %d, \"stop\"); pve.destroy(nil, %d)"):format(vmid, vmid))
end
