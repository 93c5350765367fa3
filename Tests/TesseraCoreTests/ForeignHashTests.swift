import TesseraJOSE
import Testing

@testable import TesseraCore

/// What other services made of secrets. The hashes were made by Python's hashlib, by bcrypt 5.0.0 and by passlib 1.7.4.
@Suite struct ForeignHashTests {
  private static let secret = "8cdBTxqsPzN4vGyqXuLm2wKtfR"

  private static let hashes = [
    "$pbkdf2-sha256$i=25000,l=32$AAECAwQFBgcICQoLDA0ODw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI",
    "$pbkdf2-sha512$i=1000,l=64$AAECAwQFBgcICQoLDA0ODw$qWJUGrp4SoV9FdsbchgeV0B+kGcVE3V4zKYogESa6Xd+cP86jf2uo9aD6t"
      + "031HYnvK0SL6YlVIhb4CGDdJhpzA",
    "$pbkdf2-sha256$1000$.//.IHNhbHQgaGVyZSE$Qhu/JUwB5gX/.hY5ZixOPRkNNJJaTcqjAnOP/uSsXrI",
    "pbkdf2_sha256$1000$eFRRZq4DgktS$O+JmN3Yfo5Nv+sYOBqfRnngRJPf7Hg3D3Zvq+JsfxOk=",
    "$2a$04$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjuni",
    "$2b$04$m0GVqxC4YTZbEW7/rzhgKuX8cJWiLyfkQyUzTCWZdC/s8DbxRdQ0m",
    "{bcrypt}$2a$10$NmarN7j3cD8wP8JwJXdcGOY5RGI8SKDl.fMo4mzD9RJpqoE7bFX3W",
    "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc",
    "740f30c1645a85b6483ad4b73c0605483cef8b14dd16567a8b333633ab72c508",
    "dA8wwWRahbZIOtS3PAYFSDzvixTdFlZ6izM2M6tyxQg=",
    "{SSHA256}+t6k4ciELxbfUgf2vWYb9PuKU9arWzYWDtTnKT31iHZwZXBwZXIhIQ==",
  ]

