/// What an assertion is (`client_assertion_type`, RFC 7521 §4.2).
public enum AssertionType: String, Sendable, Hashable {
  /// A JWT that names the client (RFC 7523 §2.2), as most platforms give them out.
  case jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
  /// A JWT-SVID of SPIFFE.
  case jwtSPIFFE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"
}
