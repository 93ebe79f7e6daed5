-- SPDX-License-Identifier: Apache-2.0
-- Builds `pve` and `require`; the last of the files that run once in every worker before the first chunk.
-- `host` holds what C lends: call(name, …), freeze(table, name), load(text), is_error(value, kind), null, boot (the boot frame).

local host = ...
local call, freeze = host.call, host.freeze
-- Locals, so that nothing a script does to its globals changes what happens here.
local error, ipairs, load, next, pcall, rawget, rawset, setmetatable, tostring, type =
  error, ipairs, load, next, pcall, rawget, rawset, setmetatable, tostring, type
local concat, find, format, gmatch, match, pack, sub =
  table.concat, string.find, string.format, string.gmatch, string.match, table.pack, string.sub

-- The number of single-letter changes from one word to the other, where a swap of neighbours counts as one.
local function distance(a, b)
  local before, row = {}, {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local last = row
    row = { [0] = i }
    for j = 1, #b do
      local same = sub(a, i, i) == sub(b, j, j)
      local best = last[j - 1] + (same and 0 or 1)
      if last[j] + 1 < best then best = last[j] + 1 end
      if row[j - 1] + 1 < best then best = row[j - 1] + 1 end
      local swapped = i > 1 and j > 1 and sub(a, i, i) == sub(b, j - 1, j - 1) and sub(a, i - 1, i - 1) == sub(b, j, j)
      if swapped and before[j - 2] + 1 < best then best = before[j - 2] + 1 end
      row[j] = best
    end
    before = last
  end
  return row[#b]
end

local function nearest(name, candidates)
  local best, found = 3, nil
  for candidate in next, candidates do
    local steps = distance(name, candidate)
    if steps < best or (steps == best and found and candidate < found) then
      best, found = steps, candidate
    end
  end
  return found
end

-- An __index that says what was meant instead of returning nil.
local function explain(members, path)
  return setmetatable(members, {
    __index = function(_, key)
      if type(key) ~= "string" or #key > 64 then
        error(format("%s has no member of this name", path), 3)
      end
      local found = nearest(key, members)
      local hint = found and format("; did you mean %s.%s?", path, found) or ""
      error(format("%s.%s does not exist%s", path, key, hint), 3)
    end,
    __metatable = false,
  })
end

-- Which operations give objects, by their kind, and which are Lua modules of ours, by the module's name.
local gives, modules = host.boot.gives or {}, host.boot.modules or {}

local function stub(name, called, objects)
  local kind = gives[name]
  if not kind then
    return function(...)
      return call(called, ...)
    end
  end
  return function(...)
    local result = call(called, ...)
    return type(result) == "table" and setmetatable(result, objects[kind]) or result
  end
end

-- Globals of our modules: copies, made before the first chunk, so that a script which redefines `type` or `table.sort`
-- changes its own calls only.
local standard = {}
for name, value in next, _G do
  if type(value) == "table" and value ~= _G then
    local copy = {}
    for key, inner in next, value do
      copy[key] = inner
    end
    value = copy
  end
  standard[name] = value
end
standard._G = standard

-- An operation that is made of others: the host checks the arguments, the module does the rest. A module is loaded when it
-- is first called, with the functions of the cluster that it is for, and gives the function that is the operation.
local function library(module, called, owner)
  local run
  return function(...)
    call("@check", called, ...)
    if not run then
      run = host.load(call("@module", module), standard)(module, owner.pve)
    end
    return run(...)
  end
end

local function group_of(members, path)
  local group = members
  for word in gmatch(path, "([^.]+)%.") do
    local inner = rawget(group, word)
    if type(inner) ~= "table" then
      inner = {}
      rawset(group, word, inner)
    end
    group = inner
  end
  return group
end

local function seal(group, path)
  for name, member in next, group do
    if type(member) == "table" then
      group[name] = seal(member, path .. "." .. name)
    end
  end
  return freeze(explain(group, path), path)
end

local function freeze_deep(value, path)
  if type(value) ~= "table" then
    return value
  end
  local copy = {}
  for key, inner in next, value do
    copy[key] = freeze_deep(inner, format("%s.%s", path, tostring(key)))
  end
  return freeze(copy, path)
end

local function is_error(value, kind)
  return host.is_error(value, kind)
end

-- What is to be done if the chunk fails, by number; the host knows the numbers and asks for one after the other.
local compensations, last_compensation = {}, 0

local function on_failure(compensation)
  if type(compensation) ~= "function" then
    error("pve.on_failure takes a function", 2)
  end
  local number = last_compensation + 1
  last_compensation = number
  call("@on_failure", number)
  compensations[number] = compensation
  return function()
    if compensations[number] then
      compensations[number] = nil
      call("@on_failure", number, false)
    end
  end
end

local own = host.boot.cluster
-- The members of every table made so far, and the tables of the other clusters by name.
local made, others = {}, {}
local params = freeze({}, "pve.params")
local home, cluster

-- The functions for a cluster, or for the run's own (nil). A call says which in its name: `vm_action@lab2`.
local function build(name)
  local members, functions, objects, owner = {}, {}, {}, {}
  for _, operation in ipairs(host.boot.functions or {}) do
    local called = name and operation .. "@" .. name or operation
    local made_of = modules[operation]
    functions[operation] = made_of and library(made_of, called, owner) or stub(operation, called, objects)
    group_of(members, operation)[match(operation, "[^.]+$")] = functions[operation]
  end
  for kind, metatable in next, host.objects(name, functions) do
    objects[kind] = metatable
  end
  if rawget(members, "cluster") then
    members.cluster = cluster
  end
  members.is_error, members.null, members.params, members.name = is_error, host.null, params, name or own
  members.on_failure = on_failure
  for block, begin in next, host.blocks do
    members[block] = begin
  end
  made[#made + 1] = members
  owner.pve = seal(members, name and format('pve.cluster("%s")', name) or "pve")
  return owner.pve
end

function cluster(name)
  if name == nil or name == own then
    return home
  end
  if type(name) == "string" and others[name] then
    return others[name]
  end
  local answer = call("cluster", name)
  others[answer.name] = others[answer.name] or build(answer.name)
  return others[answer.name]
end

home = build(nil)
pve = home

-- While a script is planned, the host marks in every text what it goes by; a text that the script makes itself is no exception.
if host.boot.unknown then
  local function gathered(reader)
    local pieces = {}
    while true do
      local piece = reader()
      if piece == nil or piece == "" then
        return concat(pieces)
      elseif type(piece) ~= "string" then
        return nil
      end
      pieces[#pieces + 1] = piece
    end
  end

  local compile = load
  _G.load = function(text, name, ...)
    if type(text) == "function" then
      text, name = gathered(text), name or "=(load)"
      if not text then
        return nil, "reader function must return a string"
      end
    elseif type(text) == "string" and name == nil then
      name = text
    end
    return compile(type(text) == "string" and call("@instrument", text) or text, name, ...)
  end
end

local loaded, loading = {}, {}

function require(name)
  if type(name) ~= "string" or #name > 64 or find(name, "[^%w_.]") or find("." .. name, "%.[%d.]")
    or sub(name, -1) == "." or name == "" then
    error("a module name is words of letters, digits and _ joined by dots", 2)
  end
  if loaded[name] ~= nil then
    return loaded[name]
  end
  local own_block = host.strands.self()
  while loading[name] do
    if loading[name] == own_block then
      error(format("module '%s' requires itself", name), 2)
    end
    -- Another block is at it.
    host.strands.pause()
    if loaded[name] ~= nil then
      return loaded[name]
    end
  end
  local answer = call("@require", name)
  if type(answer) ~= "table" or type(answer.source) ~= "string" then
    error(format("the host sent no text for module '%s'", name), 2)
  end
  local chunk, problem = load(answer.source, answer.name or "@" .. name, "t")
  if not chunk then
    error(format("module '%s' does not compile: %s", name, problem), 2)
  end
  loading[name] = own_block
  local results = pack(pcall(chunk, name))
  loading[name] = nil
  host.strands.wake()
  if not results[1] then
    error(results[2], 0)
  end
  loaded[name] = results[2] == nil and true or results[2]
  return loaded[name]
end

-- The host has read the header of a runbook before its chunk began, and that call is then the first of all. Any other declares
-- bounds that nobody holds, so it is an error.
local header_is_due = host.boot.header

function runbook()
  if not header_is_due then
    error("runbook{…} bounds nothing here: the header must be the first statement of the file that is run", 2)
  end
  header_is_due = false
end

-- Runs what `pve.on_failure` was given under that number; an error in it is the chunk's.
host.compensate = function(number)
  local compensation = compensations[number]
  compensations[number] = nil
  if not compensation then
    error("the worker knows no compensation of this number", 0)
  end
  compensation()
end

host.set_parameters = function(parameters)
  compensations = {}
  params = freeze_deep(parameters, "pve.params")
  for _, members in ipairs(made) do
    rawset(members, "params", params)
  end
end
