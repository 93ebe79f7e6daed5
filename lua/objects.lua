-- SPDX-License-Identifier: Apache-2.0
-- Objects: the tables that some calls return (guests, nodes, storages), with methods that are calls themselves.
-- Leaves in `host.objects` what makes the metatables for the objects of a cluster (nil: the run's own).

local host = ...
local error, ipairs, next, rawget, select, tostring, type = error, ipairs, next, rawget, select, tostring, type
local format, sub, unpack = string.format, string.sub, table.unpack

-- The field that names an object of each kind, and how examples call a variable that holds one.
local keys = { guest = "vmid", node = "node", storage = "storage" }
local variables = { guest = "vm", node = "node", storage = "storage" }

local function describer(kind)
  return function(object)
    local id, name, cluster = rawget(object, keys[kind]), rawget(object, "name"), rawget(object, "cluster")
    return format("%s %s%s%s", kind, tostring(id), name and name ~= id and format(" (%s)", tostring(name)) or "",
      cluster and format(" of cluster %s", tostring(cluster)) or "")
  end
end

-- The vmid, and with it the cluster it is one of, wherever that is not plain: the host refuses what does not fit.
local function identity(vm, cluster)
  local origin = rawget(vm, "cluster")
  if cluster == nil and origin == nil then
    return rawget(vm, "vmid")
  end
  return { vmid = rawget(vm, "vmid"), cluster = origin }
end

-- What `@field` stands for; any other text is itself.
local function value_of(text, object, cluster)
  if text == "@vmid" then
    return identity(object, cluster)
  elseif type(text) == "string" and sub(text, 1, 1) == "@" then
    return rawget(object, sub(text, 2))
  end
  return text
end

-- The options that a method is called with, and in them what names its object.
local function filled(options, into, object, cluster)
  if options ~= nil and type(options) ~= "table" then
    return options
  end
  local result = {}
  for key, value in next, options or {} do
    result[key] = value
  end
  for key, text in next, into do
    result[key] = value_of(text, object, cluster)
  end
  return result
end

local function method(entry, cluster, run)
  local before, into = entry.before or {}, entry.into or {}
  local count, fills = #before, next(into) ~= nil
  return function(self, ...)
    if type(self) ~= "table" then
      error(format("call it with a colon: %s:%s(…)", variables[entry.object or "guest"], entry.name), 2)
    end
    local arguments, given = {}, select("#", ...)
    for index = 1, count do
      local value = before[index]
      if value == host.null then
        value = nil
      end
      arguments[index] = value_of(value, self, cluster)
    end
    for index = 1, given do
      arguments[count + index] = (select(index, ...))
    end
    if fills then
      arguments[count + 1] = filled(arguments[count + 1], into, self, cluster)
      given = given == 0 and 1 or given
    end
    return run(unpack(arguments, 1, count + given))
  end
end

-- `functions` holds what the methods call, by the name of the operation; the metatables are kept by kind.
host.objects = function(cluster, functions)
  local metatables, methods = {}, {}
  for kind in next, keys do
    methods[kind] = {}
    metatables[kind] = {
      __index = methods[kind], __metatable = false, __name = kind, __tostring = describer(kind),
    }
  end
  for _, entry in ipairs(host.boot.methods or {}) do
    methods[entry.object or "guest"][entry.name] = method(entry, cluster, functions[entry.call])
  end
  return metatables
end
