-- expect: returns true
-- attack: messages about values hold no address
for _, f in ipairs({ function() return {} + 1 end, function() return {} < {} end, function() return #print end,
  function() return {} .. 'x' end, function() pve.vm({}) end, function() (nil)() end }) do
  local _, e = pcall(f)
  assert(not tostring(e):find('0x%x%x%x%x'), tostring(e))
end
return true
