-- expect: error
-- attack: every code point of a large string on the stack
utf8.codepoint(('x'):rep(8 << 20), 1, -1)
