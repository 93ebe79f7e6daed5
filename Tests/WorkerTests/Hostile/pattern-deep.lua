-- expect: error pattern too complex
-- attack: a pattern of 20 captures and 400 choices
return string.find(('a'):rep(1000), ('(a?)'):rep(20) .. ('a?'):rep(400))
