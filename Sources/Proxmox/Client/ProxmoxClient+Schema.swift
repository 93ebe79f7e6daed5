// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// A cluster's description of its own API, as it came.
public struct SchemaFile: Hashable, Sendable {
    /// The version that the cluster had when it was fetched, such as `8.4.1`.
    public var version: String
    /// The script.
    public var script: [UInt8]
    /// What the server gives as the file's time.
    public var modified: String?

    /// Makes a file.
    public init(version: String, script: [UInt8], modified: String? = nil) {
        self.version = version
        self.script = script
        self.modified = modified
    }
}

extension ProxmoxClient {
    /// The version that the cluster says it has, such as `8.4.1`.
    ///
    /// - Throws: ``Failure``; of the kind `server` where the answer holds no version.
    public func version() async throws(Failure) -> String {
        let answer = try await send(.get("version"))
        guard let version = answer.data["version"]?.perlText, !version.isEmpty, version.utf8.count <= 64 else {
            throw Failure(.server, "the cluster does not tell its version", raw: answer.data.excerpt)
        }
        return version
    }

    /// Fetches the cluster's description of its own API, which is exact for its version.
    ///
    /// The file is open to everybody, so no credential is sent for it; the version is asked for like any other read.
    ///
    /// - Throws: ``Failure``; of the kind `unsupported` where the server does not offer the file.
    public func schemaFile() async throws(Failure) -> SchemaFile {
        guard !(credential is LocalAccess) else {
            throw Failure(
                .unsupported, "pvesh does not hand out the API schema",
                hint: "configure this cluster with an address as well, under another name, and fetch it there")
        }
        let version = try await version()
        let call = try APICall.get("pve-docs", "api-viewer", "apidoc.js")
        let request = HTTPRequest(.get, call.path.encoded, timeout: settings.requestTimeout)
        do throws(FailedExchange) {
            let (response, _) = try await repeated(request, from: 0) { (request, host) throws(FailedExchange) in
                try await plain(call, request, host)
            }
            let modified = response.headers.first { $0.name.lowercased() == "last-modified" }?.value
            return SchemaFile(version: version, script: response.body, modified: modified)
        } catch {
            throw error.failure
        }
    }

    /// Sends one request that is no call of the API, without a credential.
    private func plain(
        _ call: APICall, _ request: HTTPRequest, _ host: ProxmoxHost
    ) async throws(FailedExchange) -> HTTPResponse {
        let response = try await response(to: call, request, host)
        if response.status == 200, !response.body.isEmpty { return response }
        var failed = FailedExchange(
            Failure(
                .unsupported, "\(host.name) does not offer its API schema",
                hint: "the package pve-docs serves it at \(request.target)", status: response.status,
                raw: TextCleaning.cleaned(Array(response.reason.utf8), limit: 200)))
        failed.mayPass = Self.mayPass(response.status)
        throw failed
    }
}
