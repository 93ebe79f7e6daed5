// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Secrets
internal import Wire

extension SecretBook {
    /// Writes down what a call of a script hands over as a secret, by the names of its arguments: Proxmox may echo it in an error.
    func learn(from call: NumberedCall) {
        let names = OperationTable.named(call.operation)?.parameters.map(\.name) ?? []
        for (index, argument) in call.arguments.enumerated() {
            learn(argument, isSecret: names.indices.contains(index) && Redaction.isSecret(names[index]))
        }
    }

    private func learn(_ value: PackedValue, isSecret: Bool) {
        switch value {
        case .map(let pairs):
            for pair in pairs { learn(pair.value, isSecret: isSecret || Redaction.isSecret(pair.key)) }
        case .array(let elements): for element in elements { learn(element, isSecret: isSecret) }
        default: if isSecret, let text = value.text { register(text) }
        }
    }

    /// Writes down what a change of users and tokens was answered with: the secret of a new token, a ticket.
    func learn(fromAccess answer: JSONValue?) {
        for member in answer?.object?.members ?? [] where member.key == "value" || Redaction.isSecret(member.key) {
            if let text = member.value.string { register(text) }
        }
    }
}
