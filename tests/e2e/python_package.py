"""What `./dev package python` makes, as far as pages use it: our stubs with firstmile.errors beside them."""

import pathlib

import firstmile.v1
from harness import ROOT


def with_errors(folder):
    """A folder for Python's path, made inside this one."""
    package = pathlib.Path(folder) / "python/firstmile"
    if not package.exists():
        package.mkdir(parents=True)
        (package / "v1").symlink_to(pathlib.Path(*firstmile.v1.__path__))
        (package / "errors.py").symlink_to(ROOT / "proto/packages/python/firstmile/errors.py")
    return str(package.parent)
