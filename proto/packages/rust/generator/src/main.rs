//! Writes the client stubs of the contract: `firstmile-generator OUT ROOT PROTO...`

use std::{env, io};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [out, root, protos @ ..] = arguments.as_slice() else {
        return Err(io::Error::other(
            "usage: firstmile-generator OUT ROOT PROTO...",
        ));
    };
    tonic_prost_build::configure()
        .build_server(false)
        .out_dir(out)
        .compile_protos(protos, &[root.clone()])
}
