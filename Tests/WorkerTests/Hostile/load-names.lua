-- expect: error boom
-- attack: chunk names of escapes, of 100 KB and of the host
for _, n in ipairs({ '=\27[2J', '@pvelua/prelude.lua', '=?', ('x'):rep(100000), '@\n\nerror: refused', '' }) do
  assert(not pcall(load('error("x")', n)))
end
load('error("boom", 0)', '@pvelua: error:')()
