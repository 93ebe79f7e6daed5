-- SPDX-License-Identifier: Apache-2.0
-- os.time and os.date: the time is the host's, the calendar is Gregorian and UTC, and no libc looks for a time zone file.

local host = ...
local call = host.call
local error, math_floor, math_type, tonumber, tostring, type = error, math.floor, math.type, tonumber, tostring, type
local format, gsub, sub = string.format, string.gsub, string.sub

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
