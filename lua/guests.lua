-- SPDX-License-Identifier: Apache-2.0
-- Guest objects: the tables that some calls return, with methods that are calls themselves.
-- Leaves in `host.guest` what makes the metatable for the guests of a cluster (nil: the run's own).

local host = ...
local call = host.call
local error, ipairs, rawget, select, tostring, type = error, ipairs, rawget, select, tostring, type
local format, sub, unpack = string.format, string.sub, table.unpack

local function describe(vm)
  local id, name, cluster = rawget(vm, "vmid"), rawget(vm, "name"), rawget(vm, "cluster")
  return format("guest %s%s%s", tostring(id), name and format(" (%s)", tostring(name)) or "",
    cluster and format(" of cluster %s", tostring(cluster)) or "")
end

-- The vmid, and with it the cluster it is one of, wherever that is not plain: the host refuses what does not fit.
local function identity(vm, cluster)
  local origin = rawget(vm, "cluster")
  if cluster == nil and origin == nil then
    return rawget(vm, "vmid")
  end
  return { vmid = rawget(vm, "vmid"), cluster = origin }
end

local function method(entry, cluster)
  local before = entry.before or {}
  local name = cluster and entry.call .. "@" .. cluster or entry.call
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
      elseif value == "@vmid" then
        value = identity(self, cluster)
      elseif type(value) == "string" and sub(value, 1, 1) == "@" then
        value = rawget(self, sub(value, 2))
      end
      arguments[index] = value
    end
    for index = 1, given do
      arguments[count + index] = (select(index, ...))
    end
    return call(name, unpack(arguments, 1, count + given))
  end
end

host.guest = function(cluster)
  local methods = {}
  for _, entry in ipairs(host.boot.methods or {}) do
    methods[entry.name] = method(entry, cluster)
  end
  return { __index = methods, __metatable = false, __name = "guest", __tostring = describe }
end
