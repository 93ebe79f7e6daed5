-- expect: returns true
-- attack: the state behind math.random
return pcall(math.random) and pcall(math.randomseed, 1) and pcall(math.randomseed) and math.random(0) ~= nil
