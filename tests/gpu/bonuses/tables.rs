//! The shared table on the GPU: adversarial keys, too few slots, counts at their maximum, and growth on the host.

use std::collections::BTreeMap;

use explorarium::bonus::tables::{Fill, contents, empty, fill, rebuild};
use explorarium::envs::Core;
use explorarium::gpu::{Gpu, Kernel, Pass, Words};
use explorarium::shaders::bonus::fixed::c_ln_c_q24;
use explorarium::shaders::bonus::params::Place;
use explorarium::shaders::bonus::table::{COUNT, HEAD, NEXT_STATE, SLOT, SUM, Table, start};

use crate::gpu::{bind, gpu, in_full, resolve};

/// Number of instances of a dispatch, each with one key.
const AT_ONCE: usize = 100_000;

fn scrambled(k: u64) -> u64 {
    let x = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Returns keys with the fewest and the most bits, with equal low or high halves, with the same start of their search, and many others.
fn adversarial(n: usize) -> Vec<u64> {
    let wanted = start(12345) & 0xffff;
    let hard: Vec<u64> = (0..).map(scrambled).filter(|key| start(*key) & 0xffff == wanted).take(100).collect();
    (0..n as u64)
        .map(|k| match k % 8 {
            0 => k / 8 % 3,
            1 => u64::MAX - k / 8 % 3,
            2 => (k / 8 % 1000) << 32,
            3 => (k / 8 % 1000) << 31,
            4 => (k / 8 % 4) << 62,
            5 => hard[(k / 8) as usize % hard.len()],
            6 => scrambled(k / 16),
            _ => scrambled(k),
        })
        .collect()
}

/// Returns `table` after `keys` were inserted and sums updated, many at once.
fn inserted(gpu: &Gpu, table: &[u32], keys: &[u64]) -> Vec<u32> {
    let kernels =
        ["shaders/bonus/insert.wgsl", "shaders/bonus/update_sum.wgsl"].map(|name| Kernel::new(gpu, &resolve(name)).expect(name));
    let words = |words: &[u32]| Words::of(gpu, "words", words).expect("fits");
    let params = words(&Place { keys: 1, ..Place::default() }.of_table(NEXT_STATE));
    let on_gpu = words(table);
    for keys in keys.chunks(AT_ONCE) {
        let n = keys.len();
        let mut rules = vec![0; 16];
        (rules[0], rules[2]) = (n as u32, 1);
        // The keys of next state and previous state of each instance.
        let inputs: Vec<u32> = keys.iter().flat_map(|key| [*key as u32, (*key >> 32) as u32, 1, 1]).collect();
        let buffers = [rules, vec![0; n * Core::WORDS], vec![0; 2 + 6 * n]].map(|w| words(&w));
        let [rules, core, pace] = &buffers;
        let inputs = words(&inputs);
        let mut pass = Pass::new(gpu, "insert");
        for kernel in &kernels {
            let bound = bind(gpu, kernel, &[rules, core, pace, &params, &inputs, &on_gpu]);
            pass.dispatch(kernel, &bound, n);
        }
        pass.submit().expect("runs");
    }
    let mut out = vec![0; on_gpu.len()];
    on_gpu.read(gpu, 0, &mut out).expect("reads");
    out
}

fn counted(keys: &[u64]) -> Vec<(u64, u32)> {
    let mut counts = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(*key).or_insert(0) += 1);
    counts.into_iter().collect()
}

fn sum(words: &[u32]) -> u64 {
    u64::from(words[SUM]) | u64::from(words[SUM + 1]) << 32
}

#[test]
fn counts_on_the_card_are_those_of_a_map() {
    let Some(gpu) = gpu() else { return };
    let keys = adversarial(if in_full() { 10_000_000 } else { 200_000 });
    let expected = counted(&keys);
    let slots = fill(&empty(16)).room_for(expected.len() as u64, true, u64::MAX).expect("fits").expect("grows");
    let words = inserted(gpu, &empty(slots), &keys);
    assert_eq!(contents(&words), expected);
    assert_eq!(fill(&words), Fill { used: expected.len() as u32, slots, lost: 0, total: keys.len() as u64 });
    assert_eq!(sum(&words), expected.iter().map(|(_, count)| c_ln_c_q24(*count)).sum::<u64>());
    // The host's twin finds the keys where the GPU put them, and can insert more.
    let table = Table::from_words(words);
    table.insert(keys[..1000].iter().copied());
    let more: Vec<u64> = keys.iter().chain(&keys[..1000]).copied().collect();
    assert_eq!(contents(&table.words()), counted(&more));
}

#[test]
fn what_finds_no_room_on_the_card_is_counted() {
    let Some(gpu) = gpu() else { return };
    let keys: Vec<u64> = (0..1000).flat_map(|k| [scrambled(k), scrambled(k)]).collect();
    let words = inserted(gpu, &empty(256), &keys);
    let Fill { used, lost, total, .. } = fill(&words);
    let held = contents(&words);
    assert_eq!((used, held.len()), (256, 256));
    assert!(held.iter().all(|(key, count)| *count == 2 && keys.contains(key)), "who has a slot is counted in full");
    assert_eq!((lost, total), (2000 - 512, 512));
    assert!(fill(&words).room_for(0, false, u64::MAX).is_err());
}

#[test]
fn counts_on_the_card_stay_at_the_most_a_word_holds() {
    let Some(gpu) = gpu() else { return };
    let table = Table::new(16);
    table.insert([7]);
    let words = table.words();
    let at = words[HEAD..].chunks_exact(SLOT).position(|slot| slot[COUNT] == 1).expect("a key");
    for (count, more, expected) in [(0xefff_fff0, 100, 0xf000_0054), (u32::MAX - 70, 100, u32::MAX), (u32::MAX, 65, u32::MAX)] {
        let mut words = words.clone();
        words[HEAD + at * SLOT + COUNT] = count;
        assert_eq!(contents(&inserted(gpu, &words, &vec![7; more])), [(7, expected)]);
    }
}

#[test]
fn a_table_grown_on_the_host_goes_on_on_the_gpu() {
    let Some(gpu) = gpu() else { return };
    let keys = adversarial(20_000);
    let (first, second) = keys.split_at(5000);
    let small = inserted(gpu, &empty(1 << 13), first);
    let wanted = fill(&small).room_for(second.len() as u64, true, u64::MAX).expect("fits").expect("grows");
    let words = inserted(gpu, &rebuild(&small, wanted), second);
    assert_eq!(contents(&words), counted(&keys));
    assert_eq!(sum(&words), counted(&keys).iter().map(|(_, count)| c_ln_c_q24(*count)).sum::<u64>());
    assert_eq!(fill(&words).total, 20_000);
}
