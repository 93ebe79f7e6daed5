// SPDX-License-Identifier: Apache-2.0
internal import Model

extension Failure {
    /// The same failure, with a usage line as hint where an argument was wrong and nothing better is known.
    func calling(_ operation: Operation) -> Failure {
        guard kind == .parameter, status == nil, !fields.isEmpty else { return self }
        var failure = self
        failure.message = "pve.\(operation.name): \(position(in: operation))\(message)"
        failure.hint = hint ?? operation.usage
        return failure
    }

    /// `argument 2, ` where one argument is wrong as a whole; what is wrong with an option is named by its key.
    private func position(in operation: Operation) -> String {
        guard fields.count == 1, let name = fields.first?.name, message.hasPrefix(name + ": "),
            let index = operation.parameters.firstIndex(where: { $0.name == name })
        else { return "" }
        return "argument \(index + 1), "
    }

    /// The same failure, naming the cluster where it is not the run's own.
    func on(_ cluster: String?, unless own: String) -> Failure {
        guard let cluster, cluster != own else { return self }
        var failure = self
        failure.cluster = failure.cluster ?? cluster
        return failure
    }
}
