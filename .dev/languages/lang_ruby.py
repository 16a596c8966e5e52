"""Ruby: stubs of Debian's protoc; a gem, and Bundler for its example. Ruby is Debian's own, because its gems are."""

import os
import shutil

from common import EXAMPLES, PACKAGES, debian_packages, fresh, run, tool

RUNTIME = ("ruby", "bundler", "ruby-grpc", "ruby-google-protobuf", "ruby-googleapis-common-protos-types")


def stubs(contract, folder):
    protoc = tool("protoc", "./dev setup installs it")
    plugin = tool("grpc_ruby_plugin", "./dev setup installs it")
    run(protoc, "-I", contract.root, f"--ruby_out={folder}", *contract.protos)
    run(protoc, "-I", contract.root, f"--grpc_out={folder}", f"--plugin=protoc-gen-grpc={plugin}", *contract.services)


def package(contract, folder):
    debian_packages(*RUNTIME)
    source = fresh(folder / "source")
    shutil.copytree(PACKAGES / "ruby", source, dirs_exist_ok=True)
    stubs(contract, source / "lib")
    (source / "lib/firstmile/version.rb").write_text(
        f'# frozen_string_literal: true\n\nmodule Firstmile\n  VERSION = "{contract.version}"\nend\n'
    )
    gem = folder / f"firstmile-{contract.version}.gem"
    run("/usr/bin/gem", "build", "--output", gem, "firstmile.gemspec", cwd=source)
    return gem


def example(contract, package, folder):
    """The gem goes into the folder, the runtime is Debian's, so that nothing is fetched."""
    debian_packages(*RUNTIME)
    shutil.copytree(EXAMPLES / "ruby", folder, dirs_exist_ok=True)
    settings = {"GEM_HOME": folder / "gems", "BUNDLE_GEMFILE": folder / "Gemfile", "BUNDLE_APP_CONFIG": folder / ".bundle"}
    environment = {**os.environ, **{name: str(path) for name, path in settings.items()}}
    run("/usr/bin/gem", "install", "--local", "--no-document", package, env=environment)
    run("/usr/bin/bundle", "install", "--local", cwd=folder, env=environment)
    ruby = ["/usr/bin/bundle", "exec", "/usr/bin/ruby"]
    return ["env", *(f"{name}={path}" for name, path in settings.items()), *ruby, str(folder / "pickup_story.rb")]
