import Hummingbird
import NIOCore
import TesseraCore

/// What is known of a request to the management listener beside what it says.
struct ManagementContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Where it comes from; nil where that is not known.
  let address: String?

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
    address = source.channel.remoteAddress?.ipAddress
  }
}
