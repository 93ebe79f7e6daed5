-- expect: error boom
-- attack: a chunk that is named like the host
load('error("boom")', '=[pvelua]')()
