-- expect: limit cpu
return pcall(string.gsub, 'abc', '.', function()
  local co = coroutine.create(function() while true do end end)
  while true do coroutine.resume(co) end
end)
