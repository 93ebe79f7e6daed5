-- expect: error boom
load('error("boom")', '=[pvelua]')()
