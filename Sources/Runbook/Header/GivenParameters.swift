// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import Wire

/// What `--param` gave, held against what a header declares.
struct GivenParameters {
    let header: RunbookHeader
    let given: [(name: String, value: String)]

    /// The values as the script is to have them, defaults among them.
    ///
    /// - Throws: ``Failure`` of kind `usage` that tells all that is wrong at once.
    func values() throws(Failure) -> [PackedValue.Pair] {
        var problems: [String] = []
        var values: [PackedValue.Pair] = []
        let names = header.parameters.map(\.name)
        for (name, _) in given where !names.contains(name) {
            let suggestion =
                Spelling.suggestion(for: name, among: names.filter { name in !given.contains { $0.name == name } })
                ?? (names.isEmpty ? "it takes none" : "there are " + names.joined(separator: ", "))
            problems.append("there is no parameter \(TextExcerpt.of(name)); \(suggestion)")
        }
        var isMissing = false
        for parameter in header.parameters {
            guard let text = given.first(where: { $0.name == parameter.name })?.value else {
                if let standard = parameter.standard { values.append(.init(parameter.name, standard)) }
                if parameter.isRequired {
                    isMissing = true
                    problems.append(
                        "\(parameter.name) is missing (\(parameter.form))"
                            + (parameter.help.map { ": \($0)" } ?? "; it must be \(parameter.kind.meaning)"))
                }
                continue
            }
            do throws(WrongValue) {
                values.append(.init(parameter.name, try parameter.value(text)))
            } catch {
                let suggestion = error.meant.flatMap { Spelling.suggestion(for: $0, among: error.known) }
                problems.append("\(parameter.name) \(error.text)" + (suggestion.map { "; \($0)" } ?? ""))
            }
        }
        guard let first = problems.first else { return values }
        let listed = problems.enumerated().map { "(\($0 + 1)) \($1)" }.joined(separator: "  ")
        let message = problems.count == 1 ? first : "\(problems.count) parameters are wrong: \(listed)"
        throw Failure(
            .usage, message,
            hint: isMissing
                ? "give it as " + missing.map { "--param \($0.name)=…" }.joined(separator: " ")
                    + "; pvelua run FILE --help explains them"
                : "pvelua run FILE --help explains them")
    }

    private var missing: [RunbookParameter] {
        header.parameters.filter { parameter in
            parameter.isRequired && !given.contains { $0.name == parameter.name }
        }
    }
}
