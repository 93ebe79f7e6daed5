// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook
internal import Simulator
internal import Twin
internal import YAML

/// Answers the worker that has loaded a test file: tells it which case to run, and plays the cluster.
actor CaseDesk: RehearsalDesk {
    let file: TestFile
    let source: [UInt8]
    let settings: RehearsalSettings
    nonisolated let stage: Stage
    /// The case to run; nil for the first that is chosen.
    private let wanted: Int?
    /// What the file declares; nil until it is loaded.
    private(set) var declared: [DeclaredCase]?
    /// The case that this worker runs, by its place in the file.
    private(set) var chosen: Int?
    private(set) var failures: [TestFailure] = []
    /// When the case began.
    private(set) var begun: ContinuousClock.Instant?
    /// The moments that `sim.at` has named and that have not come.
    var moments: [Int: Double] = [:]
    var passing: Passing?

    private static let mostFailures = 20
    private static let mostMoments = 1000

    init(_ file: TestFile, _ source: [UInt8], _ settings: RehearsalSettings, wanted: Int?) {
        self.file = file
        self.source = source
        self.settings = settings
        self.wanted = wanted
        stage = Stage(openJournal: settings.journal)
    }

    func answer(_ verb: String, _ arguments: [JSONValue], at place: String?) async throws(Failure) -> JSONValue {
        switch verb {
        case "source":
            return .object(
                JSONObject([
                    ("source", .string(String(decoding: Self.plain(source), as: UTF8.self))),
                    ("name", .string("@" + file.name)),
                ]))
        case "cases": return choose(arguments.first?.array ?? [])
        case "failed":
            add(failure(arguments.first ?? .null, at: place))
            return .null
        case "expected":
            add(comparison(arguments.first ?? .null, at: place))
            return .null
        case "cluster": return try begin(arguments.first?.string ?? "")
        case "run": return try await run(arguments)
        case "advance": return try await advance(arguments.first?.perlNumber)
        case "continue": return try await goOn()
        case "at":
            guard let number = arguments.first?.perlInteger, let time = arguments.dropFirst().first?.perlNumber else {
                throw .parameter("sim.at", "takes a time in seconds")
            }
            guard moments.count < Self.mostMoments else { throw .parameter("sim.at", "is used too often") }
            moments[number] = time
            return .null
        default: return try simulator(verb, arguments)
        }
    }

    /// The source without a byte order mark and a `#!` line, whose line break stays.
    private static func plain(_ source: [UInt8]) -> [UInt8] {
        var rest = source[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        if rest.starts(with: Array("#!".utf8)) { rest = rest.drop { $0 != 0x0a } }
        return Array(rest)
    }

    private func choose(_ rows: [JSONValue]) -> JSONValue {
        let declared = rows.compactMap(DeclaredCase.init)
        self.declared = declared
        begun = ContinuousClock.now
        let index = wanted ?? declared.indices.first { settings.chooses(declared[$0]) && !declared[$0].isPending }
        chosen = index
        return index.map { JSONValue($0 + 1) } ?? .bool(false)
    }

    // MARK: - What went wrong

    func add(_ failure: TestFailure) {
        if failures.count < Self.mostFailures { failures.append(failure) }
    }

    private func failure(_ json: JSONValue, at place: String?) -> TestFailure {
        var message = json["message"]?.string ?? "the test failed"
        var where_ = json["where"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? place
        // Lua puts the place before a message; a file that does not compile says nowhere else where.
        if let found = Self.place(in: message, of: file.name) {
            if json["phase"]?.string == "syntax" { where_ = found }
            message = String(message.dropFirst(found.count + 2))
        }
        var failure = TestFailure(phase: json["phase"]?.string ?? "case", message: message, place: where_)
        failure.kind = json["kind"]?.string
        failure.hint = json["hint"]?.string
        return failure
    }

    /// The `name:12` that a message begins with.
    private static func place(in message: String, of name: String) -> String? {
        guard message.hasPrefix(name + ":") else { return nil }
        let digits = message.dropFirst(name.count + 1).prefix { $0.isASCII && $0.isNumber }
        let place = "\(name):\(digits)"
        return !digits.isEmpty && message.hasPrefix(place + ": ") ? place : nil
    }

    private func comparison(_ json: JSONValue, at place: String?) -> TestFailure {
        let matcher = json["matcher"]?.string ?? "equal"
        var failure = TestFailure(phase: "case", message: "", place: place)
        let comparison = TestFailure.Comparison(
            matcher: matcher, isNegated: json["negated"] == .bool(true), actual: (json["actual"] ?? .null).trimmed(),
            expected: json["has_expected"] == .bool(true) ? (json["expected"] ?? .null).trimmed() : JSONValue?.none,
            note: json["note"]?.string)
        failure.comparison = comparison
        let verb = comparison.isNegated ? "not to" : "to"
        failure.message = "expected \(verb) \(matcher.replacing("_", with: " "))"
        return failure
    }

    // MARK: - The cluster

    private func begin(_ description: String) throws(Failure) -> JSONValue {
        guard passing == nil else { throw .parameter("cluster", "cannot change while a runbook runs") }
        if description == "demo" {
            stage.begin(.demo())
            return .null
        }
        let text: String
        let name: String
        if description.contains("\n") {
            (text, name) = (description, "cluster")
        } else {
            let path = try file.resolve(description, root: settings.root, endings: [".yaml", ".yml"], what: "cluster")
            text = String(decoding: try FileReader.read(path: path, maximum: 16 << 20), as: UTF8.self)
            name = description
        }
        do throws(YAMLError) {
            stage.begin(try ClusterSeed(yaml: text, file: name))
        } catch {
            throw Failure(.config, error.description)
        }
        moments = [:]
        return .null
    }
}

extension RehearsalSettings {
    /// Whether the filter lets a case through.
    func chooses(_ declared: DeclaredCase) -> Bool {
        guard let filter else { return true }
        return declared.title.contains(filter)
    }
}
