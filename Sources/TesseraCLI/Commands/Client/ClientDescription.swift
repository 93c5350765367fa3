import ArgumentParser
import TesseraCore

/// Who answers for a client, and what operators sort it by.
struct ClientDescription: ParsableArguments {
  @Option(help: "Who answers for it, such as a team.")
  var owner: String?

  @Option(help: "Where its owner is reached, such as a mail address.")
  var contact: String?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp("A label of its own, instead of all it had; may be repeated.", valueName: "name=value")
  )
  var labels: [NamedValue] = []
}

/// The same of a client that has it already.
struct ClientDescriptionRemoval: ParsableArguments {
  @Flag(help: "Remove its owner.")
  var noOwner = false

  @Flag(help: "Remove its contact.")
  var noContact = false

  @Flag(help: "Remove its labels.")
  var noLabels = false
}

extension ClientDescription {
  func fill(_ registration: inout ClientRegistration) throws {
    registration.owner = try owner.map { try DisplayName($0, of: .owner) }
    registration.contact = try contact.map { try DisplayName($0, of: .contact) }
    registration.labels = try labels.labels()
  }

  func fill(_ update: inout ClientUpdate, _ removal: ClientDescriptionRemoval) throws {
    guard !removal.noOwner || owner == nil, !removal.noContact || contact == nil,
      !removal.noLabels || labels.isEmpty
    else {
      throw ValidationError(
        "--no-owner cannot be used with --owner, nor --no-contact with --contact, nor --no-labels with --label"
      )
    }
    if let owner { update.owner = try DisplayName(owner, of: .owner) }
    if removal.noOwner { update.owner = .some(nil) }
    if let contact { update.contact = try DisplayName(contact, of: .contact) }
    if removal.noContact { update.contact = .some(nil) }
    if removal.noLabels || !labels.isEmpty { update.labels = try labels.labels() }
  }
}
