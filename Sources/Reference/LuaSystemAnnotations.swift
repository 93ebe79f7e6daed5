// SPDX-License-Identifier: Apache-2.0

/// What is left of the libraries that `.luarc.json` disables, since the language server knows them in full only.
enum LuaSystemAnnotations {
    /// The libraries that are disabled as a whole.
    static let disabled = ["debug", "io", "os"]

    static let lines = [
        "---A time of the calendar, UTC.", "---@class pve.Date", "---@field year integer", "---@field month integer",
        "---@field day integer", "---@field hour? integer", "---@field min? integer", "---@field sec? integer",
        "---@field wday? integer", "---@field yday? integer", "---@field isdst? boolean", "",
        "os = {}", "",
        "---The processor time of the script, in seconds.", "---@return number", "function os.clock() end", "",
        "---The host's time, or another, in the form of strftime; `*t` gives a table. Always UTC.",
        "---@overload fun(format: \"*t\"|\"!*t\", time?: integer): pve.Date",
        "---@param format? string", "---@param time? integer", "---@return string",
        "function os.date(format, time) end", "",
        "---@param later number", "---@param earlier number", "---@return number",
        "function os.difftime(later, earlier) end", "",
        "---Seconds since 1970, of now or of a table.", "---@param date? pve.Date", "---@return integer",
        "function os.time(date) end", "",
        "debug = {}", "",
        "---@param message? any", "---@param level? integer", "---@return string",
        "function debug.traceback(message, level) end", "",
    ]
}
