// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Runbook

/// What a check finds in which text, and where it keeps silent.
struct CheckTests {
    /// `line:column message` of all that is found, warnings with `~` in front.
    private func found(_ source: String, file: String = "x.lua") -> [String] {
        var checker = RunbookChecker()
        checker.add(Array(source.utf8), file: file, folders: [])
        return checker.findings().map {
            "\($0.severity == .warning ? "~" : "")\($0.line):\($0.column) \($0.message)"
        }
    }

    @Test(arguments: [
        ("pve.lst_vms()", "1:5 pve.lst_vms does not exist"), ("pve.api.git('/x')", "1:9 pve.api.git does not exist"),
        ("local p = pve\np.foo()", "2:3 pve.foo does not exist"),
        ("pve['lst_vms']()", "1:5 pve.lst_vms does not exist"),
        ("pve.cluster('lab').lst_vms()", "1:20 pve.lst_vms does not exist"),
        ("pve:list_vms()", "1:5 pve has functions, not methods: they are called with a dot"),
        ("local vm = pve.vm(101)\nvm:shutdwn()", "2:4 a guest has no method shutdwn"),
        ("pve.vm(101):shutdwn()", "1:13 a guest has no method shutdwn"),
        ("print(string.trim)", "1:14 string.trim does not exist"),
        ("os.execute('ls')", "1:4 os.execute does not exist"), ("pve.name = 'x'", "1:1 pve is read-only"),
    ])
    func aNameThatDoesNotExistIsFound(source: String, finding: String) { #expect(found(source) == [finding]) }

    @Test(arguments: [
        ("pve.vm_action(nil, 101, 'stopp')", "1:25 pve.vm_action: action: must be one of "),
        ("pve.vm_action(nil, 101, 'stop', { timout = 1 })", "1:35 pve.vm_action: options.timout: is not an option"),
        ("pve.vm_action(nil, 101, 'stop', { ['timout'] = 1 })", "1:36 pve.vm_action: options.timout: is not an option"),
        (
            "local task = pve.vm_action(nil, 101, 'stop')\npve.poll(task, { timout = 5 })",
            "2:18 pve.poll: options.timout: is not an option"
        ),
        ("pve.vm_action(nil, 101, 'stop', { wait = 1 })", "1:42 pve.vm_action: options.wait: must be true or false"),
        ("pve.vm_action(101, 'stop')", "1:15 pve.vm_action: node: must be a node name, not 101"),
        ("pve.vm_action(nil, 101)", "1:1 pve.vm_action: action: is missing"),
        ("pve.vm(42)", "1:8 pve.vm: guest: must be from 100"), ("pve.sleep()", "1:1 pve.sleep: seconds: is missing"),
        ("pve.sleep(1, 2)", "1:14 pve.sleep: arguments: pve.sleep takes at most 1"),
        ("pve.sleep(-1)", "1:11 pve.sleep: seconds: "),
        ("local id = 42\npve.vm(id)", "2:8 pve.vm: guest: must be from 100"),
        ("pve.list_vms{ stat = 'x' }", "1:15 pve.list_vms: filters.stat: is not an option"),
        ("pve.vm(101):shutdown{ timeout = 'x' }", "1:33 vm:shutdown: options.timeout: must be a number of seconds"),
        ("pve.snapshot(nil, 101, { name = '9 x' })", "1:33 pve.snapshot: options.name: must be a snapshot name"),
        ("pve.parallel({}, print, { limt = 3 })", "1:27 pve.parallel: options.limt: is not an option"),
        ("pve.on_failure(3)", "1:16 pve.on_failure: compensation: must be a function, not 3"),
    ])
    func aWrongArgumentIsFound(source: String, finding: String) {
        let found = found(source)
        #expect(found.count == 1 && found[0].hasPrefix(finding), "\(found)")
    }

    @Test(arguments: [
        ("print(foo)", "1:7 `foo` has no value: it is no local, and nothing sets such a global"),
        (
            "do local a = 1; print(a) end print(a)",
            "1:36 `a` has no value: it is no local, and nothing sets such a global"
        ),
        ("io.write('x')", "1:1 `io` does not exist here"), ("loadstring('x')", "1:1 `loadstring` does not exist here"),
        ("count = 1\nprint(count)", "~1:1 `count` becomes a global variable"),
        ("expect(1)", "1:1 `expect` has no value: it is no local, and nothing sets such a global"),
        ("local a = 1", "~1:7 local `a` is not used"), ("local function f() end", "~1:16 local `f` is not used"),
        ("local a = 1\na = 2", "~1:7 local `a` is not used"),
        ("local pve = {}\nprint(pve)", "~1:7 local `pve` hides the functions of the cluster"),
    ])
    func aVariableThatIsNoneIsFound(source: String, finding: String) { #expect(found(source) == [finding]) }

    @Test(arguments: [
        ("runbook{ nam = 'x' }", "1:10 a header has no `nam`"),
        ("runbook{ actions = { 'guest.stopp' } }", "1:22 no action matches `guest.stopp`"),
        ("print(1)\nrunbook{}", "2:1 `runbook` must be the first statement: only comments may stand before it"),
        ("runbook{ params = { tag = {} } }\nprint(pve.params.tga)", "2:18 the header declares no parameter `tga`"),
        ("runbook{}\nlocal p = pve.params\nprint(p.x)", "3:9 the header declares no parameter `x`"),
        (
            "runbook{ actions = { 'guest.shutdown' } }\npve.vm(101):stop()",
            "2:13 pve.vm_action does guest.stop, which the header does not declare"
        ),
        (
            "runbook{ actions = {} }\npve.snapshot(nil, 101)",
            "2:1 pve.snapshot does snapshot.create, which the header does not declare"
        ),
    ])
    func whatTheHeaderDoesNotSayIsFound(source: String, finding: String) { #expect(found(source) == [finding]) }

    @Test(arguments: [
        "local vms = pve.list_vms{ status = 'running' }\nprint(#vms)",
        "pve.poll(pve.vm_action(nil, 101, 'start', { wait = false }))",
        "local t = {}\npve.poll(t)", "pve.vm_action(f())\nfunction _G.f() end", "local f = print\npve.vm_action(f())",
        "pve.vm_action(nil, 101, ...)", "local o = {}\no.x = 1\npve.list_vms(o)",
        "pve.vm_action(nil, { vmid = 101 }, 'start')",
        "local k = 'a'\npve.list_vms{ [k] = 1 }", "pve.parallel({ 1, function() end }, print)",
        "function string.trim(s) return s end\nprint(string.trim(''))", "local ok, e = pcall(print)\nprint(e)",
        "local _unused = 1", "local x = 1\nx = x + 1", "local function f(pve) return pve.anything end\nprint(f({}))",
        "local _, pve = ...\npve.sleep(1)", "_G.foo = 1\nprint(foo)", "local pve = pve\npve.sleep(1)",
        "runbook{ actions = { 'guest.*' } }\npve.vm(101):stop()", "runbook{ actions = {} }\nprint(#pve.list_vms())",
        "print(pve.params.anything, pve.name, pve.null, debug.traceback())", "local p = pve\np = {}\np.foo()",
        "pve.vm(101):snapshot{ name = 'abc' }", "pve.snapshot_prune{ prefix = 'a', keep = { last = 3 } }",
        "for _, vm in ipairs(pve.list_vms()) do pve.vm(vm):start() end",
        "local n = nil\npve.vm_action(n, 101, 'start')",
    ])
    func whatIsRightOrCannotBeToldIsNot(source: String) { #expect(found(source) == []) }

    @Test func aTestFileHasNamesOfItsOwn() {
        let source = "describe('a', function() it('b', function() expect(sim.now()):to_be(1) end) end)\nsim.nwo()"
        #expect(found(source, file: "x_test.lua") == ["2:5 sim.nwo does not exist"])
    }

    @Test(arguments: OperationTable.all.map(\.example))
    func noExampleOfTheTableIsWrong(example: String) {
        #expect(found(example).filter { !$0.hasPrefix("~") } == [])
    }

    @Test func oneFileTellsAHundredThingsAtMost() {
        var checker = RunbookChecker()
        checker.add(Array((0..<5_000).map { "print(g\($0))" }.joined(separator: "\n").utf8), file: "x.lua", folders: [])
        #expect(checker.findings().count == 100)
    }

    @Test func theLineIsShownWithWhatIsMeant() throws {
        var checker = RunbookChecker()
        checker.add(Array("\tlocal ü = 1; print(foo, ü)\u{1b}".utf8), file: "x.lua", folders: [])
        let syntax = try #require(checker.findings().first)
        #expect(!syntax.text.contains("\u{1b}") && syntax.rule == .syntax)
        checker = RunbookChecker()
        checker.add(Array("\tprint(foo)".utf8), file: "x.lua", folders: [])
        let finding = try #require(checker.findings().first)
        #expect(finding.column == 8 && finding.text == "  print(foo)")
        #expect(finding.mark.map { Array(finding.text)[$0] }.map { String($0) } == "foo")
    }
}
