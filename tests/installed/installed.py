"""installed.py BUILD MESON...: the process layer as other programs meet it.

Installs BUILD into a folder of its own, looks at what is there, and builds and runs a C and a C++ program against it as
pkg-config says. Prints TAP. CC and CXX name the compilers, PKG_CONFIG and NM the tools.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
NAME = "stampmill-mp"
EXPECTED = "1 4 9 16 25 hello from Process-1\n"
C_LIBRARY = re.compile(r"lib(c|m|pthread|dl|rt)\.so\.\d+|ld-linux.*|ld\d*\.so.*|ld-musl.*|libc\.musl.*")


def tool(variable, default):
    return shlex.split(os.environ.get(variable, default))


def output(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: status {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


class Tree:
    """The installed files."""

    def __init__(self, build, meson, root):
        output(*meson, "install", "-C", build, "--no-rebuild", "--destdir", root)
        self.root = root
        self.pc = self.only(f"{NAME}.pc")
        self.library = self.only(f"lib{NAME}.so")
        self.headers = sorted(self.pc.parents[3].rglob(f"include/{NAME}/**/*.h")) or sorted(root.rglob(f"{NAME}/**/*.h"))
        self.env = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": str(root), "PKG_CONFIG_PATH": str(self.pc.parent),
                    "LD_LIBRARY_PATH": str(self.library.parent)}

    def only(self, name):
        found = list(self.root.rglob(name))
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def flags(self, *what):
        return shlex.split(output(*tool("PKG_CONFIG", "pkg-config"), *what, NAME, env=self.env))

    def exported(self):
        lines = output(*tool("NM", "nm"), "-D", "--defined-only", self.library).splitlines()
        return {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] != "A"}

    def declared(self):
        text = "".join(re.sub(r"/\*.*?\*/|//[^\n]*", "", header.read_text(), flags=re.S) for header in self.headers)
        text = re.sub(r"static inline[^{]*\{.*?\n\}|typedef[^;]*;", "", text, flags=re.S)
        return set(re.findall(r"\b(mp_\w+)\(", text))

    def dynamic(self, tag):
        return re.findall(rf"\({tag}\).*\[(.*)\]", output("readelf", "-d", self.library))

    def run(self, compiler, standard, source, language):
        program = self.root / f"user-{language.replace('+', 'x')}"
        output(*compiler, standard, "-Wall", "-Wextra", "-Werror", "-x", language, "-", "-o", program,
               *self.flags("--cflags", "--libs"), input=source)
        return output(program, env=self.env, timeout=60)


def exports_mp_names_only(tree):
    strange = sorted(name for name in tree.exported() if not name.startswith("mp_"))
    assert tree.exported() and not strange, strange


def exports_exactly_what_the_headers_declare(tree):
    assert tree.exported() == tree.declared(), (
        f"only in the library: {sorted(tree.exported() - tree.declared())}; "
        f"only in the headers: {sorted(tree.declared() - tree.exported())}")


def has_a_soname(tree):
    assert tree.dynamic("SONAME") == [f"lib{NAME}.so.0"], tree.dynamic("SONAME")


def needs_nothing_but_libc(tree):
    strange = [name for name in tree.dynamic("NEEDED") if not C_LIBRARY.fullmatch(name)]
    assert tree.dynamic("NEEDED") and not strange, strange


def installs_all_public_headers_and_they_include_no_others(tree):
    names = {f"{header.parent.name}/{header.name}" for header in tree.headers}
    ours = {f"mp/{header.name}" for header in (HERE.parents[1] / "include/mp").glob("*.h")}
    assert ours and names == ours, names ^ ours
    for header in tree.headers:
        for included in re.findall(r'#\s*include\s+"([^"]+)"', header.read_text()):
            assert included in names, f"{header.name} includes {included}"


def has_no_function_whose_misuse_is_not_tested(tree):
    tested = (HERE.parent / "mp/misuse_test.c").read_text()
    missing = sorted(name for name in tree.exported() if f"{name}(" not in tested)
    assert not missing, f"not in tests/mp/misuse_test.c: {missing}"


def a_c_program_runs_against_it(tree):
    said = tree.run(tool("CC", "cc"), "-std=c11", (HERE / "user.c").read_text(), "c")
    assert said == EXPECTED, said


def a_cxx_program_with_every_header_runs_against_it(tree):
    includes = "".join(f"#include <mp/{header.name}>\n" for header in tree.headers)
    said = tree.run(tool("CXX", "c++"), "-std=c++14", includes + (HERE / "user.cc").read_text(), "c++")
    assert said == EXPECTED, said


TESTS = [
    exports_mp_names_only, exports_exactly_what_the_headers_declare, has_a_soname, needs_nothing_but_libc,
    installs_all_public_headers_and_they_include_no_others, has_no_function_whose_misuse_is_not_tested, a_c_program_runs_against_it,
    a_cxx_program_with_every_header_runs_against_it,
]


def main(build, *meson):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(build, meson, pathlib.Path(folder))
        print(f"1..{len(TESTS)}")
        for number, test in enumerate(TESTS, 1):
            try:
                test(tree)
                print(f"ok {number} - {test.__name__}")
            except AssertionError as error:
                failures += 1
                print(f"not ok {number} - {test.__name__}\n# {error}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
