extension Client {
  /// Where the secret with this name is among the secrets; nil when none has it.
  package func secretIndex(named name: String) -> Int? {
    let exact = secrets.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    if let exact { return exact }
    let key = Name.key(of: name)
    return secrets.firstIndex { Name.key(of: $0.name) == key }
  }

  /// The name of a secret that `earlier` did not have and that another secret has; nil when there is none.
  ///
  /// Every store refuses it.
  package func repeatedSecretName(since earlier: Client? = nil) -> String? {
    let known = Set((earlier?.secrets ?? []).map { Array($0.name.utf8) })
    for (index, secret) in secrets.enumerated() where !known.contains(Array(secret.name.utf8)) {
      let key = Name.key(of: secret.name)
      for (other, secret) in secrets.enumerated() where other != index && Name.key(of: secret.name) == key {
        return secret.name
      }
    }
    return nil
  }
}
