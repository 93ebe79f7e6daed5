-- SPDX-License-Identifier: Apache-2.0
-- pve.report(records, options): records as a table of text, as Markdown, as CSV, or as a chart.

local _, pve = ...
pve = pve or _G.pve

local format, gsub, rep, concat = string.format, string.gsub, string.rep, table.concat

-- What names come in is not ours: control characters and those that turn the direction of writing become blanks.
local function clean(text)
  text = gsub(text, "[%c\127]", " ")
  text = gsub(text, "\xC2[\x80-\x9F]", " ")
  text = gsub(text, "\xE2\x80[\x8E\x8F\xA8-\xAE]", " ")
  text = gsub(text, "\xE2\x81[\xA6-\xA9]", " ")
  return (gsub(text, "\xEF\xBF[\xBE\xBF]", " "))
end

-- What takes two columns of a terminal, and what takes none, in broad strokes.
local wide = { { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0x4DBF }, { 0x4E00, 0xA4CF }, { 0xAC00, 0xD7A3 },
  { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F },
  { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1FAFF }, { 0x20000, 0x3FFFD } }
local empty = { { 0x300, 0x36F }, { 0x591, 0x5BD }, { 0x610, 0x61A }, { 0x64B, 0x65F }, { 0x200B, 0x200F },
  { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F } }

local function within(code, ranges)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then
      return true
    end
  end
  return false
end

local function columns_taken(code)
  return code < 0x300 and 1 or within(code, empty) and 0 or within(code, wide) and 2 or 1
end

-- How many columns the text takes.
local function length(text)
  if not string.find(text, "[\x80-\xFF]") or not utf8.len(text) then
    return #text
  end
  local columns = 0
  for _, code in utf8.codes(text) do
    columns = columns + columns_taken(code)
  end
  return columns
end

local function clip(text, most)
  if length(text) <= most or not utf8.len(text) then
    return text
  end
  local columns = 1
  for position, code in utf8.codes(text) do
    columns = columns + columns_taken(code)
    if columns > most then
      return string.sub(text, 1, position - 1) .. "…"
    end
  end
  return text
end

local function amount(bytes)
  local units, unit = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" }, 1
  while bytes >= 1024 and unit < #units do
    bytes, unit = bytes / 1024, unit + 1
  end
  return format(bytes >= 1e6 and "%.3g %s" or bytes < 10 and bytes % 1 >= 0.05 and "%.1f %s" or "%.0f %s", bytes, units[unit])
end

local function percent(share)
  return format(share < 1e4 and "%.0f %%" or "%.3g %%", share * 100)
end

local function span(seconds)
  local days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
  if days > 0 then
    return days < 1e6 and format("%.0fd %.0fh", days, hours) or format("%.3gd", days)
  end
  return hours > 0 and format("%.0fh %.0fm", hours, minutes) or format("%.0fm", minutes)
end

local readable = { mem = amount, maxmem = amount, disk = amount, maxdisk = amount, uptime = span,
  cpu = percent }

-- One field as text: as it is for programs, in units for people.
local function cell(record, column, forPeople)
  local value = record[column]
  if value == nil or value == pve.null then
    return ""
  end
  if type(value) == "table" then
    local words = {}
    for index, item in ipairs(value) do
      words[index] = tostring(item)
    end
    return clean(concat(words, " "))
  end
  if type(value) == "number" then
    if forPeople and readable[column] and value >= 0 then
      return readable[column](value)
    end
    return math.tointeger(value) and format("%d", value) or format("%.14g", value)
  end
  return clean(tostring(value))
end

