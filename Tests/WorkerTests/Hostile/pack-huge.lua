-- expect: returns true
-- attack: string.pack sizes beyond all bounds
for _, f in ipairs({ 'i17', '!17i4', 'c9999999999', 's16', 'Xi', ('i16'):rep(100000), 'z' }) do
  pcall(string.pack, f, 1) pcall(string.unpack, f, 'x') pcall(string.packsize, f)
end
return true
