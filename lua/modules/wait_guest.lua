-- SPDX-License-Identifier: Apache-2.0
-- pve.wait_guest(guest, state, options): waits until a guest runs, is stopped, or its agent answers.

local _, pve = ...
pve = pve or _G.pve

local function has_agent(vm)
  if vm.kind ~= "qemu" then
    return false
  end
  local agent = pve.api.get(string.format("/nodes/%s/qemu/%d/status/current", vm.node, vm.vmid)).agent
  return tonumber(agent) == 1
end

-- An agent that is not up yet is an error of the call; what no waiting mends is raised.
local function answers(vm)
  if vm.status ~= "running" then
    return false
  end
  local ok, problem = pcall(pve.api.get, string.format("/nodes/%s/qemu/%d/agent/info", vm.node, vm.vmid))
  for _, kind in ipairs{ "permission", "policy_denied", "approval_required", "confirmation_required", "auth", "limit" } do
    if not ok and pve.is_error(problem, kind) then
      error(problem, 0)
    end
  end
  return ok
end

return function(guest, state, options)
  options = options or {}
  local vm = pve.vm(guest)
  if state == "ready" then
    state = has_agent(vm) and "agent" or "running"
  elseif state == "agent" and not has_agent(vm) then
    pve.fail(string.format("guest %d (%s) has no agent to wait for", vm.vmid, vm.name),
      { kind = "unsupported", vmid = vm.vmid, hint = 'wait for "running", or set the option agent of a virtual machine' })
  end
  local words = { agent = "the agent of guest %d answers", running = "guest %d runs", stopped = "guest %d is stopped" }
  return pve.wait(function()
    vm = pve.vm(vm)
    if state == "agent" then
      return answers(vm) and vm
    end
    return vm.status == state and vm
  end, { timeout = options.timeout, interval = options.interval, what = string.format(words[state], vm.vmid) })
end
