-- SPDX-License-Identifier: Apache-2.0
-- pve.backup_age(guest): how old the newest backup of a guest is, and which it is.

local _, pve = ...
pve = pve or _G.pve

return function(guest)
  local newest = pve.backups(guest)[1]
  return newest and newest.age, newest
end
