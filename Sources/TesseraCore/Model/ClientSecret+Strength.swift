extension ClientSecret {
  /// Below so many bits a secret is weak: a new one of ours has 160.
  private static let fewestBits = 64.0

  /// Whether the secret could be guessed by somebody with enough time.
  package var isWeak: Bool { estimatedBits < ClientSecret.fewestBits }

  /// Whether a program must have made it: strong enough without whatever could be a word, three letters and more.
  ///
  /// Then a slow hash buys nothing, as for one that was made here.
  package var looksGenerated: Bool {
    exposed.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && bits(ofLetters: { $0.count >= 3 ? 0 : nil }) >= ClientSecret.fewestBits
  }

  /// Roughly how many bits there are to guess, taking it for what people choose: words, years, repetitions.
  package var estimatedBits: Double {
    // About how many words people choose from. A long one may be chance.
    bits(ofLetters: { ClientSecret.isWord($0) ? 12 + 4.7 * Double(max(0, $0.count - 7)) : nil })
  }

  /// The bits of its runs; `ofLetters` says those of letters that are not worth as much as they are many, nil for others.
  private func bits(ofLetters: (ArraySlice<UInt8>) -> Double?) -> Double {
    var bits = 0.0
    var rest = Array(exposed.utf8)[...]
    var last: UInt8?
    while !rest.isEmpty {
      let run = rest.prefix(ClientSecret.runLength(rest))
      if ClientSecret.isLetter(run.first), let known = ofLetters(run) {
        bits += known
      } else if ClientSecret.isYear(run) {
        bits += 7
      } else {
        for byte in run {
          // A character that repeats or continues the one before is no choice.
          let isExpected = last.map { abs(Int($0) - Int(byte)) <= 1 } ?? false
          bits += isExpected ? 1 : ClientSecret.bits(of: byte)
          last = byte
        }
      }
      last = run.last
      rest = rest[run.endIndex...]
    }
    return bits
  }

  private enum Kind {
    case upper, lower, digit, other
  }

  private static func isLetter(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return kind(byte) == .upper || kind(byte) == .lower
  }

  private static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
    case UInt8(ascii: "a")...UInt8(ascii: "z"): .lower
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    default: .other
    }
  }

  private static func bits(of byte: UInt8) -> Double {
    switch kind(byte) {
    case .upper, .lower: 4.7
    case .digit: 3.3
    case .other: 3
    }
  }

  /// Characters of one kind; a capital may begin a run of small letters.
  private static func runLength(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let first = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    let continued = kind(first) == .upper && rest.first.map(kind) == .lower ? Kind.lower : kind(first)
    return 1 + rest.prefix { kind($0) == continued }.count
  }

  /// Letters that can be spoken: with enough vowels, and at most three consonants in a row.
  private static func isWord(_ run: ArraySlice<UInt8>) -> Bool {
    guard run.count >= 4, let last = run.last, kind(last) == .lower || kind(last) == .upper else {
      return false
    }
    let isVowel = run.map { "aeiou".utf8.contains($0 | 0x20) }
    let vowels = isVowel.count { $0 }
    return vowels < run.count && Double(vowels) / Double(run.count) >= 0.28
      && isVowel.split(separator: true).allSatisfy { $0.count <= 3 }
  }

  private static func isYear(_ run: ArraySlice<UInt8>) -> Bool {
    run.count == 4 && (run.starts(with: "19".utf8) || run.starts(with: "20".utf8))
  }
}
