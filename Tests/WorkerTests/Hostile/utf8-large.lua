-- expect: limit cpu memory
-- attack: utf8 functions over megabytes, for ever
local s = ('\u{10FFFF}'):rep(1 << 20)
while true do utf8.len(s) utf8.codepoint(s, 1, 1000) utf8.offset(s, -1) for _ in utf8.codes(s) do end end
