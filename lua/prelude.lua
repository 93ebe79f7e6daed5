-- SPDX-License-Identifier: Apache-2.0
-- Runs once in every worker before the first chunk: builds `pve`, `require`, `os.time` and `os.date`.
-- `host` holds what C lends: call(name, …), freeze(table, name), is_error(value, kind), null, boot (the boot frame).

local host = ...
local call, freeze = host.call, host.freeze
-- Locals, so that nothing a script does to its globals changes what happens here.
local error, ipairs, load, math_floor, math_type, next, pcall, rawget, rawset, select, setmetatable, tonumber, tostring,
  type =
  error, ipairs, load, math.floor, math.type, next, pcall, rawget, rawset, select, setmetatable, tonumber, tostring,
  type
local format, find, gmatch, gsub, match, sub =
  string.format, string.find, string.gmatch, string.gsub, string.match, string.sub
local pack, unpack = table.pack, table.unpack

-- Guest objects ---------------------------------------------------------------------------------------------------

local guest_methods = {}
local guest_metatable = {
  __index = guest_methods,
  __metatable = false,
  __name = "guest",
  __tostring = function(vm)
    local id, name = rawget(vm, "vmid"), rawget(vm, "name")
    return format(name and "guest %s (%s)" or "guest %s", tostring(id), tostring(name))
  end,
}

local function method(entry)
  local before = entry.before or {}
  local count = #before
  return function(self, ...)
    if type(self) ~= "table" then
      error(format("call it with a colon: vm:%s(…)", entry.name), 2)
    end
    local arguments, given = {}, select("#", ...)
    for index = 1, count do
      local value = before[index]
      if value == host.null then
        value = nil
      elseif type(value) == "string" and sub(value, 1, 1) == "@" then
        value = rawget(self, sub(value, 2))
      end
      arguments[index] = value
    end
    for index = 1, given do
      arguments[count + index] = (select(index, ...))
    end
    return call(entry.call, unpack(arguments, 1, count + given))
  end
end

for _, entry in ipairs(host.boot.methods or {}) do
  guest_methods[entry.name] = method(entry)
end

-- The pve table ---------------------------------------------------------------------------------------------------

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

local guest_calls = {}
for _, name in ipairs(host.boot.guest_calls or {}) do
  guest_calls[name] = true
end

local function stub(name)
  if not guest_calls[name] then
    return function(...)
      return call(name, ...)
    end
  end
  return function(...)
    local result = call(name, ...)
    return type(result) == "table" and setmetatable(result, guest_metatable) or result
  end
end

local members, groups = {}, {}

local function group_of(path)
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

for _, name in ipairs(host.boot.functions or {}) do
  group_of(name)[match(name, "[^.]+$")] = stub(name)
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

members.is_error = function(value, kind)
  return host.is_error(value, kind)
end
members.null = host.null
members.params = freeze({}, "pve.params")
pve = seal(members, "pve")

-- Standard functions that ask the host ----------------------------------------------------------------------------

-- Days from 1970-01-01 to a date of the Gregorian calendar; the month may be any integer.
local function days_from(year, month, day)
  year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
  if month <= 2 then
    year, month = year - 1, month + 12
  end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - 719468
end

local function date_from(time)
  local days, second = time // 86400, time % 86400
  local shifted = days + 719468
  local era = shifted // 146097
  local of_era = shifted % 146097
  local year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
  local shifted_month = (5 * of_year + 2) // 153
  local month = shifted_month < 10 and shifted_month + 3 or shifted_month - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return {
    year = year, month = month, day = of_year - (153 * shifted_month + 2) // 5 + 1, hour = second // 3600,
    min = second % 3600 // 60, sec = second % 60, wday = (days + 4) % 7 + 1, yday = days - days_from(year, 1, 1) + 1,
    isdst = false,
  }
end

local function now()
  return math_floor(call("now"))
end

