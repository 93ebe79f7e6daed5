-- expect: returns true
return pcall(math.random) and pcall(math.randomseed, 1) and pcall(math.randomseed) and math.random(0) ~= nil
