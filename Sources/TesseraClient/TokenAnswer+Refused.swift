import NIOCore
import TesseraFetching

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ServiceExchange.Answer {
  /// What an answer other than 200 says.
  ///
  /// Both dialects are understood, because a gateway in between may speak the other.
  func refused(secret: String) -> TokenRequestError {
    let members = try? JSONDecoder().decode(RefusedMembers.self, from: Data(body.readableBytesView))
    // Without a code, a 401 of a token endpoint can only mean the client (RFC 6749 §5.2).
    let name = members?.name ?? members?.error ?? (status == 401 ? "invalid_client" : nil)
    let message = members?.message ?? members?.error_description
    return TokenRequestError(
      (400..<600).contains(status) ? .refused : .malformedAnswer,
      name: name.map { without(secret, $0) },
      message: message.map { without(secret, $0) } ?? "the token service answered \(status)",
      status: status
    )
  }

  /// A server that repeats what it was sent, or a part of it, must bring neither a secret nor a JWT into a log.
  private func without(_ secret: String, _ text: String) -> String {
    let text = secret.isEmpty ? text : text.replacing(secret, with: "(secret)")
    // What every JWT begins with: `{"` in base64url.
    return text.contains("eyJ") ? text.replacing(/eyJ[\w.-]*/, with: "(JWT)") : text
  }
}

private struct RefusedMembers: Decodable {
  let name: String?
  let message: String?
  let error: String?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  let error_description: String?
}
