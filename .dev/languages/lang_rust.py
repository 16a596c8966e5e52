"""Rust: stubs of tonic and prost; a crate that holds them, so that its users need no protoc."""

import os
import shutil

from common import EXAMPLES, PACKAGES, TOOLS, Missing, debian_packages, filled_once, fresh, run, tool

CRATE = "firstmile-client"
GENERATOR = PACKAGES / "rust/generator"
PACKAGE_OF_EXAMPLE = f"../../.build/packages/rust/{CRATE}"


def stubs(contract, folder):
    protoc = tool("protoc", "./dev setup installs it")
    build = ["run", "--quiet", "--manifest-path", GENERATOR / "Cargo.toml"]
    protos = [contract.root / proto for proto in contract.protos]
    cargo("generator", GENERATOR, *build, "--", folder, contract.root, *protos, PROTOC=str(protoc))


def package(contract, folder):
    crate = fresh(folder / CRATE)
    not_of_users = shutil.ignore_patterns(".gitignore", "generator", "target")
    shutil.copytree(PACKAGES / "rust", crate, ignore=not_of_users, dirs_exist_ok=True)
    manifest = crate / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace('version = "0.0.0"', f'version = "{contract.version}"'))
    generated = fresh(crate / "src/generated")
    stubs(contract, generated)
    return crate


def example(contract, package, folder):
    source = fresh(folder / "source")
    shutil.copytree(EXAMPLES / "rust", source, ignore=shutil.ignore_patterns("target"), dirs_exist_ok=True)
    manifest = source / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace(PACKAGE_OF_EXAMPLE, str(package)))
    cargo("example", source, "install", "--debug", "--force", "--path", source, "--root", folder)
    return [folder / "bin/pickup-story"]


def cargo(name, folder, command, *arguments, **environment):
    """Runs cargo in a home of its own: the crates of a lock file are fetched once, and built without the network."""
    program = tool("cargo", "install Rust 1.88 or later from rust-lang.org")
    if shutil.which("cc") is None:  # with which rustc links
        debian_packages("gcc", "libc6-dev")
    places = {"CARGO_HOME": TOOLS / "cargo", "CARGO_TARGET_DIR": TOOLS / "cargo_target"}
    environment = os.environ | {key: str(path) for key, path in places.items()} | environment
    with filled_once(f"rust_{name}", (folder / "Cargo.lock").read_text()) as (_, to_fill):
        if to_fill:
            fetch(program, folder, environment)
    run(program, command, "--locked", "--offline", *arguments, env=environment)


def fetch(program, folder, environment):
    try:
        run(program, "fetch", "--locked", "--manifest-path", folder / "Cargo.toml", env=environment)
    except SystemExit as failed:
        raise Missing("cargo lacks crates: connect to crates.io and try again") from failed
