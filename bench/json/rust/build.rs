// prost and pbjson code for bench.v1; PROTO_PATH: the folders of the .proto files, separated by colons.
use std::{env, fs, path::PathBuf};

fn main() {
    let folders = env::var("PROTO_PATH").expect("PROTO_PATH");
    let folders: Vec<&str> = folders.split(':').collect();
    let set = PathBuf::from(env::var("OUT_DIR").unwrap()).join("set.pb");
    prost_build::Config::new()
        .file_descriptor_set_path(&set)
        .compile_well_known_types()
        .extern_path(".google.protobuf", "::pbjson_types")
        .btree_map(["."])
        .compile_protos(&["bench/v1/echo.proto"], &folders)
        .unwrap();
    pbjson_build::Builder::new()
        .btree_map([".bench.v1"])
        .register_descriptors(&fs::read(set).unwrap())
        .unwrap()
        .build(&[".bench.v1"])
        .unwrap();
}
