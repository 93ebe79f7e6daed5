// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Proxmox
internal import Simulator

/// One connection: takes requests one after another and answers them as pveproxy's worker does.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// After so many requests the server closes a connection (PVE::APIServer::AnyEvent).
    private static let requestLimit = 100
    private static let bodyLimit = 600_000
    /// Uploads are files; what is longer is cut off, and refused for that.
    private static let uploadLimit = 67_108_864

    private let cluster: SimulatedCluster
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var waiting: [(HTTPRequestHead, [UInt8])] = []
    private var isBusy = false
    private var answered = 0

    init(cluster: SimulatedCluster) { self.cluster = cluster }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            let limit = head?.uri.contains("/upload") == true ? Self.uploadLimit : Self.bodyLimit
            if body.count < limit { body.append(contentsOf: buffer.readableBytesView) }
        case .end:
            guard let head else { return }
            self.head = nil
            if waiting.count < Self.requestLimit { waiting.append((head, body)) }
            answerNext(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Five seconds without a byte end a connection, unless an answer is being made.
        if event is IdleStateHandler.IdleStateEvent, !isBusy { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answerNext(_ context: ChannelHandlerContext) {
        guard !isBusy, !waiting.isEmpty else { return }
        isBusy = true
        let (head, body) = waiting.removeFirst()
        answered += 1
        let isLast = answered >= Self.requestLimit || !head.isKeepAlive
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let cluster = cluster
        let compression = Compression(head)
        Task {
            let delivery = await RequestBridge.deliver(head, body, to: cluster)
            loop.execute {
                let (handler, context) = bound.value
                handler.finish(delivery, compression, isLast: isLast, context)
            }
        }
    }

    private func finish(
        _ delivery: Delivery, _ compression: Compression?, isLast: Bool, _ context: ChannelHandlerContext
    ) {
        isBusy = false
        var buffer = context.channel.allocator.buffer(capacity: 1024)
        switch delivery {
        case .answer(let response), .late(let response):
            let closing = isLast || response.status >= 400
            WireAnswer.write(compression?.pack(response) ?? response, closing: closing, to: &buffer)
            send(buffer, closing: closing, context)
            if !closing { answerNext(context) }
        case .half(let response):
            WireAnswer.write(compression?.pack(response) ?? response, closing: true, to: &buffer)
            send(buffer.getSlice(at: 0, length: buffer.readableBytes / 2) ?? buffer, closing: true, context)
        case .garbage:
            buffer.writeString("\u{1}\u{2}this is no HTTP\r\n\r\n")
            send(buffer, closing: true, context)
        case .nothing(let reset):
            if reset {
                // No lingering and no goodbye from TLS: the peer gets a reset instead of an end.
                let provider = context.channel as? any SocketOptionProvider
                provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
                let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                (tls ?? context).close(promise: nil)
                return
            }
            context.channel.close(mode: .all, promise: nil)
        }
    }

    private func send(_ buffer: ByteBuffer, closing: Bool, _ context: ChannelHandlerContext) {
        let written = context.writeAndFlush(wrapOutboundOut(buffer))
        if closing {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            written.whenComplete { _ in bound.value.close(promise: nil) }
        }
    }
}
