use explorarium::{agents::Random, envs::*, sim::*};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let id = &a[1];
    let n: usize = a[2].parse().unwrap();
    let steps: u64 = a[3].parse().unwrap();
    let pool: u32 = a[4].parse().unwrap();
    let pixels = a.get(5).is_some();
    let w = load(id, &Options { pixels, ..Default::default() }).unwrap();
    let t = std::time::Instant::now();
    let mut b = Batch::new(
        w,
        Config { num_envs: n, worlds: if pool > 0 { Worlds::Pool(pool) } else { Worlds::Fresh }, ..Default::default() },
    )
    .unwrap();
    println!("first worlds {:?}", t.elapsed());
    for _ in 0..3 {
        let t = std::time::Instant::now();
        b.advance(steps, &Random::default()).unwrap();
        println!("{:.0} steps/s", (n as f64) * steps as f64 / t.elapsed().as_secs_f64());
    }
    let s = b.stats();
    println!("{:x} {:?} mean length {:.1}", b.checksum(), s, s.length as f64 / s.episodes as f64);
}
