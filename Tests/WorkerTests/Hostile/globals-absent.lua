-- expect: returns true
-- attack: io, os.execute, debug.getregistry and their like
for _, name in ipairs{ 'io', 'package', 'dofile', 'loadfile', 'loadstring', 'setfenv', 'module', 'newproxy', 'jit' } do
  assert(_G[name] == nil, name)
end
for _, name in ipairs{ 'execute', 'exit', 'getenv', 'remove', 'rename', 'tmpname', 'setlocale' } do
  assert(os[name] == nil, name)
end
for name in pairs(debug) do assert(name == 'traceback', name) end
assert(string.dump == nil)
return true
