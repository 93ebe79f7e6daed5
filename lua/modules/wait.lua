-- SPDX-License-Identifier: Apache-2.0
-- Asks a function again and again until it says yes.

local _, pve = ...
pve = pve or _G.pve

return function(condition, options)
  options = options or {}
  local timeout, interval = options.timeout or 300, options.interval or 2
  local deadline = pve.now() + timeout
  while true do
    local answer = condition()
    if answer then
      return answer
    end
    local left = deadline - pve.now()
    if left <= 0 then
      pve.fail(string.format("still not true after %g s: %s", timeout, options.what or "the condition"),
        { kind = "guest_timeout" })
    end
    pve.sleep(math.min(interval, left))
  end
end
