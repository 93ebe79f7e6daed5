-- SPDX-License-Identifier: Apache-2.0
-- What test files are written in: describe, it, hooks, expect, sim. Loaded behind the prelude, by `pvelua test` only.
-- A worker loads one test file, tells the host its cases, and runs the one that the host names.

local host = ...
local call, freeze, here, is_error = host.call, host.freeze, host.here, host.is_error
local error, ipairs, load, next, pairs, rawequal, select, setmetatable, tostring, type, xpcall =
  error, ipairs, load, next, pairs, rawequal, select, setmetatable, tostring, type, xpcall
local concat, find, format, insert, sort = table.concat, string.find, string.format, table.insert, table.sort

local deepest, most_cases = 50, 5000

-- What the file declares -------------------------------------------------------------------------------------------

local root = { depth = 0, before = {}, after = {} }
local scope, cases, running = root, {}, nil

local function check(what, name, body)
  if running then
    error(what .. " stands beside cases, not inside of one", 3)
  elseif type(name) ~= "string" then
    error(what .. " takes a name", 3)
  elseif type(body) ~= "function" then
    error(format("%s takes a function behind the name", what), 3)
  end
end

function describe(name, body)
  check("describe", name, body)
  if scope.depth == deepest then
    error(format("describe is nested deeper than %d", deepest), 2)
  end
  local inner = { name = name, parent = scope, depth = scope.depth + 1, before = {}, after = {} }
  scope = inner
  body()
  scope = inner.parent
end

