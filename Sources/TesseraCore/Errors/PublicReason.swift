import TesseraJOSE

/// A text that a caller may see: fixed at compile time, and where needed the name of a parameter that this
/// server knows.
///
/// Nothing from the request, the database or an exception fits in here.
package struct PublicReason: Sendable, Equatable {
  /// The text.
  package let text: StaticString
  /// Follows the text after `: `.
  package let parameter: ParameterName?

  /// A text, and the parameter that it is about.
  package init(_ text: StaticString, _ parameter: ParameterName? = nil) {
    self.text = text
    self.parameter = parameter
  }

  package static func == (left: PublicReason, right: PublicReason) -> Bool {
    left.description == right.description
  }

  /// A parameter is absent or empty.
  package static func missingParameter(_ parameter: ParameterName) -> PublicReason {
    PublicReason("Missing parameter", parameter)
  }

  /// A parameter was sent twice; nil for one that this server does not know.
  package static func repeatedParameter(_ parameter: ParameterName?) -> PublicReason {
    PublicReason("Repeated parameter", parameter)
  }

  /// A parameter is there and empty, where that is not as if it were absent.
  package static func emptyParameter(_ parameter: ParameterName) -> PublicReason {
    PublicReason("Empty parameter", parameter)
  }

  package static let requestedScopeIsInvalid = PublicReason("Requested scope is invalid")
  package static let tokenTooLong = PublicReason("The token would be too long; ask for fewer scopes")
  package static let noDefaultScopeOfResource = PublicReason(
    "None of the default scopes belongs to the requested resource"
  )
  package static let requestedResourceIsInvalid = PublicReason("Requested resource is invalid")
  package static let resourcesDoNotShareTokens = PublicReason(
    "The requested resources require different kinds of token"
  )
  package static let credentialsMissing = PublicReason("Client credentials are missing")
  package static let clientAuthenticationFailed = PublicReason("Client authentication failed")
  package static let severalAuthenticationMethods = PublicReason("More than one client authentication method")
  package static let clientIDMismatch = PublicReason("client_id does not match the authenticated client")
  package static let certificateUnreadable = PublicReason("The proxy does not pass the client certificate on")
  package static let certificateMissing = PublicReason("A client certificate is required")
  package static let proofMissing = PublicReason("A DPoP proof is required")
  package static let proofInvalid = PublicReason("The DPoP proof is not valid")
  package static let proofNonceMissing = PublicReason("The DPoP proof must have the nonce of this answer")
  package static let bindingMissing = PublicReason("A DPoP proof or a client certificate is required")
  package static let resourceOutsideProfile = PublicReason(
    "Tokens for the resource are signed by an algorithm that the security profile does not allow"
  )
  package static let severalBindings = PublicReason("A token can be bound to one key only")
  package static let grantTypeNotSupported = PublicReason("Grant type is not supported")
  package static let grantTypeNotAllowed = PublicReason("Grant type is not allowed for this client")
  package static let tokenOfAnotherClient = PublicReason("The token was issued to another client")
  package static let malformedAudience = PublicReason("audience is not the identifier of an API")
  package static let notFormEncoded = PublicReason("Content-Type must be application/x-www-form-urlencoded")
  package static let otherCharset = PublicReason("The charset of the form must be UTF-8")
  package static let malformedQuery = PublicReason("Malformed query")
  package static let anyMustBeTrue = PublicReason("any must be true")
  package static let nothingToCheck = PublicReason("Nothing to check: scope, audience or any=true is missing")
  package static let malformedBody = PublicReason("Malformed request body")
  package static let tooManyParameters = PublicReason("Too many parameters")
  package static let bodyTooLarge = PublicReason("Request body is too large")
  package static let headersTooLarge = PublicReason("Request header fields are too large")
  package static let targetTooLong = PublicReason("Request target is too long")
  package static let tooManyChunks = PublicReason("Request body has too many chunks")
  package static let unknownVersion = PublicReason("HTTP version is not supported")
  package static let unknownMethod = PublicReason("Method is not supported")
  package static let unknownTransferCoding = PublicReason("Transfer-Encoding is not supported")
  package static let unknownExpectation = PublicReason("Expectation is not supported")
  package static let misdirected = PublicReason("The request is for https but came over plain HTTP")
  package static let malformedHTTP = PublicReason("Malformed HTTP request")
  package static let requestTimedOut = PublicReason("Request took too long")
  package static let methodMustBePOST = PublicReason("Method must be POST")
  package static let methodMustBeGET = PublicReason("Method must be GET")
  package static let methodMustBeGETOrPOST = PublicReason("Method must be GET or POST")
  package static let nobodySignsIn = PublicReason(
    "There is no sign-in here: only the client credentials grant is supported"
  )
  package static let malformedCursor = PublicReason("since is not a cursor of this feed")
  package static let callerNotNamed = PublicReason("The proxy does not identify its caller")
  package static let tlsRequired = PublicReason("TLS is required")
  package static let noSuchPath = PublicReason("There is nothing at this path")
  package static let tryAgainLater = PublicReason("Try again later")
  package static let unexpected = PublicReason("An unexpected error occurred")
}

extension PublicReason: CustomStringConvertible {
  package var description: String {
    parameter.map { "\(text): \($0.text)" } ?? text.description
  }
}

extension JSONText {
  /// A public reason, which has nothing to escape.
  mutating func append(_ reason: PublicReason) {
    append(reason.text)
    if let parameter = reason.parameter {
      append(": ")
      append(parameter.text)
    }
  }
}
