"""TypeScript: protoc-gen-es and Connect; an npm tarball."""

import json
import re
import shutil

from common import BUILT, EXAMPLES, PACKAGES, Missing, filled_once, fresh, run, tool

SOURCES = PACKAGES / "typescript"
EXAMPLE = EXAMPLES / "typescript"
OLDEST_NODE = 20
REMEDY = "install Node.js 20 or newer, with npm"
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
INSTALLED = shutil.ignore_patterns("node_modules", "dist")


def stubs(contract, folder):
    _generate(contract, folder, build_tools())


def package(contract, folder):
    tools = build_tools()
    project = fresh(BUILT.parent / "typescript-package")
    shutil.copytree(SOURCES, project, dirs_exist_ok=True)
    (project / "node_modules").symlink_to(tools)
    generated = fresh(project / "src/gen")
    _generate(contract, generated, tools)
    _write_index(contract, project / "src/index.ts")
    _edit(project / "package.json", lambda manifest: manifest.update(version=contract.version))
    run(tools / ".bin/tsc", cwd=project)
    for old in folder.glob("*.tgz"):
        old.unlink()
    run(_npm(), "pack", "--pack-destination", folder, cwd=project)
    return next(folder.glob("*.tgz"))


def example(contract, package, folder):
    cache = filled_cache()
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True, ignore=INSTALLED)
    _edit(
        folder / "package.json",
        lambda manifest: manifest["dependencies"].update({"firstmile-client": f"file:{package}"}),
    )
    # npm keeps what has the same version, and the package may have been made anew.
    shutil.rmtree(folder / "node_modules/firstmile-client", ignore_errors=True)
    (folder / "package-lock.json").unlink(missing_ok=True)
    (folder / "node_modules/.package-lock.json").unlink(missing_ok=True)
    run(_npm(), "install", "--offline", "--cache", cache, *QUIETLY, cwd=folder)
    run(folder / "node_modules/.bin/tsc", cwd=folder)
    return [_node(), folder / "dist/pickup_story.js"]


def _generate(contract, folder, tools):
    protoc = tool("protoc", "./dev setup installs it")
    plugin = tools / ".bin/protoc-gen-es"
    google = tools / "google-proto-files"
    imports = ["-I", contract.root, "-I", google]
    options = [f"--plugin=protoc-gen-es={plugin}", f"--es_out={folder}", "--es_opt=target=ts,import_extension=js"]
    run(protoc, *imports, *options, *contract.protos, "google/rpc/error_details.proto")


def _write_index(contract, file):
    modules = [f"./gen/{proto.removesuffix('.proto')}_pb.js" for proto in contract.protos]
    file.write_text("".join(f'export * from "{module}";\n' for module in ["./errors.js", *modules]))


def build_tools():
    """The node_modules of the package's own lock file."""
    _node()
    lock = SOURCES / "package-lock.json"
    with filled_once("typescript", lock.read_text()) as (folder, empty):
        if empty:
            for manifest in (SOURCES / "package.json", lock):
                shutil.copy(manifest, folder)
            run(_npm(), "ci", "--cache", folder / "cache", *QUIETLY, cwd=folder)
    return folder / "node_modules"


def filled_cache():
    """npm's cache with what the example needs besides our package."""
    manifest = EXAMPLE / "package.json"
    with filled_once("typescript-runtime", manifest.read_text()) as (folder, empty):
        if empty:
            shutil.copy(manifest, folder)
            _edit(folder / manifest.name, lambda manifest: manifest["dependencies"].pop("firstmile-client"))
            run(_npm(), "install", "--cache", folder / "cache", *QUIETLY, cwd=folder)
            shutil.rmtree(folder / "node_modules")
    return folder / "cache"


def _edit(manifest, change):
    content = json.loads(manifest.read_text())
    change(content)
    manifest.write_text(json.dumps(content, indent=2) + "\n")


def _npm():
    _node()
    return tool("npm", REMEDY)


def _node():
    node = tool("node", REMEDY)
    version = run(node, "--version").strip()
    if int(re.match(r"v(\d+)", version)[1]) < OLDEST_NODE:
        raise Missing(f"Node.js {version} is too old: {REMEDY}")
    return node
