import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// What is told of the audit log: each record at least once, in order, by one node.
@Suite struct DeliveryTests {
  private let fixture = DeliveryFixture()
  private let sink = TestSink()

  @Test("Whoever is told for the first time is told of what comes from then on, each once and in order")
  func inOrder() async throws {
    let delivery = fixture.delivery()
    try await fixture.act(.clientDeleted)
    #expect(try await delivery.turn(sink).pending == 0)
    for action in [AuditEvent.Action.clientCreated, .scopeCreated, .keyRotated] {
      try await fixture.act(action)
    }
    #expect(try await delivery.status().pending == 3)
    let status = try await delivery.turn(sink)
    #expect(sink.names == ["client.created", "scope.created", "key.rotated"])
    #expect(status.pending == 0 && status.delivered == 3 && status.failed == 0 && status.lastError == nil)
    #expect(try await delivery.turn(sink).delivered == 3)
    #expect(sink.tries == 3)
  }

  @Test("What was not chosen is left out, and holds nothing up")
  func chosen() async throws {
    let delivery = fixture.delivery([.audit(.keyRotated)], limit: 2)
    _ = try await delivery.turn(sink)
    for _ in 0..<1200 { try await fixture.act(.tokenRevoked) }
    try await fixture.act(.keyRotated)
    try await fixture.act(.clientCreated)
    #expect(try await delivery.status().pending == 1)
    #expect(try await delivery.turn(sink).dropped == 0)
    #expect(sink.names == ["key.rotated"])
    // Another node finds what came since, though this one kept nothing of what it left out.
    try await fixture.act(.keyRotated)
    _ = try await fixture.delivery([.audit(.keyRotated)], node: "other").turn(sink)
    #expect(sink.names == ["key.rotated", "key.rotated"])
  }

  @Test("The usual events are all but single revocations")
  func usual() async throws {
    let delivery = fixture.delivery()
    _ = try await delivery.turn(sink)
    for action in AuditEvent.Action.allCases { try await fixture.act(action) }
    _ = try await delivery.turn(sink)
    #expect(sink.names == AuditEvent.Action.allCases.filter { $0 != .tokenRevoked }.map(\.rawValue))
  }

  @Test("What fails is tried again later and later, and nothing overtakes it")
  func backoff() async throws {
    let delivery = fixture.delivery()
    _ = try await delivery.turn(sink)
    try await fixture.act(.clientCreated)
    try await fixture.act(.clientDeleted)
    var waited: [Int64] = []
    for failure in 1...12 {
      sink.fail(DeliveryFailure("down"))
      let status = try await delivery.turn(sink)
      #expect(status.failed == Int64(failure) && status.lastError == "down" && status.pending == 2)
      let next = try #require(status.nextTryAt)
      waited.append(next.milliseconds - fixture.now.milliseconds)
      // Too early for any node.
      fixture.clocks.advance(milliseconds: waited[failure - 1] - 1)
      _ = try await fixture.delivery(node: "other").turn(sink)
      #expect(sink.tries == failure)
      fixture.clocks.advance(milliseconds: 1)
    }
    for (index, time) in waited.enumerated() {
      let longest = min(300_000, Int64(1000) << Int64(index))
      #expect((longest / 2...longest).contains(time), "\(index): \(time)")
    }
    let status = try await delivery.turn(sink)
    #expect(sink.names == ["client.created", "client.deleted"])
    #expect(status.pending == 0 && status.failed == 12 && status.nextTryAt == nil)
    #expect(fixture.log.lines.count { $0.hasPrefix("events could not be delivered") } == 1)
    #expect(fixture.log.lines.count { $0.hasPrefix("events are delivered again") } == 1)
  }

