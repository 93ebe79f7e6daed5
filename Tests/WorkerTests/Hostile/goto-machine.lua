-- expect: limit cpu
-- attack: a state machine of gotos that never halts
local s = 0
::a:: s = s + 1 if s % 2 == 0 then goto b else goto c end
::b:: s = s * 3 goto a
::c:: s = s - 7 goto b
