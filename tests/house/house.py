"""house.py CHECK TREE: what holds for the source tree as a whole. Prints each offence as FILE:LINE: what is wrong.

    layers     an include names its layer, and only layers below may be included; libraries stay in their layers
    examples   the programs of samples/multiprocessing use installed headers only
    headers    every header compiles alone, and twice; mp's public ones by a strict C and a C++ compiler, without GNU extensions
    format     every C file is as clang-format leaves it
    top-level  nothing lies at the top but what belongs there

Exit status: 0 sound, 1 offences, 77 the tool for the check is not here (in CI that is an offence).
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

# Which layers a layer's files may include, besides its own.
LAYERS = {
    "base": [],
    "sys": ["base"],
    "mp": ["base", "sys"],
    "job": ["base", "sys"],
    "image": ["base", "sys", "job"],
    "report": ["base", "sys", "job"],
    "cli": ["base", "job"],
    "command": ["base", "sys", "mp", "job", "image", "report", "cli"],
}
MAIN = ["base", "cli", "command"]

# A header that matches is a library's, for these layers only. What matches none must be the C library's or the kernel's.
PICTURES = ["image"]
LIBRARIES = {
    r"glib(-object|-unix)?\.h|gio/.*|glib/.*": ["job", "report", "cli", "command", "image"],
    r"jansson\.h": ["report", "command"],
    r"sanitizer/.*|seccomp\.h": ["sys"],
    r"sqlite3\.h": ["job", "command"],
    r"vips/.*|jpeglib\.h|jerror\.h|turbojpeg\.h|png\.h|libraw/.*|libdeflate\.h|zimg\.h|lcms2.*\.h": PICTURES,
    r"libexif/.*|libxml/.*|pango/.*|cairo(-pdf)?\.h|fontconfig/.*": PICTURES,
}
SYSTEM = re.compile(
    r"(sys|linux|asm|netinet|arpa|net)/\w+(/\w+)*\.h|(assert|complex|ctype|dirent|dlfcn|endian|errno|fcntl|fenv|float|fnmatch"
    r"|ftw|getopt|glob|grp|iconv|inttypes|iso646|langinfo|libgen|limits|locale|malloc|math|mqueue|netdb|paths|poll|pthread|pty"
    r"|pwd|regex|sched|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn"
    r"|string|strings|syslog|termios|threads|time|uchar|ucontext|unistd|utime|wchar|wctype)\.h")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')

TOP = {
    "src", "include", "tests", "testdata", "samples", "meson.build", "meson_options.txt", "meson.options", "README.md",
    "LICENSE", "CHANGELOG.md",
}

CLANG_FORMAT_MAJOR = "14"


def c_files(tree, *folders):
    return sorted(f for folder in folders for f in (tree / folder).rglob("*.[ch]"))


def includes(file):
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def own_offence(layer, allowed, header):
    target, slash, _ = header.partition("/")
    if not slash:
        return f'"{header}" does not name its layer'
    if target not in LAYERS:
        return f'"{header}" is of no layer'
    if target != layer and target not in allowed:
        return f'{layer} may not include "{header}"'
    return None


def library_offence(layer, header, public_mp):
    for pattern, layers in LIBRARIES.items():
        if re.fullmatch(pattern, header):
            return None if layer in layers else f"<{header}> is not for {layer}"
    if not SYSTEM.fullmatch(header):
        return f"<{header}> is not known to tests/house/house.py: say which layers it is for"
    if public_mp and header.startswith(("linux/", "asm/")):
        return f"<{header}> is no header of the C library, which is all that mp's may need"
    return None


def check_layers(tree):
    for file in c_files(tree, "src", "include"):
        path = file.relative_to(tree)
        layer = path.parts[1] if len(path.parts) > 2 else path.name
        if layer not in LAYERS and str(path) != "src/main.c":
            yield f"{path}:1: {layer} is no layer"
            continue
        allowed = LAYERS.get(layer, MAIN)
        public_mp = path.parts[:2] == ("include", "mp")
        found = list(includes(file))
        for number, ours, header in found:
            if ours and public_mp and not header.startswith("mp/"):
                offence = f'"{header}": the headers of mp stand on the C library alone'
            elif ours:
                offence = own_offence(layer, allowed, header)
            else:
                offence = library_offence(layer, header, public_mp)
            if offence:
                yield f"{path}:{number}: {offence}"
        own = pathlib.Path(*path.parts[1:]).with_suffix(".h")
        if path.suffix == ".c" and (tree / "include" / own).exists() and (not found or found[0][2] != str(own)):
            yield f'{path}:{found[0][0] if found else 1}: "{own}" is not the first include'


def check_examples(tree):
    """The tutorial of the process layer stands on what is installed."""
    for file in c_files(tree, "samples/multiprocessing"):
        for number, ours, header in includes(file):
            installed = header.startswith("mp/") if (tree / "include" / header).exists() else SYSTEM.fullmatch(header)
            if ours or not installed:
                yield f'{file.relative_to(tree)}:{number}: {header}: an example includes <mp/...> and the C library alone'


def compiles(compiler, language, flags, tree, header):
    source = f'#include "{header}"\n#include "{header}"\n'
    command = [*compiler, "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{tree}/include", f"-I{tree}/src", *flags, "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True)
    if result.returncode == 0:
        return None
    return next((line for line in result.stderr.splitlines() if "error" in line), result.stderr.strip())


def check_headers(tree):
    packages = ["glib-2.0", "jansson", "vips", "libjpeg", "libpng", "lcms2", "libxml-2.0"]
    flags = subprocess.run(["pkg-config", "--cflags", *packages], capture_output=True, text=True, check=True).stdout
    flags = shlex.split(flags.replace("-I/", "-isystem /"))
    c = shlex.split(os.environ.get("CC", "cc"))
    cxx = shlex.split(os.environ.get("CXX", "c++"))
    for file in c_files(tree, "include", "src"):
        if file.suffix == ".c":
            continue
        folder, header = file.relative_to(tree).parts[0], "/".join(file.relative_to(tree).parts[1:])
        ways = [(c, "c", ["-std=gnu11", "-D_GNU_SOURCE", *flags])]
        if folder == "include" and header.startswith("mp/"):
            ways += [(c, "c", ["-std=c11", "-pedantic"]), (cxx, "c++", ["-std=c++11", "-pedantic"])]
        for compiler, language, options in ways:
            error = compiles(compiler, language, options, tree, header)
            if error:
                yield f"{folder}/{header}:1: does not compile alone as {language} {options[0]}: {error}"
                break


def clang_format():
    for name in (f"clang-format-{CLANG_FORMAT_MAJOR}", "clang-format"):
        try:
            version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
        except OSError:
            continue
        if f"version {CLANG_FORMAT_MAJOR}." in version:
            return name
    return None


def check_format(tree):
    tool = clang_format()
    if not tool:
        print(f"clang-format {CLANG_FORMAT_MAJOR} is not installed")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    files = c_files(tree, "src", "include", "tests", "samples")
    result = subprocess.run([tool, "--dry-run", "--style=file", *files], capture_output=True, text=True, cwd=tree)
    if result.returncode:
        yield result.stderr.strip()
    for line in result.stderr.splitlines():
        if "[-Wclang-format-violations]" in line:
            yield line.replace(f"{tree}/", "", 1)


def top_entries(tree):
    """What git keeps; in a tree without git, what lies there."""
    listed = subprocess.run(["git", "-C", tree, "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode == 0:
        return {name.split("/")[0] for name in listed.stdout.split("\0") if name}
    return {entry.name for entry in tree.iterdir() if not entry.name.startswith("build")}


def check_top_level(tree):
    for name in sorted(top_entries(tree)):
        if name not in TOP and not name.startswith("."):
            yield f"{name}:1: does not belong at the top of the tree"


CHECKS = {"layers": check_layers, "examples": check_examples, "headers": check_headers, "format": check_format, "top-level": check_top_level}


def main(check, tree):
    offences = list(CHECKS[check](pathlib.Path(tree).resolve()))
    print("\n".join(offences))
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
