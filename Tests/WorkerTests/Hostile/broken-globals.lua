-- expect: returns true
-- attack: a script that takes all globals away
for name in pairs(_G) do if name ~= '_G' then _G[name] = nil end end
return true
