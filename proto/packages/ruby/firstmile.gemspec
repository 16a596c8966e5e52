# frozen_string_literal: true

require_relative "lib/firstmile/version"

Gem::Specification.new do |spec|
  spec.name = "firstmile"
  spec.version = Firstmile::VERSION
  spec.authors = ["The firstmile authors"]
  spec.summary = "Client of firstmiled, the sidecar for Shopee's first-mile logistics"
  spec.files = Dir["lib/**/*.rb", "README.md", base: __dir__]
  spec.required_ruby_version = ">= 3.0"
  spec.metadata["rubygems_mfa_required"] = "true"

  spec.add_dependency "googleapis-common-protos-types", "~> 1.4"
  # The stubs are protoc 3.21's, whose Ruby code the runtime no longer loads from version 4 on.
  spec.add_dependency "google-protobuf", "~> 3.21"
  spec.add_dependency "grpc", "~> 1.51"
end
