-- expect: limit cpu
-- attack: twenty lazy repetitions over 100,000 characters
return string.find(('a'):rep(100000), ('.-'):rep(20) .. 'b')
