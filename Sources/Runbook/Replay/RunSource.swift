// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Journal
internal import Model

/// Where a run's script came from, for whoever resumes it.
public struct RunSource: Sendable {
    /// The absolute path of the script; nil for one that was no file.
    public var path: String?
    /// The plan's file, byte for byte, where the run follows one.
    public var plan: [UInt8]?
    /// Whether it has no terminal and keeps its output in the journal.
    public var isDetached = false

    /// Makes a source of a script that is no file.
    public init(path: String? = nil, plan: [UInt8]? = nil) {
        self.path = path
        self.plan = plan
    }
}

extension RunOrigin {
    /// What is written down of a run's script and of what it is given; of secrets only the names.
    init(_ script: Chunk, _ source: RunSource, _ environment: RunEnvironment) {
        self.init(source: script.source, chunk: script.name, isExpression: script.isExpression)
        path = source.path
        folder = environment.modules.folder
        plan = source.plan
        isDetached = source.isDetached
        seed = environment.settings.seed
        parameters = environment.settings.parameters.map {
            Parameter($0.name, environment.settings.isSecret($0.name) ? nil : $0.value)
        }
        settings = environment.settings.recorded
    }
}

extension RunSettings {
    /// The bounds as a run's origin keeps them.
    var recorded: JSONObject {
        JSONObject([
            ("memory", JSONValue(limits.memory)), ("cpu_slice", .number(limits.processorSlice)),
            ("cpu_total", .number(limits.processorTotal)), ("calls", JSONValue(limits.calls)),
            ("frame", JSONValue(limits.frame)), ("output", JSONValue(limits.output)),
            ("depth", JSONValue(limits.depth)),
            ("timeout", JSONValue(Int(taskTimeout.components.seconds))),
        ])
    }

    /// The same settings with the seed, the parameters and the bounds that a run began with.
    ///
    /// - Parameter given: Values of parameters that were secrets, and so were not kept.
    public func resuming(_ origin: RunOrigin, given: [(name: String, value: String)]) -> RunSettings {
        var result = self
        result.seed = origin.seed
        result.parameters = origin.parameters.compactMap { parameter in
            (parameter.value ?? given.first { $0.name == parameter.name }?.value).map { (parameter.name, $0) }
        }
        let recorded = origin.settings
        if let memory = recorded["memory"]?.perlInteger { result.limits.memory = memory }
        if let slice = recorded["cpu_slice"]?.perlNumber { result.limits.processorSlice = slice }
        if let total = recorded["cpu_total"]?.perlNumber { result.limits.processorTotal = total }
        if let calls = recorded["calls"]?.perlInteger { result.limits.calls = calls }
        if let frame = recorded["frame"]?.perlInteger { result.limits.frame = frame }
        if let output = recorded["output"]?.perlInteger { result.limits.output = output }
        if let depth = recorded["depth"]?.perlInteger { result.limits.depth = depth }
        if let timeout = recorded["timeout"]?.perlInteger { result.taskTimeout = .seconds(timeout) }
        return result
    }
}
