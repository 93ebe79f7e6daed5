-- expect: returns true
-- attack: a reader of load that gives numbers and tables
return load(function() return 1 end) == nil and load(function() return {} end) == nil
