import Engine
import Testing

@Suite struct PathNameTests {
  @Test(arguments: [
    ("./a//b/../c", "a/c"), ("../x", "../x"), ("/../x/.", "/x"), ("a/..", "."), ("", "."),
    ("a/../../b", "../b"), ("/", "/"),
  ])
  func normalizesAsPython(path: String, normal: String) {
    #expect(PathName.normalized(path) == normal)
  }

  @Test(arguments: [
    ("/d/a.nii.gz", "/d", "a.nii.gz", "a", ".nii.gz"), ("x.tar.GZ", "", "x.tar.GZ", "x.tar", ".gz"),
    ("/a", "/", "a", "a", ""), (".hidden", "", ".hidden", ".hidden", ""),
    ("d/.nii.gz", "d", ".nii.gz", ".nii", ".gz"),
  ])
  func takesPathsApart(path: String, folder: String, name: String, stem: String, suffix: String) {
    #expect(PathName.folder(of: path) == folder)
    #expect(PathName.name(of: path) == name)
    #expect(PathName.stem(of: path) == stem)
    #expect(PathName.suffix(of: path) == suffix)
  }

  @Test func joinsUnlessAbsolute() {
    #expect(PathName.join("d", "a/b") == "d/a/b")
    #expect(PathName.join("d/", "a") == "d/a")
    #expect(PathName.join("", "a") == "a")
    #expect(PathName.join("d", "/a") == "/a")
  }
}
