-- Clones a lab from a template: guests with names, tags, a pool, cloud-init and addresses, and starts them.
--   pvelua --cluster demo --yes --param count=3 run examples/clone-lab.lua

runbook{
  name = "clone-lab",
  description = "Clones a lab from a template: guests with names, tags, a pool, cloud-init and addresses, and starts them.",
  params = {
    template = { type = "vmid", default = 9000, help = "What is cloned." },
    count = { type = "integer", min = 1, max = 50, default = 3, help = "How many guests the lab has." },
    pool = { type = "pool", default = "web", help = "The pool that they are put into." },
  },
  actions = { "guest.clone", "guest.config", "guest.credentials", "guest.start" },
}

local template, count, pool = pve.params.template, pve.params.count, pve.params.pool
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
