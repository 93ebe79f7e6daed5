-- expect: returns true
-- attack: __close in an xpcall in a coroutine with a deep stack (crashes stock 5.4.4)
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local co = coroutine.create(function()
  deep(10000)
  xpcall(function()
    local x <close> = setmetatable({}, { __close = function() error('in close') end })
    coroutine.yield()
  end, function(m) return m end)
end)
coroutine.resume(co)
for _ = 1, 100000 do local _ = {} end
local ok = coroutine.close(co)
return ok == false or ok == true
