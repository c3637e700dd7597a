//! transcode-yyjson FILE...: yyjson's plain parse and print, a limit; a line "ns-parse ns-print" for each body.
use std::hint::black_box;
use std::ptr::{null, null_mut};
use transcode::measure;
use yyjson_sys::{yyjson_doc, yyjson_doc_free, yyjson_read_opts, yyjson_write_opts};

unsafe fn parse(json: &mut [u8]) -> *mut yyjson_doc {
    let doc = yyjson_read_opts(json.as_mut_ptr().cast(), json.len(), 0, null(), null_mut());
    assert!(!doc.is_null(), "parse");
    doc
}

fn main() {
    for path in std::env::args().skip(1) {
        let mut json = std::fs::read(&path).unwrap();
        let doc = unsafe { parse(&mut json) };
        let input = measure(json.len(), || unsafe { yyjson_doc_free(black_box(parse(&mut json))) });
        let output = measure(json.len(), || unsafe {
            let mut len = 0;
            let text = yyjson_write_opts(doc, 0, null(), &mut len, null_mut());
            assert!(!text.is_null() && len > 2, "print");
            libc::free(black_box(text).cast());
        });
        println!("{input:.1} {output:.1}");
    }
}
