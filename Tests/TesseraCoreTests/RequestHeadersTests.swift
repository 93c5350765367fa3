import TesseraCore
import Testing

/// A form's media type, which is not kept as it came.
@Suite struct RequestHeadersTests {
  private static let form = "application/x-www-form-urlencoded"

  @Test(
    arguments: [
      ([form], true), ([form, form], false), ([form, "text/plain"], false), (["text/plain", form], false),
      ([form + "; charset=utf-8"], false), ([form.uppercased()], false), ([], false), (["text/plain"], false),
    ]
  )
  func allContentTypesAreThereInTheirOrder(types: [String], isForm: Bool) {
    var headers = RequestHeaders()
    headers.add(.origin, "https://a.example.com")
    for type in types { headers.add(.contentType, type) }
    headers.add(.dpop, "a")
    #expect(headers.values(.contentType) == types)
    #expect(headers.isForm == isForm)
    #expect(headers.values(.origin) == ["https://a.example.com"])
    #expect(headers.values(.dpop) == ["a"])
  }
}