  private static func hasher() throws -> SecretHasher {
    SecretHasher(masterKey: try #require(MasterKey(bytes: [UInt8](repeating: 7, count: MasterKey.byteCount))))
  }

  @Test(arguments: ForeignHashTests.hashes)
  func theSecretIsRecognisedAndNoOther(text: String) throws {
    let hasher = try ForeignHashTests.hasher()
    let hash = hasher.hash(of: try ForeignHash(text))
    #expect(hasher.isHash(hash, of: ForeignHashTests.secret))
    for other in ["", "8cdBTxqsPzN4vGyqXuLm2wKtfr", "8cdBTxqsPzN4vGyqXuLm2wKtfR\0", "\0"] {
      #expect(!hasher.isHash(hash, of: other))
    }
  }

  @Test func secretsThatAreNotASCIIAreRecognised() throws {
    let hasher = try ForeignHashTests.hasher()
    for text in [
      "$2b$04$fiAwzMh1QqSLbReNxSrsnO9QeS38L31GS07.8XIu/1T/8SnjlKVxy",
      "e2776517521801518f4906046a30e89e6295752fd370922b5e0e2d0413323b1a",
    ] {
      let hash = hasher.hash(of: try ForeignHash(text))
      #expect(hasher.isHash(hash, of: "pässwörd-žluťoučký"))
      #expect(!hasher.isHash(hash, of: "passwörd-žluťoučký"))
    }
    let old = hasher.hash(of: try ForeignHash("$2y$04$.gTVdZxC9UBL5HL5MW4GEeXz2H2u.Qz/xEcfXZch4pA6rqytsy0x."))
    #expect(hasher.isHash(old, of: "summer2023"))
  }

  @Test(arguments: ForeignHashTests.hashes)
  func aStoreKeepsHowItIsHashedAndNotTheHash(text: String) throws {
    let hash = try ForeignHash(text)
    let kept = hash.hashing.text
    #expect(ForeignHashing(text: kept) == hash.hashing)
    let stored = try ForeignHashTests.hasher().hash(of: hash)
    let other = SecretHasher(masterKey: try #require(MasterKey(bytes: [UInt8](repeating: 8, count: 32))))
    #expect(other.hash(of: hash) != stored, "another master key, another digest")
    #expect(!"\(stored)".contains(hash.bytes.hexadecimal))
  }

  @Test(arguments: [
    "", "$", "secret", "$pbkdf2-sha1$i=1000,l=20$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhM",
    "$pbkdf2-sha256$i=25000,l=16$AAECAwQFBgcICQoLDA0ODw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI",
    "$pbkdf2-sha256$i=25000$AAECAwQFBgcICQoLDA0ODw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI",
    "$2x$04$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjuni",
    "$2a$04$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjun",
    "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQ$AAECAwQ",
    "$2a$04$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFju i", "$1$abc$def", "{SSHA256}AAECAw==",
    "740f30c1645a85b6483ad4b73c0605483cef8b14dd16567a8b333633ab72c50g",
  ])
  func whatIsInNoKnownFormIsRefused(text: String) {
    #expect(throws: ForeignHash.Problem.self) { try ForeignHash(text) }
  }

  /// The most that is computed for a guess, and one step beyond.
  @Test(arguments: [
    ("$pbkdf2-sha256$1000000$AAECAw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", true),
    ("$pbkdf2-sha256$1000001$AAECAw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", false),
    (
      "$pbkdf2-sha512$i=500001,l=64$AAECAwQFBgcICQoLDA0ODw$qWJUGrp4SoV9FdsbchgeV0B+kGcVE3V4zKYogESa6Xd+cP86jf2uo9aD6"
        + "t031HYnvK0SL6YlVIhb4CGDdJhpzA", false
    ),
    ("$pbkdf2-sha256$0$AAECAw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", false),
    ("$pbkdf2-sha256$9223372036854775807$AAECAw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", false),
    ("$pbkdf2-sha256$-1$AAECAw$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", false),
    ("$pbkdf2-sha256$1000$$c63PGiPMxT9tnHOdZkP2Vs5IKfkS5Y2wYpe/9lHq3CI", false),
    ("$pbkdf2-sha256$1000$AAECAw$c63PGiPMxT9tnHOdZkP2Vg", true),
    ("$pbkdf2-sha256$1000$AAECAw$c63PGiPMxT9tnHOdZkP2", false),
    ("$2a$13$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjuni", true),
    ("$2a$14$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjuni", false),
    ("$2a$03$RasMBlmLOIzXQWO4D.b42.9c9r6HPLiT2DW3IN58YM2WtCTXFjuni", false),
    ("$scrypt$ln=16,r=8,p=2$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", true),
    ("$scrypt$ln=16,r=8,p=3$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", false),
    ("$scrypt$ln=17,r=8,p=1$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", false),
    ("$scrypt$ln=16384,r=8,p=1$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", false),
    ("$scrypt$ln=0,r=8,p=1$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", false),
    ("$scrypt$ln=4,r=0,p=1$AAECAw$2W0YbFE7Mkhsn621fwmRActX0A5WHaguQz37Hwyqpmc", false),
  ])
  func whatCostsTooMuchOrIsTooShortIsRefused(text: String, isTaken: Bool) {
    #expect(((try? ForeignHash(text)) != nil) == isTaken)
  }

  @Test(arguments: [
    "", "pbkdf2", "pbkdf2 sha256 1000 32", "pbkdf2 sha1 1000 32 AAEC", "pbkdf2 sha256 1000001 32 AAEC",
    "pbkdf2 sha256 x 32 AAEC", "bcrypt $2b$14$RasMBlmLOIzXQWO4D.b42.", "scrypt 30 8 1 32 AAEC", "sha256",
    "md5 AAEC",
    "sha256 AAE=",
  ])
  func aRowThatNoVersionWritesIsNotRead(text: String) {
    #expect(ForeignHashing(text: text) == nil)
  }

  @Test(arguments: [
    (ForeignHashTests.secret, true), ("6f1d8a3c9b2e47508d1f6a7b3c9e0d52", true),
    ("26156a86-b739-4c6b-9de2-314228c3e6e5", true), ("Zk3vQ8rT1xLw6Yb9Nf2Hc7Ds4Jg5Mp0A", true),
    ("correct horse battery staple and more", false),
    ("correcthorsebatterystapleandmanymorewordsthatfollow", false),
    ("the-cat-sat-for-the-old-dog-and-was-not-fed-yet", false), ("tessera-warehouse-2024", false),
    ("12345678901234567890", false), ("žluťoučký-kůň-úpěl-ďábelské-ódy-žluťoučký", false),
    ("x7Q!k2Zp", false),
  ])
  func onlyWhatAProgramMadeIsKeptWithoutAStretch(text: String, isGenerated: Bool) throws {
    let secret = try #require(ClientSecret(takenOver: text))
    #expect(secret.looksGenerated == isGenerated)
    guard case .keyed = try ForeignHashTests.hasher().hash(ofImported: secret, salt: [1]) else {
      #expect(!isGenerated)
      return
    }
    #expect(isGenerated)
  }
}
