"""What the tests of languages share: an example program that is installed from its package as a user would."""

import contextlib
import dataclasses
import functools
import importlib
import os
import pathlib

import common


def users_environment():
    """That of a user, who has no stubs but those of the package."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclasses.dataclass(frozen=True)
class Installed:
    """A package, the folder where its example is installed, and the command that runs that."""

    package: pathlib.Path
    folder: pathlib.Path
    command: list


@functools.cache
def _install(language):
    module = importlib.import_module(f"lang_{language}")
    contract = common.published_contract()
    package_folder = common.BUILT / language
    example_folder = common.ROOT / ".build/examples" / language
    for folder in (package_folder, example_folder):
        folder.mkdir(parents=True, exist_ok=True)
    package = module.package(contract, package_folder)
    return Installed(package, example_folder, module.example(contract, package, example_folder))


@contextlib.contextmanager
def toolchain(case, language):
    """Skips a test where this machine lacks the toolchain that the body asks for. With CI=true a lack is a failure."""
    try:
        yield
    except common.Missing as missing:
        if os.environ.get("CI") == "true":
            case.fail(f"{language}: {missing}")
        case.skipTest(f"{language}: {missing}")


def installed(case, language):
    """The package of a language with its example, made once in a process."""
    with toolchain(case, language):
        return _install(language)


def installed_example(case, language):
    """The command that runs a language's example."""
    return installed(case, language).command
