-- expect: limit cpu
-- attack: thirty greedy repetitions over 100,000 characters
return string.find(('a'):rep(100000), ('a*'):rep(30) .. 'b')
