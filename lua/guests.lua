-- SPDX-License-Identifier: Apache-2.0
-- Guest objects: the tables that some calls return, with methods that are calls themselves.
-- Leaves their metatable in `host.guest`.

local host = ...
local call = host.call
local error, ipairs, rawget, select, tostring, type = error, ipairs, rawget, select, tostring, type
local format, sub, unpack = string.format, string.sub, table.unpack

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

host.guest = guest_metatable
