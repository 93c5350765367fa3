import TesseraJOSE

/// What clients trust stands in the file: nothing in it is secret.
extension DeclaredField<Client> {
  /// Trusts by their names, each as JSON.
  ///
  /// Nothing said leaves them, as it leaves keys; `trusts: {}` removes them.
  static var trusts: DeclaredField {
    .map(
      "trusts",
      staysWhenAbsent: true,
      { client in
        Dictionary(client.keyMetadata.trusts.map { ($0.name, $0.declaredText) }) { first, _ in first }
      }
    ) { client, texts, rules throws(AdministrationError) in
      var kept: [ClientTrust] = []
      var new: [NewClientTrust] = []
      for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
        let earlier = client.keyMetadata.trusts.first { $0.name == name }
        if let earlier, earlier.declaredText == text {
          kept.append(earlier)
          continue
        }
        let trust = try NewClientTrust(TrustDraft(declared: text, named: name))
        // As it was made, so that nothing is found to change where nothing does.
        if let earlier, trust.isSame(as: earlier) {
          kept.append(earlier)
        } else {
          new.append(trust)
        }
      }
      client.keyMetadata.trusts.removeAll { !kept.contains($0) }
      for trust in new { try client.add(trust.trust(at: rules.now), named: trust.name) }
    }
  }
}

extension ClientTrust {
  /// As it stands in a file.
  fileprivate var declaredText: String {
    JSONValue.object(
      [
        .init("preset", .string(preset.rawValue)), .init("issuer", .string(issuer)),
        .init("audiences", JSONValue(audiences)),
        .init("claims", .object(conditions.map { .init($0.claim, .string($0.pattern)) })),
      ] + keys.members + [
        .init("max_lifetime", .integer(longestLifetime)), .init("reusable", .boolean(isReusable)),
      ]
    ).text()
  }
}

extension TrustDraft {
  /// What stands in a file: the members of `ClientTrustRepresentation` but for name and time.
  fileprivate init(declared text: String, named name: String) throws(AdministrationError) {
    func refused(_ problem: String) -> AdministrationError {
      .invalid(
        .trusts,
        "trust '\(name)' \(problem); one is as {\"preset\":\"github-actions\",\"audiences\":[\"https://tessera.example\"],"
          + "\"claims\":{\"repository\":\"acme/app\"}}"
      )
    }
    guard let json = JSON(text.utf8), let members = json.members else { throw refused("is no JSON object") }
    let known: Set<String> = [
      "preset", "issuer", "audiences", "claims", "jwks", "jwks_uri", "max_lifetime", "reusable",
    ]
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw refused("has no member '\(unknown.prefix(64))'")
    }
    do throws(UnreadableJSON) {
      let shown = try ShownJSON(json)
      self.init(try shown.value("preset", TrustPreset.init(rawValue:)))
      issuer = try shown.optionalText("issuer")
      audiences = try shown.values("audiences") { $0 }
      if try shown.json("claims") != nil { claims = try shown.map("claims") }
      keySet = try shown.json("jwks")
      keySetURL = try shown.optionalText("jwks_uri")
      longestLifetime = try shown.optionalInteger("max_lifetime")
      if try shown.json("reusable") != nil { isReusable = try shown.boolean("reusable") }
    } catch {
      throw refused("has no \(error.member) that it can have")
    }
    self.name = name
  }
}
