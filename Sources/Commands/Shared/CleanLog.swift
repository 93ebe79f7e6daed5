// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import Secrets

/// Writes log lines without any secret that is known.
struct CleanLog: LogHandler {
    private var inner: StreamLogHandler
    private let secrets: SecretBook

    init(_ inner: StreamLogHandler, _ secrets: SecretBook) {
        self.inner = inner
        self.secrets = secrets
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(secrets.scrub(event.message.description))"
        event.metadata = event.metadata.map(clean)
        inner.log(event: event)
    }

    private func clean(_ metadata: Logger.Metadata) -> Logger.Metadata {
        metadata.mapValues { "\(secrets.scrub($0.description))" }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = clean(newValue) }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }
}
