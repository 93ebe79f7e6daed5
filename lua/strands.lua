-- SPDX-License-Identifier: Apache-2.0
-- pve.parallel, pve.spawn and pve.timeout: blocks that wait side by side. Structured: nothing outlives the block that began
-- it. Leaves in `host.blocks` the functions, and in `host.leave` what every block does at its end.

local host = ...
local call, freeze, is_error, strands = host.call, host.freeze, host.is_error, host.strands
local error, math_type, next, tostring, type = error, math.type, next, tostring, type
local format, pack, unpack = string.format, table.pack, table.unpack
local fork, next_ended, join, take, cancel = strands.fork, strands.next, strands.join, strands.take, strands.cancel

-- Blocks of one call are a group; those of pve.spawn have none.
local loose, last_group = 0, 0

local function new_group()
  last_group = last_group + 1
  return last_group
end

local function cancelled()
  local failure = host.failure("cancelled", "the block was ended from outside")
  error(failure, 0)
end

-- Ends the blocks of a group, waits until they are over, and is ended itself then.
local function give_up(group, running)
  for strand in next, running do
    cancel(strand)
  end
  repeat
    local strand = next_ended(group, true)
    if strand then
      take(strand)
    end
  until not strand
  cancelled()
end

local function check_options(options, known, name)
  if options == nil then
    return {}
  elseif type(options) ~= "table" then
    error(format("pve.%s: options must be a table, got %s", name, type(options)), 3)
  end
  for key in next, options do
    if not known[key] then
      error(format("pve.%s: there is no option %s; it takes %s", name, tostring(key), known.text), 3)
    end
  end
  return options
end

local function check_function(value, name, position)
  if type(value) ~= "function" then
    error(format("pve.%s: argument %d must be a function, got %s", name, position, type(value)), 3)
  end
end

-- The error of several: the one that matters most stands for all of them.
local function raise_all(errors, places, indexes, failed, count)
  local gravest = 1
  for index = failed, 1, -1 do
    if is_error(errors[index], "in_doubt") then
      gravest = index
    end
  end
  local first = errors[gravest]
  local of_host = is_error(first)
  error(strands.several({
    kind = of_host and first.kind or "script",
    message = format("%d of %d blocks failed; the first: %s", failed, count,
      of_host and tostring(first.message) or tostring(first)),
    hint = of_host and first.hint or nil,
    errors = errors,
    places = places,
    failed = indexes,
  }, places[gravest]), 0)
end

local parallel_options = { limit = true, stop_on_error = true, text = "limit and stop_on_error" }

local function parallel(list, body, options)
  if type(list) ~= "table" and type(list) ~= "userdata" then
    error(format("pve.parallel: argument 1 must be a list, got %s", type(list)), 2)
  end
  check_function(body, "parallel", 2)
  options = check_options(options, parallel_options, "parallel")
  local limit = options.limit == nil and 8 or options.limit
  if math_type(limit) ~= "integer" or limit < 1 then
    error("pve.parallel: limit must be a whole number above 0", 2)
  end
  if options.stop_on_error ~= nil and type(options.stop_on_error) ~= "boolean" then
    error("pve.parallel: stop_on_error must be true or false", 2)
  end
  local stops = options.stop_on_error ~= false
  local group, count = new_group(), #list
  local results, failures, running = {}, {}, {}
  local index, live = 1, 0
  while true do
    while live < limit and index <= count and not (stops and next(failures)) do
      running[fork(group, body, list[index], index)] = index
      index, live = index + 1, live + 1
    end
    if live == 0 then
      break
    end
    local strand = next_ended(group)
    if not strand then
      give_up(group, running)
    end
    local place = running[strand]
    running[strand], live = nil, live - 1
    local ok, value = take(strand)
    if ok then
      results[place] = value
    else
      failures[place] = { value, strands.place() }
    end
  end
  local errors, places, indexes, failed = {}, {}, {}, 0
  for place = 1, count do
    if failures[place] then
      failed = failed + 1
      errors[failed], places[failed], indexes[failed] = failures[place][1], failures[place][2], place
    end
  end
  if failed == 1 then
    error(errors[1], 0)
  elseif failed > 1 then
    raise_all(errors, places, indexes, failed, count)
  end
  return results
end

-- What came of a block that somebody holds: kept, so that it may be asked for again.
local function settled(handle)
  if not handle.outcome then
    handle.outcome = pack(take(handle.strand))
  end
  local outcome = handle.outcome
  if not outcome[1] then
    error(outcome[2], 0)
  end
  return unpack(outcome, 2, outcome.n)
end

local function spawn(body, ...)
  check_function(body, "spawn", 1)
  local handle = { strand = fork(loose, body, ...) }
  local methods = {}
  function methods.join()
    if not handle.outcome and not join(handle.strand) then
      cancelled()
    end
    return settled(handle)
  end
  function methods.cancel()
    cancel(handle.strand)
  end
  return freeze(methods, "a block of pve.spawn")
end

local function timeout(seconds, body, ...)
  if not math_type(seconds) or not (seconds >= 0) or seconds > 1e9 then
    error("pve.timeout: argument 1 must be a number of seconds", 2)
  end
  check_function(body, "timeout", 2)
  local group = new_group()
  local work = fork(group, body, ...)
  local clock = fork(group, call, "@deadline", seconds)
  local running = { [work] = true, [clock] = true }
  local first = next_ended(group)
  if not first then
    give_up(group, running)
  end
  cancel(first == work and clock or work)
  next_ended(group, true)
  local rang, trouble = take(clock)
  if first == clock and not rang then
    take(work)
    error(trouble, 0)
  end
  local outcome = pack(take(work))
  if outcome[1] then
    return unpack(outcome, 2, outcome.n)
  elseif is_error(outcome[2], "cancelled") then
    call("@timed_out", seconds)
  end
  error(outcome[2], 0)
end

host.blocks = { parallel = parallel, spawn = spawn, timeout = timeout }

-- Waits for all that a block began and did not wait for, having ended it where the block failed; gives the number of one that
-- failed unasked.
host.leave = function(ok)
  while true do
    local live, failed = strands.children()
    if not live then
      return failed
    end
    local _, is_cancelled = strands.self()
    local ends = not ok or is_cancelled
    if ends then
      cancel(live)
    end
    join(live, ends)
  end
end
