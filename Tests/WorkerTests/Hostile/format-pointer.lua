-- expect: returns true
-- attack: addresses by %p of all kinds of values
for _, v in ipairs({ {}, print, function() end, coroutine.create(print), 'x', pve, pve.null }) do
  local ok, s = pcall(string.format, '%p', v)
  assert(not ok or not s:find('0x7') and not s:find('0x5'), s)
end
return true
