import TesseraCore
import TesseraJOSE

/// Where a list goes on, told to the caller and believed only as it was told.
struct PageCursors: Sendable {
  let sealer: CursorSealer
  /// The list that they are of, with what it is narrowed to.
  let list: String

  /// The cursor for what follows this place.
  func cursor(after place: String) -> String { sealer.seal(place, for: list) }

  /// The place of a cursor that was given out for this list.
  func place(of cursor: String?) throws(AdminProblem) -> String? {
    guard let cursor else { return nil }
    guard let place = sealer.open(cursor, for: list) else {
      throw .badRequest("the cursor is not one that was given out for this list", field: "cursor")
    }
    return place
  }
}
