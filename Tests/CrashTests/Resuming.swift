// SPDX-License-Identifier: Apache-2.0
import Runbook
extension CrashWorld {
    func resume(_ process: Process, boot: String?) async throws -> ResumedEnding { .doubt }
}
