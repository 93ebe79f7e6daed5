-- expect: returns true
-- attack: os.date of odd formats and times
if not (os and os.date) then return true end
for _, f in ipairs({ '%', '%Ez', '%9', ('%c'):rep(10000), '*t', '!%c', '%\0' }) do
  pcall(os.date, f) pcall(os.date, f, math.maxinteger) pcall(os.date, f, -1 << 60)
end
return true