local function whole(table, name, default)
  local value = table[name]
  if value == nil then value = default end
  local number = value ~= nil and math_type(tonumber(value)) and math_floor(tonumber(value))
  if not number or number ~= tonumber(value) then
    error(format("field '%s' %s in date table", name, value == nil and "missing" or "is not an integer"), 3)
  end
  if number > 2147483647 or number < -2147483648 then
    error(format("field '%s' is out-of-bound", name), 3)
  end
  return number
end

os.time = function(date)
  if date == nil then
    return now()
  end
  if type(date) ~= "table" then
    error("bad argument #1 to 'time' (table expected, got " .. type(date) .. ")", 2)
  end
  local year, month, day = whole(date, "year"), whole(date, "month"), whole(date, "day")
  return days_from(year, month, day) * 86400 + whole(date, "hour", 12) * 3600 + whole(date, "min", 0) * 60
    + whole(date, "sec", 0)
end

local weekdays = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" }
local months = {
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
}

local specifiers
specifiers = {
  Y = function(d) return format("%d", d.year) end,
  y = function(d) return format("%02d", d.year % 100) end,
  m = function(d) return format("%02d", d.month) end,
  d = function(d) return format("%02d", d.day) end,
  H = function(d) return format("%02d", d.hour) end,
  I = function(d) return format("%02d", (d.hour + 11) % 12 + 1) end,
  M = function(d) return format("%02d", d.min) end,
  S = function(d) return format("%02d", d.sec) end,
  p = function(d) return d.hour < 12 and "AM" or "PM" end,
  j = function(d) return format("%03d", d.yday) end,
  A = function(d) return weekdays[d.wday] end,
  a = function(d) return sub(weekdays[d.wday], 1, 3) end,
  B = function(d) return months[d.month] end,
  b = function(d) return sub(months[d.month], 1, 3) end,
  w = function(d) return format("%d", d.wday - 1) end,
  F = function(d) return format("%d-%02d-%02d", d.year, d.month, d.day) end,
  T = function(d) return format("%02d:%02d:%02d", d.hour, d.min, d.sec) end,
  R = function(d) return format("%02d:%02d", d.hour, d.min) end,
  D = function(d) return format("%02d/%02d/%02d", d.month, d.day, d.year % 100) end,
  c = function(d) return specifiers.a(d) .. " " .. specifiers.b(d) .. format(" %2d ", d.day) .. specifiers.T(d)
      .. format(" %d", d.year) end,
  x = function(d) return specifiers.D(d) end,
  X = function(d) return specifiers.T(d) end,
  z = function() return "+0000" end,
  Z = function() return "UTC" end,
  s = function(d) return format("%d", d.time) end,
  n = function() return "\n" end,
  t = function() return "\t" end,
  ["%"] = function() return "%" end,
}

os.date = function(pattern, time)
  pattern = pattern == nil and "%c" or tostring(pattern)
  if time == nil then
    time = now()
  end
  time = math_type(time) and math_floor(time)
  if not time or time > 253402300799 or time < -62135596800 then
    error("bad argument #2 to 'date' (time out of range)", 2)
  end
  if sub(pattern, 1, 1) == "!" then
    pattern = sub(pattern, 2)
  end
  local date = date_from(time)
  if sub(pattern, 1, 2) == "*t" then
    return date
  end
  date.time = time
  return (gsub(pattern, "%%(.?)", function(letter)
    local specifier = specifiers[letter]
    if not specifier then
      error(format("bad argument #1 to 'date' (invalid conversion specifier '%%%s')", letter), 4)
    end
    return specifier(date)
  end))
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
  if loading[name] then
    error(format("module '%s' requires itself", name), 2)
  end
  local answer = call("@require", name)
  local chunk, problem = load(answer.source, answer.name or "@" .. name, "t")
  if not chunk then
    error(format("module '%s' does not compile: %s", name, problem), 2)
  end
  loading[name] = true
  local results = pack(pcall(chunk, name))
  loading[name] = nil
  if not results[1] then
    error(results[2], 0)
  end
  loaded[name] = results[2] == nil and true or results[2]
  return loaded[name]
end

return function(parameters)
  rawset(members, "params", freeze_deep(parameters, "pve.params"))
end
