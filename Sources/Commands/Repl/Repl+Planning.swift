// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Runbook
internal import Text

/// The commands that plan.
extension Repl {
    func plan(_ word: String) async throws(Failure) {
        switch word {
        case "on":
            guard rehearsal == nil else {
                throw Failure(.usage, "a plan is being made already", hint: ":plan shows it")
            }
            let rehearsal = try await rehearse()
            self.rehearsal = rehearsal
            firstPlanned = inputs.count
            writeError("changes go to a twin of the cluster until :apply; :plan shows them, :plan off drops them\n")
            if !rehearsal.left.isEmpty {
                let names = TextCleaner.clean(rehearsal.left.prefix(12).joined(separator: ", "))
                writeError("not known there, as only text, numbers and objects come along: \(names)\n")
            }
            await settle()
        case "off":
            guard let rehearsal else { throw Failure(.usage, "nothing is being planned", hint: ":plan on begins") }
            await rehearsal.end()
            self.rehearsal = nil
            // What was never done is nothing to save.
            for index in inputs.indices where index >= firstPlanned ?? inputs.count { inputs[index].isGood = false }
            await settle()
            writeError("the plan is dropped; nothing was sent\n")
        case "":
            guard let rehearsal else { throw Failure(.usage, "nothing is being planned", hint: ":plan on begins") }
            let text = await rehearsal.text(style: context.outputStyle)
            environment.output.write(Array(text.utf8))
        default:
            throw Failure(.usage, "\":plan \(TextCleaner.clean(word))\" is none", hint: ":plan on, :plan off, :plan")
        }
    }

    /// Makes the planned changes.
    func apply() async throws(Failure) {
        guard let rehearsal else {
            throw Failure(.usage, "nothing is planned", hint: ":plan on, then what is to be done, then :apply")
        }
        let application = try await rehearsal.application()
        let interrupts = interrupts
        let isWhole = try await application.run(interrupts) { outcome, chunk in self.report(outcome, chunk) }
        await rehearsal.end()
        self.rehearsal = nil
        if isWhole { writeError("the plan is applied\n") }
        await settle()
    }

    /// Says what policy makes of a call, which is carried out on a twin.
    func explain(_ code: String) async throws(Failure) {
        guard !code.isEmpty else { throw Failure(.usage, "which call?", hint: ":explain pve.vm(101):stop()") }
        let rehearsal: ReplRehearsal
        if let planned = self.rehearsal {
            rehearsal = try await planned.copy()
        } else {
            rehearsal = try await rehearse()
        }
        let known = await rehearsal.operations.count
        let chunk = Chunk(source: Array(code.utf8), name: "=explain", isExpression: true)
        rehearsal.isSilent = true
        let outcome = await rehearsal.evaluate(chunk, interrupts)
        let operations = await rehearsal.operations.dropFirst(known)
        await rehearsal.end()
        for operation in operations {
            environment.output.write(
                Array(PlannedLine(operation: operation, style: context.outputStyle).explained.utf8))
        }
        switch outcome {
        case .incomplete: throw Failure(.usage, "the call ends in the middle of something")
        case .failed(let failure): tell(failure, chunk)
        case .values:
            if operations.isEmpty { environment.output.write(Array("it changes nothing\n".utf8)) }
        }
    }

    private func rehearse() async throws(Failure) -> ReplRehearsal {
        await look()
        return try await ReplRehearsal.begin(
            context: context, options: options, environment: environment, variables: knowledge.variables)
    }
}
