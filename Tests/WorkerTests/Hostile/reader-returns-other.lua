-- expect: returns true
return load(function() return 1 end) == nil and load(function() return {} end) == nil
