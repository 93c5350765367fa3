/// Finds the name that was probably meant.
enum NearestName {
  /// The known name that differs least, if at most two letters have to be added, removed or replaced.
  static func find(_ name: String, among known: [String]) -> String? {
    guard name.count <= 100 else { return nil }
    let ranked = known.map { (name: $0, distance: distance(Array(name), Array($0))) }
    return ranked.filter { $0.distance <= 2 }.min { $0.distance < $1.distance }?.name
  }

  /// The Levenshtein distance, row by row.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let replaced = diagonal + (character == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[right.count]
  }
}
