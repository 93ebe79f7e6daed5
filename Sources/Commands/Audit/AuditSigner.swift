// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Plan
internal import Signatures

/// Signs the audit as it stands with an SSH key, and writes the signature into it.
struct AuditSigner: Sendable {
    let key: String
    let keygen: SSHKeygen
    let now: @Sendable () -> Double
    let warn: @Sendable (String) -> Void

    /// What a run calls at its end.
    var hook: @Sendable (any JournalStore) async -> Void { { await sign($0) } }

    /// Signs the last row; what cannot be signed is told and no more.
    func sign(_ journal: any JournalStore) async {
        do throws(Failure) {
            guard let last = try await journal.lastAuditRow(),
                last.kind != AuditEvent.Kind.checkpoint.rawValue
            else { return }
            let statement = AuditCheckpoint.statement(sequence: last.sequence, hash: last.hash)
            let signed = await BlockingWork.run { [keygen, key] () -> Result<String, Failure> in
                do throws(Failure) {
                    return .success(try keygen.sign(statement, key: .file(key), terminal: nil))
                } catch {
                    return .failure(error)
                }
            }
            let checkpoint = AuditCheckpoint(sequence: last.sequence, hash: last.hash, signature: try signed.get())
            try await journal.audit(checkpoint.event, at: now())
        } catch {
            let words = error.raw.map { " (\($0))" } ?? ""
            warn("the audit is not signed with \(key): \(error.message)\(words); what the run did is recorded all the same")
        }
    }
}

/// Holds the signatures of checkpoints against the people who may sign.
struct CheckpointVerifier: Sendable {
    let signers: AllowedSigners
    let keygen: SSHKeygen

    /// Each signature costs two starts of a program, so only the last ones are looked at; the chain binds the others.
    static let most = 200

    /// Why a checkpoint does not count; nil where it does.
    func fault(of checkpoint: AuditCheckpoint) throws(Failure) -> String? {
        guard let signature = SSHSignature(armored: checkpoint.signature) else { return "holds no signature" }
        let names = signers.names(ofKey: signature.keyText)
        guard let person = names.first else { return "is signed with a key that is not among the signers" }
        let signer = try keygen.verify(
            checkpoint.statement, signature: signature.armored, person: person, signers: signers.bytes)
        return signer == nil ? "bears a signature that does not verify" : nil
    }
}
