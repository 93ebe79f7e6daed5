// SPDX-License-Identifier: Apache-2.0

/// What of Lua 5.4 a script has, and what it does not: the reference page, the hints of errors and the annotations for editors
/// are made of this; a test compares it with a worker.
public struct LuaLibrary: Sendable {
    /// The global, such as `string`; empty for the globals that are in no table.
    public var name: String
    /// What is in it, by name.
    public var members: [String]
    /// What is other than in the manual of Lua; empty where nothing is.
    public var note: String = ""

    /// All of them.
    public static let all: [LuaLibrary] = [
        LuaLibrary(
            name: "",
            members: [
                "_G", "_VERSION", "assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "next",
                "pairs",
                "pcall", "print", "pve", "rawequal", "rawget", "rawlen", "rawset", "require", "runbook", "select",
                "setmetatable", "tonumber", "tostring", "type", "warn", "xpcall",
            ],
            note:
                "`load` takes text only. `require` finds modules beside the runbook and those of pvelua. `print` writes to standard "
                + "output. `collectgarbage` takes only `\"count\"`. `tostring` shows a number in place of an address. "
                + "`setmetatable` knows neither `__gc`, `__mode` nor `__concat`. `getmetatable` of a string is `false`."
        ),
        LuaLibrary(
            name: "string",
            members: [
                "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep",
                "reverse", "sub", "unpack", "upper",
            ], note: "A pattern that takes too long meets the limit `cpu`."),
        LuaLibrary(name: "table", members: ["concat", "insert", "move", "pack", "remove", "sort", "unpack"]),
        LuaLibrary(
            name: "math",
            members: [
                "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
                "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt", "tan",
                "tointeger", "type", "ult",
            ], note: "`random` is seeded for each run; a run that is resumed draws the same numbers again."),
        LuaLibrary(
            name: "os", members: ["clock", "date", "difftime", "time"],
            note: "The time is the host's and the calendar UTC. `clock` tells the processor time of the script."),
        LuaLibrary(name: "utf8", members: ["char", "charpattern", "codepoint", "codes", "len", "offset"]),
        LuaLibrary(
            name: "coroutine",
            members: ["close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield"],
            note: "Several things at a time are easier with `pve.parallel` and `pve.spawn`."),
        LuaLibrary(name: "debug", members: ["traceback"]),
    ]

    /// The one of that name.
    public static func named(_ name: String) -> LuaLibrary? { all.first { $0.name == name } }

    /// Every global, the libraries among them.
    public static let globals = (all.flatMap { $0.name.isEmpty ? $0.members : [$0.name] }).sorted()
}

/// Something that Lua has elsewhere and scripts here do not, by design.
public struct AbsentLua: Sendable {
    /// What is missing, as it is written: `io`, `os.exit`.
    public var names: [String]
    /// What to do in its place.
    public var instead: String

    /// All of them.
    public static let all: [AbsentLua] = [
        AbsentLua(
            names: [
                "io", "dofile", "loadfile", "os.remove", "os.rename", "os.tmpname",
            ], instead: "scripts see no files: pass values by --param (pve.params), print what is to be kept"),
        AbsentLua(
            names: ["os.execute", "io.popen"],
            instead: "scripts start no programs; what runs inside a guest is started by pve.agent_exec"),
        AbsentLua(
            names: ["os.getenv"],
            instead: "scripts see no environment: pass values by --param, read them as pve.params.NAME"),
        AbsentLua(
            names: ["os.exit"],
            instead: "a script ends where it ends: `return`, or error(\"why\") for a failure"),
        AbsentLua(names: ["os.setlocale"], instead: "there is one locale, \"C\""),
        AbsentLua(
            names: ["package", "module"],
            instead: "modules are .lua files beside the runbook: local m = require \"name\""),
        AbsentLua(
            names: ["string.dump"], instead: "there is no bytecode: hand the function on, or its text to load"),
        AbsentLua(
            names: [
                "debug.getinfo", "debug.getlocal", "debug.sethook", "debug.getmetatable", "debug.getregistry",
                "debug.getupvalue", "debug.setmetatable", "debug.setupvalue",
            ], instead: "of debug there is debug.traceback; an error tells its line and the calls that led there"),
        AbsentLua(names: ["unpack"], instead: "it is table.unpack in Lua 5.4"),
        AbsentLua(names: ["setfenv"], instead: "Lua 5.4 has none: load(text, name, \"t\", environment)"),
        AbsentLua(names: ["getfenv"], instead: "Lua 5.4 has none: the globals are _G"),
        AbsentLua(names: ["loadstring"], instead: "it is load in Lua 5.4"),
    ]
}
