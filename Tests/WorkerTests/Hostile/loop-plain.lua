-- expect: limit cpu
-- attack: an endless loop
while true do end
