-- expect: error attempt to yield from outside a coroutine
-- attack: a yield outside of any coroutine
coroutine.yield(1)
