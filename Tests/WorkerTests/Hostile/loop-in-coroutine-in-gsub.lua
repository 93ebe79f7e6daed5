-- expect: limit cpu
-- attack: an endless coroutine, resumed for ever, in a gsub callback
return pcall(string.gsub, 'abc', '.', function()
  local co = coroutine.create(function() while true do end end)
  while true do coroutine.resume(co) end
end)
