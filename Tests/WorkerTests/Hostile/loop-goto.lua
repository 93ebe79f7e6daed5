-- expect: limit cpu
-- attack: an endless loop of goto
::again:: goto again
