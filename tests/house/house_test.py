"""Shows that each check of house.py can fail: a small sound tree passes, and one with one thing wrong does not."""
import pathlib
import subprocess
import sys
import tempfile

HOUSE = pathlib.Path(__file__).with_name("house.py")

SOUND = {
    "include/base/text.h": "#ifndef T_H\n#define T_H\n#include <stddef.h>\nsize_t text_size(void);\n#endif\n",
    "src/base/text.c": '#include "base/text.h"\n#include <string.h>\n',
    "include/mp/pool.h": "#ifndef P_H\n#define P_H\n#include <stdint.h>\nint mp_pool(uint64_t number);\n#endif\n",
    "src/mp/pool.c": '#include "mp/pool.h"\n#include "base/text.h"\n',
    "src/image/open.c": "#include <glib.h>\n#include <vips/vips.h>\n",
    "samples/multiprocessing/squares.c": "#include <stdio.h>\n\n#include <mp/pool.h>\n",
    "src/main.c": '#include "base/text.h"\n',
    ".clang-format": (HOUSE.parents[2] / ".clang-format").read_text(),
    "README.md": "\n",
    "meson.build": "\n",
}

# What is wrong, the check that must see it, the file and what is written to it, a word of the offence.
BAD = [
    ("an upper layer in a lower one is found", "layers", "src/base/path.c", '#include "mp/pool.h"\n', "may not include"),
    ("mp including job is found", "layers", "src/mp/queue.c", '#include "job/plan.h"\n', "may not include"),
    ("pictures meeting processes is found", "layers", "src/image/make.c", '#include "mp/pool.h"\n', "may not include"),
    ("main reaching past command is found", "layers", "src/main.c", '#include "mp/pool.h"\n', "may not include"),
    ("an include without its layer is found", "layers", "src/base/path.c", '#include "text.h"\n', "its layer"),
    ("a layer that is none is found", "layers", "src/util/list.c", "\n", "no layer"),
    ("libvips outside image is found", "layers", "src/command/run.c", "#include <vips/vips.h>\n", "not for command"),
    ("EXIF outside image is found", "layers", "src/job/facts.c", "#include <libexif/exif-data.h>\n", "not for job"),
    ("GLib in sys is found", "layers", "src/sys/dir.c", "#include <glib.h>\n", "not for sys"),
    ("a library that nobody has placed is found", "layers", "src/job/plan.c", "#include <curl/curl.h>\n", "not known"),
    ("a header of mp that needs another layer is found", "layers", "include/mp/queue.h", '#include "base/text.h"\n',
     "C library"),
    ("a header of mp that needs the kernel's is found", "layers", "include/mp/queue.h", "#include <linux/types.h>\n",
     "C library"),
    ("a file whose own header is not first is found", "layers", "src/base/text.c",
     '#include <string.h>\n#include "base/text.h"\n', "first include"),
    ("an example that reaches behind the installed headers is found", "examples", "samples/multiprocessing/a.c",
     "#include <base/text.h>\n", "alone"),
    ("a header that needs another before it is found", "headers", "include/base/path.h", "size_t path_size(void);\n",
     "does not compile alone"),
    ("a header without a guard is found", "headers", "include/base/path.h", "struct path { int a; };\n",
     "does not compile alone"),
    ("a layer's own header that needs another before it is found", "headers", "src/mp/seat.h", "size_t seat(void);\n",
     "does not compile alone"),
    ("a header of mp that C++ refuses is found", "headers", "include/mp/queue.h", "int mp_queue(int class);\n", "as c++"),
    ("a header of mp that needs GNU extensions is found", "headers", "include/mp/queue.h",
     "#include <sys/types.h>\nloff_t mp_queue(void);\n", "-std=c11"),
    ("a file that clang-format would change is found", "format", "src/base/path.c", "int  a ;\n", "clang-format"),
    ("a stray entry at the top is found", "top-level", "notes.txt", "\n", "does not belong"),
    ("a stray folder at the top is found", "top-level", "scripts/a.sh", "\n", "does not belong"),
]


def run(check, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        result = subprocess.run([sys.executable, HOUSE, check, folder], capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr


def main():
    rows = [(f"a sound tree passes {check}", check, {}, 0, "") for check in ("layers", "examples", "headers", "format", "top-level")]
    rows += [(name, check, {file: text}, 1, word) for name, check, file, text, word in BAD]
    failures = 0
    print(f"1..{len(rows)}")
    for number, (name, check, change, status, word) in enumerate(rows, 1):
        got, said = run(check, {**SOUND, **change})
        if got == 77:
            print(f"ok {number} # SKIP {name}")
        elif got == status and word in said and (status == 1 or not said.strip()):
            print(f"ok {number} - {name}")
        else:
            failures += 1
            print(f"not ok {number} - {name}\n# exit status {got}, said: {said.strip()}")
    return 1 if failures else 0


sys.exit(main())