local known = {
  { "vmid", { "vmid", "name", "kind", "node", "status", "tags", "pool", "cpu", "mem", "maxmem" } },
  { "storage", { "storage", "type", "status", "shared", "content", "disk", "maxdisk" } },
  { "node", { "node", "status", "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "uptime" } },
}

local function columns_of(records)
  local present = {}
  for _, record in ipairs(records) do
    for key in pairs(record) do
      present[key] = true
    end
  end
  local columns, wanted = {}, nil
  for _, row in ipairs(known) do
    if not wanted and present[row[1]] and present.status then
      wanted = row[2]
    end
  end
  if not wanted then
    wanted = {}
    for key in pairs(present) do
      wanted[#wanted + 1] = key
    end
    table.sort(wanted)
  end
  for _, column in ipairs(wanted) do
    if present[column] then
      columns[#columns + 1] = column
    end
  end
  return columns
end

local function text(records, columns, title)
  local lines, widths = {}, {}
  for row = 0, #records do
    lines[row] = {}
    for index, column in ipairs(columns) do
      local words = row == 0 and clean(column) or clip(cell(records[row], column, true), 60)
      lines[row][index] = words
      widths[index] = math.max(widths[index] or 0, length(words))
    end
  end
  local out = { title and clean(title) or nil, title and "" or nil }
  for row = 0, #records do
    for index, words in ipairs(lines[row]) do
      local gap = rep(" ", widths[index] - length(words))
      local right = row > 0 and type(records[row][columns[index]]) == "number"
      lines[row][index] = right and gap .. words or words .. gap
    end
    out[#out + 1] = (gsub(concat(lines[row], "  "), " +$", ""))
  end
  return concat(out, "\n")
end

local function marked(words)
  words = gsub(words, "[\\`*_%[%]|~#]", "\\%0")
  words = gsub(words, "&", "&amp;")
  return (gsub(gsub(words, "<", "&lt;"), ">", "&gt;"))
end

local function markdown(records, columns, title)
  local out = { title and "## " .. marked(clean(title)) or nil, title and "" or nil }
  if #columns == 0 then
    out[#out + 1] = "nothing to show"
    return concat(out, "\n")
  end
  local heads, rules = {}, {}
  for index, column in ipairs(columns) do
    heads[index] = marked(clean(column))
    rules[index] = #records > 0 and type(records[1][column]) == "number" and "---:" or "---"
  end
  out[#out + 1] = "| " .. concat(heads, " | ") .. " |"
  out[#out + 1] = "|" .. concat(rules, "|") .. "|"
  for _, record in ipairs(records) do
    local cells = {}
    for index, column in ipairs(columns) do
      cells[index] = marked(cell(record, column, true))
    end
    out[#out + 1] = "| " .. concat(cells, " | ") .. " |"
  end
  return concat(out, "\n")
end

-- A cell that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
local function quoted(words, isNumber)
  if not isNumber and string.find(words, "^%s*[=+%-@]") then
    words = "'" .. words
  end
  if string.find(words, '[",\r\n]') or string.find(words, "^%s") or string.find(words, "%s$") then
    words = '"' .. gsub(words, '"', '""') .. '"'
  end
  return words
end

local function csv(records, columns)
  local out = {}
  for row = 0, #records do
    local cells = {}
    for index, column in ipairs(columns) do
      local words = row == 0 and clean(column) or cell(records[row], column, false)
      cells[index] = quoted(words, row > 0 and type(records[row][column]) == "number")
    end
    out[#out + 1] = concat(cells, ",")
  end
  return concat(out, "\r\n")
end

-- The chart: a row for each record, a bar for each figure.
local styles = [[
  <style>
    text { font-family: system-ui, sans-serif; font-size: 12px; fill: #1f2328 }
    .title { font-size: 17px; font-weight: 600 } .name { font-weight: 600 } .quiet { fill: #59636e }
    .page { fill: #ffffff } .track { fill: #e4e8ed } .low { fill: #2f7fd6 } .high { fill: #c97a00 } .full { fill: #d1342f }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .quiet { fill: #9198a1 } .page { fill: #0d1117 } .track { fill: #2a313a }
      .low { fill: #4c9aff } .high { fill: #e3a008 } .full { fill: #ff7b72 }
    }
  </style>]]

local function positive(value)
  return type(value) == "number" and value >= 0 and value or nil
end

local function sized(value)
  return positive(value) and amount(value)
end

local figures = {
  cpu = { "CPU", function(r) return r.cpu, 1, positive(r.maxcpu) and format(r.maxcpu == 1 and "%.0f core" or "%.6g cores", r.maxcpu) end },
  mem = { "memory", function(r) return r.mem, r.maxmem, sized(r.maxmem) end },
  disk = { "disk", function(r)
    -- Of a virtual machine's disk Proxmox knows the size only and says 0.
    local used = not (r.kind == "qemu" and r.disk == 0) and r.disk or nil
    return used, r.maxdisk, sized(r.maxdisk)
  end },
}

local function xml(words)
  return (gsub(gsub(gsub(gsub(words, "&", "&amp;"), "<", "&lt;"), ">", "&gt;"), '"', "&quot;"))
end

local function bar(out, x, y, used, most, unit)
  used, most = positive(used), positive(most)
  local share = used and most and most > 0 and used / most or nil
  local words = share and percent(share) .. (unit and " of " .. unit or "")
    or unit and unit .. ", use unknown" or "no figure"
  out[#out + 1] = format('  <text class="quiet" x="%d" y="%d">%s</text>', x, y + 12, xml(words))
  out[#out + 1] = format('  <rect class="track" x="%d" y="%d" width="160" height="8" rx="4"/>', x, y + 18)
  if share and share > 0 then
    local class = share > 0.9 and "full" or share > 0.75 and "high" or "low"
    local width = math.max(math.min(share, 1) * 160, 3)
    out[#out + 1] = format('  <rect class="%s" x="%d" y="%d" width="%.1f" height="8" rx="4"/>', class, x, y + 18, width)
  end
end

local function label(record)
  local name = record.name or record.node or record.storage or "?"
  if record.vmid then
    return name, format("%s %s on %s, %s", record.kind or "guest", record.vmid, record.node or "?", record.status or "?")
  end
  if record.storage then
    return record.storage, concat({ record.type or "storage", record.node and "on " .. record.node }, " ")
  end
  return name, record.status or ""
end

local function chart(records, columns, title)
  local chosen = {}
  for _, column in ipairs(columns or { "cpu", "mem", "disk" }) do
    if not figures[column] then
      pve.fail(format('options.columns: of a chart they are "cpu", "mem" and "disk", not "%s"', clip(clean(column), 40)),
        { kind = "parameter" })
    end
    local some = columns ~= nil
    for _, record in ipairs(records) do
      some = some or record[column] ~= nil
    end
    chosen[#chosen + 1] = some and figures[column] or nil
  end
  local width, height = 220 + 180 * math.max(#chosen, 1), 76 + 42 * math.max(#records, 1)
  title = xml(clip(clean(title or "Usage"), 80))
  local out = {
    format('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">',
      width, height, width, height),
    format("  <title>%s</title>", title), styles, '  <rect class="page" width="100%" height="100%"/>',
    format('  <text class="title" x="20" y="32">%s</text>', title),
  }
  for index, figure in ipairs(chosen) do
    out[#out + 1] = format('  <text class="name" x="%d" y="58">%s</text>', 40 + 180 * index, figure[1])
  end
  for row, record in ipairs(records) do
    local y = 70 + 42 * (row - 1)
    local name, note = label(record)
    out[#out + 1] = format('  <text class="name" x="20" y="%d">%s</text>', y + 12, xml(clip(clean(tostring(name)), 26)))
    out[#out + 1] = format('  <text class="quiet" x="20" y="%d">%s</text>', y + 27, xml(clip(clean(tostring(note)), 32)))
    for index, figure in ipairs(chosen) do
      bar(out, 40 + 180 * index, y, figure[2](record))
    end
  end
  if #records == 0 then
    out[#out + 1] = '  <text class="quiet" x="20" y="90">nothing to show</text>'
  end
  out[#out + 1] = "</svg>"
  return concat(out, "\n")
end

return function(records, options)
  options = options or {}
  for index, record in ipairs(records) do
    if type(record) ~= "table" then
      pve.fail(format("records[%d]: must be a record, not a %s", index, type(record)), { kind = "parameter" })
    end
  end
  if options.format == "svg" then
    return chart(records, options.columns, options.title)
  end
  local columns = options.columns or columns_of(records)
  local make = { text = text, markdown = markdown, csv = csv }
  return make[options.format or "text"](records, columns, options.title)
end
