"""The two programs are compiled and linked so that a memory error is hard to exploit: server/hardening.cmake."""

import pathlib
import platform
import re
import shlex
import subprocess
import tempfile
import unittest

from harness import BUILD, FIRSTMILED, compile_commands, cxx_compiler

PROGRAMS = [FIRSTMILED, BUILD / "server/emulator/shopee-emulator"]
X86 = platform.machine() == "x86_64"

# What leaves no trace in a program is read off the command of every object.
COMPILED_WITH = ["-fstack-protector-strong", "-ftrivial-auto-var-init=zero", "-D_FORTIFY_SOURCE=3", "-D_GLIBCXX_ASSERTIONS"]
COMPILED_WITH += ["-fstack-clash-protection", "-fcf-protection"] if X86 else []

# Touches a buffer, a string and the stack in ways that each check sees.
SMALL_PROGRAM = """
#include <cstdio>
#include <cstring>
#include <string>
int main(int count, char** words) {
  char buffer[32];
  const std::string name(words[count - 1]);
  std::strcpy(buffer, name.c_str());
  return std::printf("%s%c", buffer, name[static_cast<unsigned>(count)]);
}
"""
UNHARDENED = (
    "-no-pie -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE -U_GLIBCXX_ASSERTIONS"
    " -fcf-protection=none -Wl,-z,lazy,-z,norelro,-z,execstack"
)


def llvm(tool, *arguments):
    """What a tool of the newest LLVM on this machine prints: only its name with the version is always there."""
    installed = pathlib.Path("/usr/bin").glob(f"llvm-{tool}-[0-9]*")
    newest = max(installed, key=lambda path: int(path.name.rsplit("-", 1)[1]))
    return subprocess.run([newest, *arguments], capture_output=True, text=True, check=True).stdout


def readelf(program, *options):
    return llvm("readelf", *options, program)


def segment(program, name):
    """The line of a segment in the table of program headers, or ''."""
    found = re.search(rf"^ +{name} .*$", readelf(program, "--program-headers", "--wide"), re.MULTILINE)
    return found.group() if found else ""


def dynamic_flags(program):
    lines = readelf(program, "--dynamic").splitlines()
    return " ".join(line.split(")")[1] for line in lines if "(FLAGS" in line).split()


def imports(program):
    """The names that a program takes from its libraries, without their versions."""
    lines = readelf(program, "--dyn-symbols", "--wide").splitlines()
    return [line.split()[-1].split("@")[0] for line in lines if " UND " in line]


def first_instruction_of_main(program):
    shown = llvm("objdump", "--disassemble-symbols=main", "--no-show-raw-insn", program)
    return re.search(r"<main>:\n\s*[0-9a-f]+:\s+(\S+)", shown).group(1)


def writable_and_executable(program):
    segments = readelf(program, "--program-headers", "--wide").splitlines()
    return [line for line in segments if re.match(r"^ +(LOAD|GNU_STACK) .* RWE ", line)]


CHECKS = {
    "it is loaded at a random address": lambda p: "PIE" in dynamic_flags(p) and "DYN" in readelf(p, "--file-header"),
    "its tables of addresses are filled at the start": lambda p: {"BIND_NOW", "NOW"} <= set(dynamic_flags(p)),
    "its tables of addresses are read-only after that": lambda p: segment(p, "GNU_RELRO"),
    "its stack holds no code": lambda p: segment(p, "GNU_STACK") and not writable_and_executable(p),
    "an overwritten return address is noticed": lambda p: "__stack_chk_fail" in imports(p),
    "sizes of buffers are checked": lambda p: any(re.fullmatch(r"__\w+_chk", name) for name in imports(p)),
    "indices are checked": lambda p: any("__glibcxx_assert_fail" in name for name in imports(p)),
}
if X86:
    CHECKS["calls arrive only at functions"] = lambda p: first_instruction_of_main(p) == "endbr64"


def compile_small_program(folder, options):
    source, program = folder / "small.cc", folder / "small"
    source.write_text(SMALL_PROGRAM)
    subprocess.run([cxx_compiler(), "-O2", source, "-o", program, *options.split()], check=True, capture_output=True)
    return program


class HardeningTest(unittest.TestCase):
    def test_both_programs_pass_each_check(self):
        for program in PROGRAMS:
            for what, check in CHECKS.items():
                with self.subTest(program=program.name, check=what):
                    self.assertTrue(check(program))

    def test_each_check_sees_a_program_that_is_not_hardened(self):
        with tempfile.TemporaryDirectory() as folder:
            program = compile_small_program(pathlib.Path(folder), UNHARDENED)
            for what, check in CHECKS.items():
                with self.subTest(check=what):
                    self.assertFalse(check(program))

    def test_every_object_is_compiled_with_every_flag(self):
        commands = compile_commands()
        self.assertGreater(len(commands), 100)
        for command in commands:
            words = shlex.split(command["command"])
            with self.subTest(file=command["file"]):
                self.assertEqual([flag for flag in COMPILED_WITH if flag not in words], [])
                switched_off = [word for word in words if word.startswith(("-fno-stack-", "-fcf-protection=", "-U_GLIBCXX"))]
                self.assertEqual(switched_off, [])


if __name__ == "__main__":
    unittest.main()
