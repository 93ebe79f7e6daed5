-- expect: returns true
-- attack: any global that is not on the list
local known = ' _G _VERSION assert collectgarbage coroutine debug error getmetatable ipairs load math next os pairs pcall print pve '
  .. 'rawequal rawget rawlen rawset require runbook select setmetatable string table tonumber tostring type utf8 warn xpcall '
for name in pairs(_G) do assert(known:find(' ' .. name .. ' ', 1, true), name) end
return true
