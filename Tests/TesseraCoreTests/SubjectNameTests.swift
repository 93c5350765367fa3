import TesseraCore
import Testing

/// Distinguished names in the text of RFC 4514.
@Suite struct SubjectNameTests {
  private static func name(_ parts: [[(String, String)]]) -> SubjectName? {
    SubjectName(
      parts.map { $0.map { SubjectName.Attribute(type: $0.0, value: .text(Array($0.1.utf8))) } }
    )
  }

  private static let (commonName, organisation, unit) = ("2.5.4.3", "2.5.4.10", "2.5.4.11")

  @Test func theTextIsInReverseOrder() {
    let name = SubjectNameTests.name([
      [(SubjectNameTests.organisation, "Example, Inc.")], [(SubjectNameTests.commonName, "billing")],
    ])
    #expect(name != nil)
    for text in [
      #"CN=billing,O=Example\, Inc."#, #"cn=billing, o=Example\2C Inc."#,
      #"2.5.4.3=billing , O = Example\, Inc. "#,
      #"CN=b\69lling,O=Example\,\ Inc."#,
    ] {
      #expect(SubjectName(text) == name, "\(text)")
    }
    for text in [#"O=Example\, Inc.,CN=billing"#, #"CN=billing+O=Example\, Inc."#, "CN=billing,O=Example"] {
      #expect(SubjectName(text) != nil && SubjectName(text) != name, "\(text)")
    }
  }

  @Test func partsOfSeveralAttributesHaveNoOrder() {
    let name = SubjectNameTests.name([
      [(SubjectNameTests.unit, "a"), (SubjectNameTests.commonName, "b")]
    ])
    #expect(SubjectName("CN=b+OU=a") == name && SubjectName("OU=a+CN=b") == name && name != nil)
    #expect(SubjectName("CN=b,OU=a") != name)
    #expect(SubjectName("CN=a+CN=a") == nil, "a set has nothing twice")
  }

  @Test func spacesAndEscapesAreRead() {
    for (text, value) in [
      (#"CN=\ a\ "#, " a "), ("CN=  a b  ", "a b"), ("CN=\\#a", "#a"),
      (#"CN=a\+b\"c\\d\;e\<\>"#, #"a+b"c\d;e<>"#),
      (#"CN=Lu\C4\8Di\C4\87"#, "Lučić"), ("CN=Lučić", "Lučić"), ("CN=a=b", "a=b"), ("CN=a#b", "a#b"),
    ] {
      #expect(SubjectName(text) == SubjectNameTests.name([[(SubjectNameTests.commonName, value)]]), "\(text)")
    }
    let encoded = SubjectName([
      [SubjectName.Attribute(type: "1.2.3", value: .encoded([0x04, 0x02, 0x48, 0x69]))]
    ])
    #expect(SubjectName("1.2.3=#04024869") == encoded && encoded != nil)
  }

  @Test(arguments: [
    "", " ", ",", "CN", "CN=", "=a", "CN=a,", ",CN=a", "CN=a,,O=b", "CN=a+", "XX=a", "2=a", "2.=a", "02.5=a",
    "CN=a;O=b",
    #"CN="a""#, "CN=a<b", #"CN=a\"#, #"CN=a\g"#, #"CN=\C4"#, "CN=#", "CN=#0", "CN=#zz", "CN=a\u{0}b",
  ])
  func whatIsNoNameIsRefused(_ text: String) {
    #expect(SubjectName(text) == nil)
  }

  @Test func theSameToTheEyeIsNotTheSame() {
    #expect(SubjectName("CN=\u{E9}") != SubjectName("CN=e\u{301}"))
    #expect(SubjectName("CN=a") != SubjectName("CN=A"))
  }
}
