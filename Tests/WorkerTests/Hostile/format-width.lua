-- expect: error invalid
-- attack: string.format with a width of 99,999
return string.format('%99999d', 1)
