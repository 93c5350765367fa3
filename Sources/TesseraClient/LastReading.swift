import Logging
import Synchronization
import TesseraSupport

/// What was read last, for while it cannot be read.
final class LastReading<Value: Sendable>: Sendable {
  private let name: String
  private let logger: Logger
  private let last = Mutex<Value?>(nil)

  /// - Parameter name: What is read, as a message calls it.
  init(_ name: String, logger: Logger) {
    self.name = name
    self.logger = logger
  }

  /// What is read now, or was when it could be read.
  func current(_ read: (Value?) throws(SecretFile.Failure) -> Value) throws(TokenRequestError) -> Value {
    let known = last.withLock { $0 }
    do throws(SecretFile.Failure) {
      let value = try read(known)
      last.withLock { $0 = value }
      return value
    } catch {
      guard let known else {
        throw TokenRequestError(.credentialsUnavailable, message: "\(name): \(error.reason)")
      }
      logger.warning("keeping \(name)", metadata: ["reason": "\(error.reason)"])
      return known
    }
  }
}
