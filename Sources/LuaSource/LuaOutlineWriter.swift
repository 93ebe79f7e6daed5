// SPDX-License-Identifier: Apache-2.0

/// Writes an outline while a parser reads: keeps scopes, and knows which variable a name is.
struct LuaOutlineWriter {
    private(set) var outline = LuaOutline()
    /// The locals of each name that can be seen, the innermost last.
    private var visible: [String: [Int]] = [:]
    /// The locals of the scopes that are open.
    private var scopes: [Scope] = []
    private var functions = [Function(isVariadic: true, firstScope: 0)]

    private struct Scope {
        var locals: [Int] = []
        /// Where each of its labels stands.
        var labels: [String: Int] = [:]
        /// Those in it, or in scopes within it, whose label may still come.
        var jumps: [Jump] = []
    }

    private struct Function {
        var isVariadic: Bool
        var firstScope: Int
        var loops = 0
        var locals = 0
        var jumps: [Jump] = []
    }

    /// A `goto`.
    private struct Jump {
        var label: String
        var start: Int
    }

    // MARK: - Functions and loops

    var isVariadic: Bool { functions.last?.isVariadic ?? true }
    var isInLoop: Bool { (functions.last?.loops ?? 0) > 0 }

    mutating func openFunction(isVariadic: Bool) {
        functions.append(Function(isVariadic: isVariadic, firstScope: scopes.count))
        openScope()
    }

    mutating func becomeVariadic() { change { $0.isVariadic = true } }
    mutating func enterLoop() { change { $0.loops += 1 } }
    mutating func leaveLoop() { change { $0.loops -= 1 } }

    private mutating func change(_ body: (inout Function) -> Void) {
        if let last = functions.indices.last { body(&functions[last]) }
    }

    /// Ends a function; says what is wrong with a `goto` in it.
    mutating func closeFunction() -> LuaSyntaxError? {
        closeScope()
        let jumps = functions.popLast()?.jumps ?? []
        return jumps.first.map {
            LuaSyntaxError(message: "no visible label '\($0.label)' for <goto>", offset: $0.start, namesToken: false)
        }
    }

    // MARK: - Scopes and labels

    mutating func openScope() { scopes.append(Scope()) }

    mutating func closeScope() {
        guard let scope = scopes.popLast() else { return }
        for number in scope.locals { visible[outline.locals[number].name]?.removeLast() }
        change { $0.locals -= scope.locals.count }
        guard !scope.jumps.isEmpty else { return }
        // What finds no label here may find one further out, but in no other function.
        let open = scope.jumps.filter { scope.labels[$0.label] == nil }
        if scopes.count > functions.last?.firstScope ?? 0, let last = scopes.indices.last {
            scopes[last].jumps += open
        } else {
            change { $0.jumps += open }
        }
    }

    /// A label; where one of that name can be seen already, its place.
    mutating func label(_ name: ArraySlice<UInt8>, _ start: Int) -> Int? {
        let name = String(decoding: name, as: UTF8.self)
        let first = functions.last?.firstScope ?? 0
        for scope in scopes[first...] {
            if let known = scope.labels[name] { return known }
        }
        if let last = scopes.indices.last { scopes[last].labels[name] = start }
        return nil
    }

    mutating func jump(_ name: ArraySlice<UInt8>, _ start: Int) {
        guard let last = scopes.indices.last else { return }
        scopes[last].jumps.append(Jump(label: String(decoding: name, as: UTF8.self), start: start))
    }

    // MARK: - Variables

    /// Declares a local variable; false where a function has more of them than Lua takes.
    mutating func declare(_ local: LuaOutline.Local) -> Bool {
        let number = outline.locals.count
        outline.locals.append(local)
        visible[local.name, default: []].append(number)
        if let last = scopes.indices.last { scopes[last].locals.append(number) }
        change { $0.locals += 1 }
        return (functions.last?.locals ?? 0) <= 200
    }

    /// A name that stands where a value is wanted.
    mutating func read(_ name: ArraySlice<UInt8>, _ token: LuaToken) -> LuaOutline.ID {
        let name = String(decoding: name, as: UTF8.self)
        guard let number = visible[name]?.last else { return add(.global(name), token.start, token.end) }
        outline.locals[number].reads += 1
        return add(.local(number), token.start, token.end)
    }

    /// Something that was read as a value gets one instead; the name of the variable where that cannot be.
    mutating func assign(_ id: LuaOutline.ID, isFunction: Bool) -> String? {
        let node = outline[id]
        switch node.shape {
        case .local(let number):
            outline.locals[number].reads -= 1
            outline.locals[number].writes += 1
            if outline.locals[number].isConstant { return outline.locals[number].name }
        case .global(let name):
            outline.assignments.append(
                LuaOutline.Assignment(name: name, start: node.start, isFunction: isFunction))
            // No reader of the outline shall take it for a value.
            outline.nodes[id].shape = .other
        case .field, .index: outline.assignedFields.append(id)
        default: break
        }
        return nil
    }

    /// The expression that a local of that place in its list is made with.
    func value(_ index: Int, of values: [LuaOutline.ID]) -> LuaOutline.ID {
        guard values.indices.contains(index) else { return LuaOutline.nothing }
        return values[index]
    }

    // MARK: - Expressions

    mutating func add(_ shape: LuaOutline.Shape, _ start: Int, _ end: Int) -> LuaOutline.ID {
        outline.nodes.append(LuaOutline.Node(shape: shape, start: start, end: end))
        return outline.nodes.count - 1
    }

    mutating func add(_ call: LuaOutline.Call) -> LuaOutline.ID {
        let id = add(.call(outline.calls.count), call.start, call.end)
        var call = call
        call.node = id
        call.depth = functions.count - 1
        outline.calls.append(call)
        return id
    }

    /// What minus makes of a number that stands there as it is.
    func negated(_ id: LuaOutline.ID) -> LuaOutline.Shape {
        guard case .literal(let value) = outline[id].shape, let result = LuaNumeral.negated(value) else {
            return .other
        }
        return .literal(result)
    }

    /// What `[key]` is in a table.
    func key(_ id: LuaOutline.ID) -> LuaOutline.Key {
        guard case .literal(.string(let bytes)) = outline[id].shape, let text = String(validating: bytes, as: UTF8.self)
        else { return .computed }
        return .name(LuaOutline.Word(text: text, start: outline[id].start))
    }
}