local function add(name, body, skip)
  if #cases == most_cases then
    error(format("a file has at most %d cases", most_cases), 3)
  end
  cases[#cases + 1] = { name = name, body = body, scope = scope, where = here(), skip = skip }
end

function it(name, body)
  check("it", name, body)
  add(name, body, false)
end

-- A case that is to come: it is listed and not run.
function pending(name)
  check("pending", name, pending)
  add(name, nil, true)
end

local function hook(list, what)
  return function(body)
    check(what, what, body)
    scope[list][#scope[list] + 1] = body
  end
end

before_each, after_each = hook("before", "before_each"), hook("after", "after_each")

-- The cluster of the cases that follow in this file or describe; inside a case, that case's from here on.
function cluster(description)
  if type(description) ~= "string" then
    error("cluster takes the name of a YAML file beside the test, or its text", 2)
  end
  if running then
    call("@test", "cluster", description)
  else
    scope.cluster, scope.cluster_place = description, here()
  end
end

-- expect -----------------------------------------------------------------------------------------------------------

local function is_table(value)
  return type(value) == "table" or type(value) == "userdata" and value ~= host.null and not is_error(value)
end

-- Whether two values hold the same; `loosely` lets the left one have more fields.
local function same(left, right, loosely, seen)
  if left == right then
    return true
  elseif not (is_table(left) and is_table(right)) then
    return false
  end
  seen = seen or {}
  if seen[left] == right then
    return true
  end
  seen[left] = right
  for key, value in pairs(right) do
    if not same(left[key], value, loosely, seen) then
      return false
    end
  end
  if not loosely then
    for key in pairs(left) do
      local found = false
      for other in pairs(right) do
        found = found or rawequal(key, other)
      end
      if not found and right[key] == nil then
        return false
      end
    end
  end
  return true
end

local function count(value)
  local number = 0
  for _ in pairs(value) do
    number = number + 1
  end
  return number
end

local function contains(actual, part)
  if type(actual) == "string" then
    return type(part) == "string" and find(actual, part, 1, true) ~= nil
  elseif not is_table(actual) then
    return false, "it is neither text nor a table"
  elseif actual[1] == nil and is_table(part) then
    return same(actual, part, true)
  end
  for _, value in pairs(actual) do
    if same(value, part, is_table(part)) then
      return true
    end
  end
  return false
end

local function compared(test)
  return function(actual, limit)
    if type(actual) ~= "number" or type(limit) ~= "number" then
      return false, "both must be numbers"
    end
    return test(actual, limit)
  end
end

-- A function that is to fail is called; what `sim.run` gave has failed already, or has not.
local function failure_of(actual)
  if type(actual) == "function" then
    local ok, problem = xpcall(actual, function(problem) return problem end)
    if ok then
      return nil, "it came to a good end"
    end
    return problem == nil and "nil" or problem
  elseif type(actual) == "table" and actual.status then
    return actual.error, not actual.error and "the run came to a good end" or nil
  end
  return nil, "it is neither a function nor what sim.run gives"
end

local function kind_of(problem)
  return type(problem) ~= "string" and problem.kind or "script"
end

local function fails(actual, kind)
  local problem, note = failure_of(actual)
  if problem == nil then
    return false, note
  elseif kind == nil then
    return true, tostring(problem.message or problem)
  end
  local message = type(problem) == "string" and problem or tostring(problem.message or problem)
  return (is_table(problem) or is_error(problem)) and problem.kind == kind or message == kind
      or find(message, kind, 1, true) ~= nil, format("it failed with: %s [%s]", message, tostring(kind_of(problem)))
end

local matchers = {
  equal = same,
  be = function(actual, expected) return rawequal(actual, expected) or actual == expected end,
  be_truthy = function(actual) return actual and true or false end,
  be_falsy = function(actual) return not actual end,
  be_nil = function(actual) return actual == nil end,
  be_a = function(actual, kind) return type(actual) == kind, "it is a " .. type(actual) end,
  contain = contains,
  match = function(actual, pattern)
    if type(actual) ~= "string" then
      return false, "it is no text"
    end
    return find(actual, pattern) ~= nil
  end,
  have_count = function(actual, number)
    local has = type(actual) == "string" and #actual or is_table(actual) and count(actual)
    return has == number, has and format("it has %d", has) or "it has no count"
  end,
  be_greater_than = compared(function(actual, limit) return actual > limit end),
  be_less_than = compared(function(actual, limit) return actual < limit end),
  be_at_least = compared(function(actual, limit) return actual >= limit end),
  be_at_most = compared(function(actual, limit) return actual <= limit end),
  fail = fails,
  error = fails,
  succeed = function(actual)
    if type(actual) ~= "table" or not actual.status then
      return false, "it is not what sim.run gives"
    end
    local problem = actual.error
    return actual.status == 0, problem and format("it failed with: %s [%s]%s", problem.message, problem.kind,
      problem.where and " at " .. problem.where or "")
  end,
}

-- The whole of what `sim.run` gives would bury what they say.
local judges_runs = { [matchers.succeed] = true, [fails] = true }

-- Raised by a failed expectation, which the host has been told of.
local told = setmetatable({}, { __name = "failed expectation", __tostring = function() return "failed expectation" end })

local function check_with(name, matcher, negated)
  return function(self, ...)
    if type(self) ~= "table" or not self.is_expectation then
      error(format("call it with a colon: expect(value):to_%s(…)", name), 2)
    end
    local actual, is_negated = self.actual, self.negated ~= negated
    local fine, note = matcher(actual, ...)
    if (fine and true or false) ~= is_negated then
      return
    end
    if judges_runs[matcher] and type(actual) == "table" then
      actual = { status = actual.status, kind = actual.kind }
    end
    call("@test", "expected", {
      matcher = name, negated = is_negated, actual = actual, expected = (...), has_expected = select("#", ...) > 0,
      note = note,
    })
    error(told, 0)
  end
end

local methods, names = {}, {}
for name, matcher in next, matchers do
  methods["to_" .. name] = check_with(name, matcher, false)
  methods["not_to_" .. name] = check_with(name, matcher, true)
  names[#names + 1] = "to_" .. name
end
sort(names)

local function expectation(actual, negated)
  return setmetatable({ actual = actual, negated = negated, is_expectation = true }, {
    __index = function(self, key)
      if key == "never" then
        return expectation(self.actual, not self.negated)
      elseif key == "actual" then
        return nil
      end
      return methods[key] or error(format(
        "expect(…) has no %s; it has %s, each with never or not_ before it too", tostring(key),
        concat(names, ", ")), 2)
    end,
    __metatable = false,
  })
end

function expect(...)
  if select("#", ...) == 0 then
    error("expect takes a value", 2)
  end
  return expectation((...), false)
end

-- sim --------------------------------------------------------------------------------------------------------------

local members, due, last_due = {}, {}, 0

-- What takes time stops at the moments that `sim.at` has named, and goes on when their functions are through.
local function passing(verb)
  return function(...)
    local answer = call("@test", verb, ...)
    while type(answer) == "table" and answer.at do
      local action = due[answer.at]
      due[answer.at] = nil
      if action then
        action()
      end
      answer = call("@test", "continue")
    end
    if answer ~= host.null then
      return answer
    end
  end
end

local function asking(verb)
  return function(...)
    local answer = call("@test", verb, ...)
    if answer ~= host.null then
      return answer
    end
  end
end

members.run, members.advance = passing("run"), passing("advance")
for _, verb in ipairs{ "now", "guests", "set", "fault", "sent", "requests", "consents", "add" } do
  members[verb] = asking(verb)
end

local look, make = asking("guest"), asking("make_guest")
members.guest = function(what)
  if type(what) == "table" and what.vmid and what.node then
    return make(what)
  end
  return look(type(what) == "table" and what.vmid or what)
end

members.at = function(time, action)
  if type(time) ~= "number" or type(action) ~= "function" then
    error("sim.at takes a time in seconds since 1970 and a function", 2)
  end
  last_due = last_due + 1
  due[last_due] = action
  call("@test", "at", last_due, time)
end

members.after = function(seconds, action)
  if type(seconds) ~= "number" or type(action) ~= "function" then
    error("sim.after takes seconds and a function", 2)
  end
  members.at(call("@test", "now") + seconds, action)
end

setmetatable(members, {
  __index = function(_, key)
    local known = {}
    for name in next, members do
      known[#known + 1] = "sim." .. name
    end
    sort(known)
    error(format("sim.%s does not exist; there are %s", tostring(key), concat(known, ", ")), 3)
  end,
  __metatable = false,
})
sim = freeze(members, "sim")

-- One file, one case -----------------------------------------------------------------------------------------------

local function report(problem)
  local result = { where = here() }
  if problem == told then
    return told
  elseif is_error(problem) then
    result.kind, result.message, result.hint = problem.kind, problem.message, problem.hint
  elseif type(problem) == "string" then
    result.kind, result.message = "script", problem
  else
    result.kind, result.message = "script", "an error that is a " .. type(problem) .. ": " .. tostring(problem)
  end
  return result
end

-- Runs a piece of the file; whether it came to a good end.
local function attempt(phase, body, ...)
  local ok, problem = xpcall(body, report, ...)
  if not ok and problem ~= told then
    problem = type(problem) == "table" and problem or { kind = "script", message = tostring(problem) }
    problem.phase = phase
    call("@test", "failed", problem)
  end
  return ok
end

local function run(case)
  running = case
  local scopes, chosen = {}, nil
  local current = case.scope
  while current do
    insert(scopes, 1, current)
    current = current.parent
  end
  for _, each in ipairs(scopes) do
    chosen = each.cluster and each or chosen
  end
  if chosen and not attempt("cluster", call, "@test", "cluster", chosen.cluster, chosen.cluster_place) then
    return
  end
  local fine = true
  for _, each in ipairs(scopes) do
    for _, body in ipairs(each.before) do
      fine = fine and attempt("before_each", body)
    end
  end
  if fine then
    attempt("case", case.body)
  end
  for index = #scopes, 1, -1 do
    for _, body in ipairs(scopes[index].after) do
      attempt("after_each", body)
    end
  end
end

-- The chunk that the host sends takes this away before the file is loaded.
function __rehearse()
  local file = call("@test", "source")
  local chunk, problem = load(file.source, file.name, "t")
  if not chunk then
    call("@test", "failed", { phase = "syntax", kind = "script", message = problem })
    return
  end
  if not attempt("file", chunk) then
    return
  end
  local list = {}
  for index, case in ipairs(cases) do
    local path = {}
    local current = case.scope
    while current.name do
      insert(path, 1, current.name)
      current = current.parent
    end
    list[index] = { name = case.name, path = path, where = case.where, skip = case.skip }
  end
  local number = call("@test", "cases", list)
  if cases[number] then
    run(cases[number])
  end
end
