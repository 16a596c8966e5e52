"""Small programs, each on the manifest and the libraries of its language's installed example; those of errors/ first."""

import pathlib
import shutil

import common
import lang_cpp
import lang_go
import lang_java
import lang_rust

PROGRAMS = pathlib.Path(__file__).resolve().parent / "errors"


def command_of(language, example, source=None):
    """Builds the program of errors/, or a source of the same name; returns the command that runs it."""
    return globals()[f"_{language}"](source or PROGRAMS / language, example)


def _cpp(source, example):
    folder = common.fresh(example.folder / "errors")
    shutil.copy(common.EXAMPLES / "cpp/CMakeLists.txt", folder)
    shutil.copy(source / "print_details.cc", folder / "pickup_story.cc")
    lang_cpp.build(folder, folder / "build", f"-DCMAKE_PREFIX_PATH={example.package}")
    return [folder / "build/pickup_story"]


def _go(source, example):
    shutil.copytree(source, example.folder / "errors", dirs_exist_ok=True)
    lang_go.go("build", "-o", "print_details", "./errors", cwd=example.folder)
    return [example.folder / "print_details"]


def _java(source, example, language="java", main_class="dev.firstmile.example.PrintDetails"):
    folder = common.fresh(example.folder / "errors")
    lang_java.renamed_copy(common.EXAMPLES / language, folder, common.published_contract())
    shutil.copytree(source, folder / "src/main" / language / "errors")
    repository = f"-Dfirstmile.repository={example.package.as_uri()}"
    lang_java.maven("--file", folder / "pom.xml", "package", repository)
    return ["java", "-cp", folder / "target/pickup-story.jar", main_class]


def _kotlin(source, example):
    return _java(source, example, "kotlin", "dev.firstmile.example.errors.PrintDetailsKt")


def _php(source, example):
    *php, _ = example.command
    return [*php, source / "print_details.php", example.folder / "vendor/autoload.php"]


def _python(source, example):
    python, _ = example.command
    return [python, source / "print_details.py"]


def _ruby(source, example):
    *ruby, _ = example.command
    return [*ruby, source / "print_details.rb"]


def _rust(source, example):
    crate = example.folder / "source"
    (crate / "src/bin").mkdir(exist_ok=True)
    shutil.copy(source / "print_details.rs", crate / "src/bin")
    lang_rust.cargo("example", crate, "install", "--debug", "--force", "--path", crate, "--root", example.folder)
    return [example.folder / "bin/print_details"]


def _typescript(source, example):
    shutil.copytree(source, example.folder, dirs_exist_ok=True)
    common.run(example.folder / "node_modules/.bin/tsc", "--project", "tsconfig.errors.json", cwd=example.folder)
    return ["node", example.folder / "dist/print_details.js"]
