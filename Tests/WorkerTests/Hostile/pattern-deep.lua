-- expect: error pattern too complex
return string.find(('a'):rep(1000), ('(a?)'):rep(20) .. ('a?'):rep(400))
