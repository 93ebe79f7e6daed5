-- expect: returns true
for name in pairs(_G) do if name ~= '_G' then _G[name] = nil end end
return true