  @Test(
    "A receiver is left alone for as long as it asks, up to an hour",
    arguments: [(600, 600), (86_400, 3600)]
  )
  func retryAfter(asked: Int64, waited: Int64) async throws {
    let delivery = fixture.delivery()
    _ = try await delivery.turn(sink)
    try await fixture.act()
    sink.fail(DeliveryFailure("busy", retryAfter: asked))
    _ = try await delivery.turn(sink)
    fixture.clocks.advance(milliseconds: waited * 1000 - 1)
    _ = try await delivery.turn(sink)
    #expect(sink.told == [])
    fixture.clocks.advance(milliseconds: 1)
    _ = try await delivery.turn(sink)
    #expect(sink.names == ["client.created"])
  }

  @Test("An event that is refused again and again is given up, one that fails otherwise is not")
  func refused() async throws {
    let delivery = fixture.delivery()
    _ = try await delivery.turn(sink)
    try await fixture.act(.clientCreated)
    try await fixture.act(.clientDeleted)
    for (count, isRefusal, dropped) in [(25, false, 0), (19, true, 0), (1, true, 1)] {
      for _ in 0..<count {
        sink.fail(DeliveryFailure("no", isRefusal: isRefusal))
        _ = try await delivery.turn(sink)
        fixture.clocks.advance(seconds: 300)
      }
      #expect(try await delivery.status().dropped == dropped)
    }
    #expect(sink.told == [])
    _ = try await delivery.turn(sink)
    #expect(sink.names == ["client.deleted"])
    #expect(
      fixture.log.lines.contains("events were given up before they could be delivered count=1 sink=webhook")
    )
  }

  @Test("Beyond the bound the oldest are given up, which is counted and logged")
  func bound() async throws {
    let delivery = fixture.delivery(limit: 3)
    _ = try await delivery.turn(sink)
    sink.fail(DeliveryFailure("down"))
    try await fixture.act(about: "0")
    _ = try await delivery.turn(sink)
    for index in 1...9 {
      try await fixture.act(about: "\(index)")
      try await fixture.act(.tokenRevoked)
    }
    fixture.clocks.advance(seconds: 10)
    let status = try await delivery.turn(sink)
    let subjects = sink.told.map { event in
      if case .record(let record) = event.content { record.event.subject } else { "" }
    }
    #expect(subjects == ["7", "8", "9"])
    #expect(status.dropped == 7 && status.delivered == 3 && status.pending == 0)
    #expect(
      fixture.log.lines.contains("events were given up before they could be delivered count=7 sink=webhook")
    )
  }

  @Test("While one node tells, no other does, and after a crash another goes on in some seconds")
  func lease() async throws {
    let (first, second) = (fixture.delivery(node: "first"), fixture.delivery(node: "second"))
    _ = try await first.turn(sink)
    try await fixture.act()
    let other = TestSink()
    sink.whileTelling { _ = try await second.turn(other) }
    _ = try await first.turn(sink)
    #expect(sink.names == ["client.created"] && other.told == [])
    // It dies in the middle: the store cannot be told any more.
    try await fixture.act(.clientDeleted)
    sink.whileTelling { [fixture] in fixture.store.failure = .unavailable("gone") }
    await #expect(throws: StoreError.self) { _ = try await first.turn(sink) }
    fixture.store.failure = nil
    #expect(sink.names == ["client.created", "client.deleted"])
    _ = try await second.turn(other)
    #expect(other.told == [])
    fixture.clocks.advance(seconds: 20)
    _ = try await second.turn(other)
    #expect(other.names == ["client.deleted"])
    #expect(other.told.last?.id == sink.told.last?.id, "it is told again under the same ID")
  }

  @Test("A notice that comes while something is told makes nothing be told twice")
  func noticeMeanwhile() async throws {
    let (first, second) = (fixture.delivery(node: "first"), fixture.delivery(node: "second"))
    _ = try await first.turn(sink)
    try await fixture.act()
    let notice = SecurityNotice(.auditAltered, at: fixture.now, identity: ["a"], details: [:])
    sink.whileTelling { try await second.queue(notice) }
    _ = try await first.turn(sink)
    #expect(sink.names == ["client.created", "audit.altered"])
  }

  @Test("A node that stops lets another go on at once")
  func release() async throws {
    let (first, second) = (fixture.delivery(node: "first"), fixture.delivery(node: "second"))
    _ = try await first.turn(sink)
    try await fixture.act()
    sink.whileTelling { [fixture] in fixture.store.failure = .unavailable("gone") }
    await #expect(throws: StoreError.self) { _ = try await first.turn(sink) }
    fixture.store.failure = nil
    try await first.release()
    _ = try await second.turn(sink)
    #expect(sink.names == ["client.created", "client.created"])
  }

  @Test("A clock that was ahead holds nobody up once it is right")
  func clockAhead() async throws {
    let (first, second) = (fixture.delivery(node: "first"), fixture.delivery(node: "second"))
    _ = try await first.turn(sink)
    try await fixture.act()
    fixture.clocks.setWallClock(bySeconds: 86_400 * 365)
    sink.fail(DeliveryFailure("down"))
    _ = try await first.turn(sink)
    fixture.clocks.setWallClock(bySeconds: -86_400 * 365)
    _ = try await second.turn(sink)
    #expect(sink.names == ["client.created"])
  }

  @Test("A store that does not answer loses nothing")
  func outage() async throws {
    let delivery = fixture.delivery()
    _ = try await delivery.turn(sink)
    try await fixture.act()
    fixture.store.failure = .unavailable("down")
    await #expect(throws: StoreError.self) { _ = try await delivery.turn(sink) }
    fixture.store.failure = nil
    _ = try await delivery.turn(sink)
    #expect(sink.names == ["client.created"])
  }

  @Test("Several are told at once where the sink takes them, and all again when one was not taken")
  func batches() async throws {
    let delivery = fixture.delivery()
    let sink = TestSink(batchSize: 4)
    _ = try await delivery.turn(sink)
    for _ in 0..<10 { try await fixture.act() }
    sink.fail(DeliveryFailure("down"))
    _ = try await delivery.turn(sink)
    #expect(sink.told == [])
    fixture.clocks.advance(seconds: 10)
    _ = try await delivery.turn(sink)
    #expect(sink.told.count == 10 && Set(sink.told.map(\.id)).count == 10 && sink.tries == 4)
  }

  @Test("A notice is told once, however many nodes have found it, and only where it was chosen")
  func notices() async throws {
    func notice(_ identity: String) -> SecurityNotice {
      SecurityNotice(.certificateExpiring, at: fixture.now, identity: [identity], details: ["file": "f"])
    }
    for node in ["first", "second"] {
      let delivery = fixture.delivery(node: node)
      try await delivery.queue(notice("one"))
      _ = try await delivery.turn(sink)
      try await delivery.queue(notice("one"))
      _ = try await delivery.turn(sink)
    }
    #expect(sink.names == ["certificate.expiring"])
    try await fixture.delivery([.audit(.keyRotated)]).queue(notice("two"))
    _ = try await fixture.delivery().turn(sink)
    #expect(sink.names == ["certificate.expiring"])
  }

  @Test("A hundred notices wait, and the oldest goes for the next")
  func noticeBound() async throws {
    let delivery = fixture.delivery()
    for index in 0..<101 {
      try await delivery.queue(
        SecurityNotice(
          .auditAltered,
          at: fixture.now,
          identity: ["\(index)"],
          details: ["detail": "\(index)"]
        )
      )
    }
    #expect(try await delivery.status().pending == 100)
    let status = try await delivery.turn(sink)
    #expect(sink.told.count == 100 && status.dropped == 1 && status.pending == 0)
    guard case .notice(let first) = sink.told.first?.content else {
      Issue.record("no notice")
      return
    }
    #expect(first.details == ["detail": "1"])
  }
}
