use explorarium::envs::*;
use explorarium::shaders::shared::{chance::Chance, keyed::Keyed};
use std::time::Instant;
fn main() {
    let id = std::env::args().nth(1).unwrap_or("crafter".into());
    let w = load(&id, &Options { keyed: std::env::var("KEYED").is_ok(), pixels: false, ..Default::default() }).unwrap();
    let spec = w.spec();
    let n = std::env::var("N").map_or(64, |s| s.parse().unwrap());
    let mut core = vec![0u32; 8 * n];
    for i in 0..n {
        core[i * 8 + 5] = i as u32;
        core[i * 8 + 3] = 1;
    }
    let mut st: Vec<Vec<u32>> = spec.buffers.iter().map(|b| vec![0; b.words * n]).collect();
    let mut obs = vec![0; spec.obs_words() * n];
    let mut px = vec![0; spec.pixel_words() * n];
    println!("bytes per instance {}", spec.state_words() * 4);
    let mut b = Block {
        first: 0,
        n,
        core: &mut core,
        state: st.iter_mut().map(|v| &mut v[..]).collect(),
        obs: &mut obs,
        pixels: &mut px,
    };
    for _ in 0..2 {
        let t = Instant::now();
        for i in 0..n {
            w.begin_stream(i, &mut b);
        }
        println!("seed {:?}", t.elapsed() / n as u32);
        let t = Instant::now();
        for i in 0..n {
            w.generate(i, &mut b);
        }
        println!("generate {:?}", t.elapsed() / n as u32);
        for i in 0..n {
            b.core[i * 8 + 4] = 0;
        }
        let mut done = 0;
        let (mut ts, mut to, mut tg) = (0u128, 0u128, 0u128);
        let steps = std::env::var("STEPS").map_or(2000, |s| s.parse().unwrap());
        for s in 0..steps {
            for i in 0..n {
                b.core[i * 8] = Keyed::new([i as u32, 77], 0, s, 1022).randint(spec.num_actions());
            }
            let t = Instant::now();
            w.step(&mut b);
            ts += t.elapsed().as_nanos();
            let t = Instant::now();
            w.observe(&mut b);
            to += t.elapsed().as_nanos();
            for i in 0..n {
                if b.core[i * 8 + 2] & 3 != 0 {
                    let t = Instant::now();
                    b.core[i * 8 + 3] += 1;
                    b.core[i * 8 + 4] = 0;
                    b.core[i * 8 + 2] = 0;
                    w.begin_stream(i, &mut b);
                    w.generate(i, &mut b);
                    done += 1;
                    tg += t.elapsed().as_nanos();
                }
            }
        }
        let k = (steps as u128) * n as u128;
        println!(
            "step {} ns, observe {} ns, reset/step {} ns, episodes {done}, total {} ns",
            ts / k,
            to / k,
            tg / k,
            (ts + to + tg) / k
        );
    }
}
