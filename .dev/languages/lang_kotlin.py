"""Kotlin: stubs of grpc-kotlin with coroutines, and builders; a Maven artifact on top of the Java one."""

import lang_java
from common import filled_once, run

GENERATOR = "1.5.0"


def stubs(contract, folder):
    """The messages themselves are Java's: ./dev stubs java."""
    protoc = lang_java.generators() / "protoc"
    grpc = f"--plugin=protoc-gen-grpc-kotlin={generator()}"
    run(protoc, "-I", contract.root, f"--kotlin_out={folder}", grpc, f"--grpc-kotlin_out={folder}", *contract.protos)


def package(contract, folder):
    repository = lang_java.package(contract, folder)
    source = lang_java.source_of_package("kotlin", contract, folder)
    stubs(contract, source / "src/main/kotlin")
    lang_java.forget_package(contract)
    lang_java.deploy(source, repository)
    return repository


def example(contract, package, folder):
    return ["java", "-jar", lang_java.built_example("kotlin", contract, package, folder)]


def generator():
    """protoc-gen-grpc-kotlin is a jar: a script that protoc can start."""
    with filled_once("kotlin", GENERATOR) as (folder, to_fill):
        script = folder / "protoc-gen-grpc-kotlin"
        if to_fill:
            jar = lang_java.fetched(f"io.grpc:protoc-gen-grpc-kotlin:{GENERATOR}:jar:jdk8", folder / "jar")
            script.write_text(f'#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -jar "$(dirname "$0")/jar/{jar.name}"\n')
            script.chmod(0o755)
    return script
