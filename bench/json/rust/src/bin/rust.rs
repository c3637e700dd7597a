//! transcode-rust FILE...: prost, pbjson and serde_json, generated code; a line "ns-in ns-out" for each body.
use prost::Message;
use std::hint::black_box;
use transcode::measure;

mod v1 {
    include!(concat!(env!("OUT_DIR"), "/bench.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/bench.v1.serde.rs"));
}

fn main() {
    for path in std::env::args().skip(1) {
        let json = std::fs::read(&path).unwrap();
        let message: v1::EchoMessage = serde_json::from_slice(&json).unwrap();
        let wire = message.encode_to_vec();
        let again: v1::EchoMessage = serde_json::from_slice(&serde_json::to_vec(&message).unwrap()).unwrap();
        assert!(message == again && !message.items.is_empty(), "round trip");
        let input = measure(json.len(), || {
            let m: v1::EchoMessage = serde_json::from_slice(&json).unwrap();
            black_box(m.encode_to_vec());
        });
        let output = measure(json.len(), || {
            let m = v1::EchoMessage::decode(&wire[..]).unwrap();
            black_box(serde_json::to_vec(&m).unwrap());
        });
        println!("{input:.1} {output:.1}");
    }
}
