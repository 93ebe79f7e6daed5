// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

/// Brings a request to its endpoint, with PVE's checks in PVE's order: the order decides which error wins.
enum Dispatcher {
    enum Outcome {
        case answer(HTTPResponse)
        /// A 401, which comes late.
        case denied(HTTPResponse)
        /// The guest's lock file is taken; this is the answer when it stays so.
        case locked(vmid: Int, HTTPResponse)
    }

    /// - Parameter trusted: Who it is from, where the caller vouches for that; nil reads the credentials of the request.
    static func dispatch(
        _ request: HTTPRequest, _ state: inout ClusterState, trusting trusted: Identity? = nil
    ) -> Outcome {
        if let file = SchemaScript.answer(request, now: state.now) { return .answer(file) }
        let writer = ResponseWriter(now: state.now)
        let location: (format: String, segments: [String])
        do throws(PlainAnswer) { location = try RequestParser.location(request.target) } catch {
            return .answer(writer.plain(error))
        }
        let found = EndpointTable.find(request.method.rawValue, location.segments)
        var identity = trusted ?? .nobody
        if trusted != nil {
        } else if case .world = found?.endpoint.access {
        } else {
            let csrf = request.headers.first { $0.name.lowercased() == "csrfpreventiontoken" }?.value
            switch state.identify(Credentials(request.headers), method: request.method.rawValue, csrf: csrf) {
            case .success(let who): identity = who
            case .failure(let error): return .denied(writer.empty(401, error.reason))
            }
        }
        let parsed: RequestParameters
        do throws(PlainAnswer) {
            guard ["json", "extjs"].contains(location.format) else {
                let path = "/" + location.segments.joined(separator: "/")
                throw PlainAnswer(status: 501, text: "no formatter for uri \(path), \(location.format)")
            }
            parsed = try RequestParser.parameters(request, segments: location.segments)
        } catch {
            return .answer(writer.plain(error))
        }
        do throws(Refusal) {
            guard let found else {
                throw .notImplemented(
                    request.method.rawValue, "/" + location.segments.joined(separator: "/"))
            }
            let call = try admit(found, identity, parsed, request.method.rawValue, state)
            let reply = try found.endpoint.handler(&state, call)
            return .answer(writer.success(reply, format: location.format, protected: found.endpoint.protected))
        } catch {
            let response = writer.refusal(error, format: location.format)
            if let vmid = error.awaits { return .locked(vmid: vmid, response) }
            return error.status == 401 ? .denied(response) : .answer(response)
        }
    }

    private static func admit(
        _ found: EndpointTable.Found, _ identity: Identity, _ parsed: RequestParameters,
        _ method: String, _ state: ClusterState
    ) throws(Refusal) -> Call {
        let endpoint = found.endpoint
        var values = parsed.values.filter { $0.value != .undefined }
        for (name, value) in found.path {
            if let given = parsed.values[name], given.text != value {
                throw .parameter(
                    name, "duplicate parameter (already defined in URI) with conflicting values!")
            }
            values[name] = .text(value)
        }
        if identity.token != nil, !identity.isTrusted, !endpoint.allowsTokens {
            throw .init(
                status: 403,
                text: "Permission check failed (URI '\(found.pattern)' not available with API token, "
                    + "need proper ticket.\n)")
        }
        try checkAccess(endpoint, identity, values, state)
        try checkNode(values["node"]?.text, state)
        let validation = Validation(
            values, endpoint.parameters, options: endpoint.takesOptions, pathNames: Set(found.path.keys),
            isLenient: state.isTwin)
        if !validation.fields.isEmpty { throw .parameters(validation.fields) }
        var accepted = validation.accepted
        if accepted["node"] == "localhost" { accepted["node"] = state.localNode }
        let order = parsed.order.filter { accepted[$0] != nil && found.path[$0] == nil }
        return Call(
            identity: identity, parameters: accepted, order: order, method: method, upload: parsed.upload)
    }

    private static func checkAccess(
        _ endpoint: Endpoint, _ identity: Identity, _ values: [String: RawValue], _ state: ClusterState
    ) throws(Refusal) {
        switch endpoint.access {
        case .world, .user: return
        case .root: if !identity.isRoot { throw .forbidden("user != root@pam") }
        case .privilege(let template, let names):
            let path = template.split(separator: "/").map { part in
                guard part.hasPrefix("{") else { return String(part) }
                return values[String(part.dropFirst().dropLast())]?.text ?? ""
            }
            try state.demandAny(identity, names, "/" + path.joined(separator: "/"))
        }
    }

    private static func checkNode(_ name: String?, _ state: ClusterState) throws(Refusal) {
        guard let name, name != "localhost", Format.isName(name) else { return }
        guard let node = state.node(name) else {
            throw .failed(
                "hostname lookup '\(name)' failed - failed to get address info for: \(name): "
                    + "Name or service not known")
        }
        if !node.online { throw .unreachable }
    }
}
