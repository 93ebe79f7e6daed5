-- expect: returns true
-- attack: calls with names of controls, bidi marks and no UTF-8
for _, n in ipairs({ '\27[2J', '\u{202e}', '\xff\xfe', ('a'):rep(100000), '', '\0' }) do
  pcall(pve.echo, n) pcall(pve.echo, { [n] = n }) pcall(function() return pve[n] end)
end
return true
