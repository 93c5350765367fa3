import NIOCore

/// One thing after another: while a request is with the store, or the peer does not read its answers, all that
/// comes waits.
extension ConnectionHandler {
  func isBusy(_ context: ChannelHandlerContext) -> Bool {
    if case .awaiting = phase { return true }
    if turn.isAwaited { return true }
    return !context.channel.isWritable
  }

  /// Takes what arrived now or in its turn.
  func arrived(_ input: Input, _ context: ChannelHandlerContext) {
    if waiting.isEmpty, !isBusy(context) {
      take(input, context)
    } else {
      waiting.append(input)
    }
  }

  /// Its turn has come.
  func takeTurn() {
    turn.isAwaited = false
    goOn()
  }

  /// Takes all that is there, for as long as there is nothing to wait for and its turn lasts, and writes the answers.
  func goOn() {
    // Writing can make the connection writable again and come here while the loop below runs, which sees it.
    guard !isGoingOn, let context = ownContext, let parser else { return }
    isGoingOn = true
    turn.begin()
    defer { isGoingOn = false }
    repeat {
      while !isBusy(context) {
        if let input = waiting.popFirst() {
          take(input, context)
        } else if parser.hasMore {
          parser.parseMore()
        } else {
          break
        }
        if turn.isOver, !isBusy(context), !waiting.isEmpty || parser.hasMore {
          turn.isAwaited = true
          neighbours.waitForTurn(self)
        }
      }
      writeOutput(context)
    } while !isBusy(context) && (!waiting.isEmpty || parser.hasMore)
    guard !isBusy(context) else { return }
    // The beginning of a request can be in the same read as the end of the one before.
    if parser.hasBegunRequest { bytesArrived() }
    if isReadHeldBack {
      isReadHeldBack = false
      context.read()
    }
  }

  private func take(_ input: Input, _ context: ChannelHandlerContext) {
    if case .lingering = phase { return }
    switch input {
    case .request(let request):
      bytesArrived()
      answer(request, context)
    case .part(let part):
      // Of a request sent ahead the bytes came with the one before.
      bytesArrived()
      receive(part, context)
    case .failure(let message):
      bytesArrived()
      refuse(message, context)
    case .end: closeAfterOutput(context)
    }
  }
}
