"""PHP: stubs of Debian's protoc; a Composer package, as a zip that an artifact repository takes.

Packagist is not asked. What the package needs from there is what Debian has: google/protobuf as a package, grpc/grpc
and its extension in the source of its gRPC, and the few messages of google/common-protos from the server's tree.
"""

import json
import os
import pathlib
import shutil

from common import EXAMPLES, PACKAGES, ROOT, debian_packages, debian_source, filled_once, fresh, run, tool

RUNTIME = ("php-cli", "php-dev", "php-zip", "php-google-protobuf", "composer", "libgrpc-dev", "gcc", "make")
PHP = "/usr/bin/php"
DEBIAN_CLASSES = "/usr/share/php"


def stubs(contract, folder):
    protoc = tool("protoc", "./dev setup installs it")
    plugin = tool("grpc_php_plugin", "./dev setup installs it")
    run(protoc, "-I", contract.root, f"--php_out={folder}", *contract.protos)
    run(protoc, "-I", contract.root, f"--grpc_out={folder}", f"--plugin=protoc-gen-grpc={plugin}", *contract.services)


def package(contract, folder):
    source = fresh(folder / "source")
    generated = fresh(folder / "generated")
    shutil.copytree(PACKAGES / "php", source, dirs_exist_ok=True)
    stubs(contract, generated)
    (generated / "Firstmile/V1").rename(source / "src/V1")
    shutil.rmtree(generated)
    manifest = source / "composer.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": contract.version}, indent=4) + "\n")
    return pathlib.Path(shutil.make_archive(folder / f"firstmile-client-{contract.version}", "zip", source))


def example(contract, package, folder):
    debian_packages(*RUNTIME)
    php = [PHP, "-d", f"extension={extension()}"]
    shutil.copytree(EXAMPLES / "php", folder, dirs_exist_ok=True)
    # Composer keeps what has the same version, and the package may have been made anew.
    shutil.rmtree(folder / "vendor", ignore_errors=True)
    (folder / "composer.lock").unlink(missing_ok=True)
    composer = [*php, "/usr/bin/composer", "--no-interaction", "--working-dir", folder]
    environment = {**os.environ, "COMPOSER_HOME": str(composer_home(folder)), "COMPOSER_ALLOW_SUPERUSER": "1"}
    run(*composer, "config", "repositories.firstmile", "artifact", package.parent, env=environment)
    run(*composer, "install", env=environment)
    return [*php, str(folder / "pickup_story.php")]


def extension():
    """Grpc for PHP, on Debian's libgrpc: PECL would compile all of gRPC."""
    source = debian_source("libgrpc-dev")
    versions = run("dpkg-query", "-W", "-f", "${Version} ", "libgrpc-dev"), run("/usr/bin/php-config", "--phpapi")
    with filled_once("php", *versions) as (folder, empty):
        build = folder / "build"
        if empty:
            shutil.copytree(source / "src/php/ext/grpc", build)
            run("/usr/bin/phpize", cwd=build)
            run("./configure", "--enable-grpc", cwd=build)
            run("make", f"-j{os.cpu_count()}", cwd=build)
    return build / "modules/grpc.so"


def composer_home(folder):
    home = fresh(folder / "composer")
    repositories = {name: {"type": "package", "package": made} for name, made in _registry(folder).items()}
    (home / "config.json").write_text(json.dumps({"repositories": {**repositories, "packagist.org": False}}, indent=4))
    return home


def _registry(folder):
    """What Packagist would give."""
    google_rpc = fresh(folder / "google-rpc")
    protos = "google/rpc/status.proto", "google/rpc/error_details.proto"
    run("protoc", "-I", ROOT / "server/proto", f"--php_out={google_rpc}", *protos)
    grpc, protobuf = _version("libgrpc-dev"), _version("php-google-protobuf")
    return {
        "grpc": _package("grpc/grpc", grpc, debian_source("libgrpc-dev") / "src/php/lib", "Grpc"),
        "protobuf": _package("google/protobuf", protobuf, DEBIAN_CLASSES, "Google/Protobuf", "GPBMetadata/Google/Protobuf"),
        "common-protos": _package("google/common-protos", "3.0", google_rpc, "Google/Rpc", "GPBMetadata/Google/Rpc"),
    }


def _version(debian_package):
    return run("dpkg-query", "-W", "-f", "${source:Upstream-Version}", debian_package)


def _package(name, version, folder, *namespaces):
    return {
        "name": name,
        "version": version,
        "dist": {"type": "path", "url": str(folder)},
        "autoload": {"psr-4": {namespace.replace("/", "\\") + "\\": namespace for namespace in namespaces}},
    }
