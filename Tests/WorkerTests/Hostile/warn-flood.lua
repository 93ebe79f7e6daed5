-- expect: limit output
-- attack: a flood of warnings, on and off
while true do warn('@on') warn('flood') warn('@off') end
