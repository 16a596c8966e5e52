"""What a user of a language has in the environment, with our caches of tools in place of registries.

The installation of the example has filled the caches: nothing is fetched.
"""

import os
import pathlib
import sys

import lang_go
import lang_java
import lang_php
import lang_python
import lang_typescript
from common import TOOLS, published_contract
from language_case import users_environment


def environment(language, folder):
    """That of a user of the language, whose own settings are in the folder."""
    settings = {"PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    if of_language := globals().get(f"_{language}"):
        settings |= of_language(folder)
    return users_environment() | {name: str(value) for name, value in settings.items()}


def _go(_folder):
    caches = {"GOPATH": TOOLS / "go", "GOCACHE": TOOLS / "go/build", "GOFLAGS": "-modcacherw", "GOPROXY": "off"}
    path = f"{pathlib.Path(lang_go.program()).parent}:{os.environ['PATH']}"
    return caches | {"CGO_ENABLED": 0, "GOTOOLCHAIN": "local", "PATH": path}


def _java(_folder):
    lang_java.forget_package(published_contract())
    return {"MAVEN_OPTS": f"{lang_java.BRIEF_JVM} -Dmaven.repo.local={TOOLS / 'maven'}"}


_kotlin = _java


def _php(folder):
    (folder / "grpc.ini").write_text(f"extension={lang_php.extension()}\n")
    home = lang_php.composer_home(folder)
    return {"COMPOSER_ALLOW_SUPERUSER": 1, "COMPOSER_HOME": home, "PHP_INI_SCAN_DIR": f":{folder}"}


def _python(_folder):
    pip = lang_python.pip_of(lang_python.build_tools())
    wheels = lang_python.runtime_wheels(lang_python.EXAMPLE / "requirements.txt", pip)
    return {"PIP_FIND_LINKS": wheels, "PIP_NO_CACHE_DIR": 1, "PIP_NO_INDEX": 1}


def _ruby(folder):
    return {"HOME": folder}


def _rust(_folder):
    target = TOOLS / "cargo_target"
    return {"CARGO_HOME": TOOLS / "cargo", "CARGO_NET_OFFLINE": "true", "CARGO_TARGET_DIR": target}


def _typescript(_folder):
    return {"npm_config_cache": lang_typescript.filled_cache(), "npm_config_offline": "true"}
