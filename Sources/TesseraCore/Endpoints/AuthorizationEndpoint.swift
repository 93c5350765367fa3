/// The authorization endpoint (RFC 6749 §3.1), which refuses every request.
///
/// Nobody can sign in here, but many clients refuse metadata that names no such endpoint, and whoever is sent here by
/// mistake should learn so. It never redirects: no client has registered where to.
package struct AuthorizationEndpoint: Endpoint {
  package let path = "/oauth2/authorize"
  package let metadataMember: StaticString? = "authorization_endpoint"
  private let errors: StandardErrors

  package init(errors: StandardErrors) {
    self.errors = errors
  }

  /// A page for a person, and for a program the error that §4.1.2.1 has for it.
  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    guard ["GET", "HEAD", "POST"].contains(exchange.request.method) else { throw .refused(.onlyReadOrPost) }
    guard exchange.request.headers.acceptsHTML else {
      throw .refused(OAuthError(.unsupportedResponseType, .nobodySignsIn))
    }
    return EndpointResponse(status: 400, headers: HeaderFields(.page), body: AuthorizationEndpoint.page)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }

  /// The same for everybody; nothing of the request is in it.
  private static let page = Array(
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>There is no sign-in here</title>
    </head>
    <body>
    <h1>There is no sign-in here</h1>
    <p>An application has sent you to this address to sign in. This server gives access to programs only, so there is
    nothing to do for you. You were not signed in, and nothing about you was passed on.</p>
    <p>If the application is yours: it asked for a response type that this server does not have
    (<code>unsupported_response_type</code>). It gets its tokens by the client credentials grant.</p>
    </body>
    </html>

    """.utf8
  )
}
