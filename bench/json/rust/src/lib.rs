//! How long one conversion takes, in nanoseconds of CPU.
const ROUND_NS: f64 = 200e6;

fn now_ns() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 * 1e9 + t.tv_nsec as f64
}

pub fn measure(len: usize, mut convert: impl FnMut()) -> f64 {
    let (mut count, batch, start) = (0, 1 + 16384 / len, now_ns());
    loop {
        for _ in 0..batch {
            convert();
        }
        count += batch;
        let spent = now_ns() - start;
        if spent >= ROUND_NS {
            return spent / count as f64;
        }
    }
}
