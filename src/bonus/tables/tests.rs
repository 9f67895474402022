//! Tests of the shared table: insertions by many threads, its room, and its contents after it is enlarged.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::*;
use crate::shaders::bonus::Counts;
use crate::shaders::bonus::fixed::c_ln_c_q24;
use crate::shaders::bonus::table::{Table, parts, start, whole};

fn scrambled(k: u64) -> u64 {
    let x = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Keys whose probe sequences begin at the same slot of a table of up to 2^16 slots.
fn colliding(n: usize) -> Vec<u64> {
    let wanted = start(12345) & 0xffff;
    (0..).map(scrambled).filter(|key| start(*key) & 0xffff == wanted).take(n).collect()
}

/// The smallest and the largest keys, keys that share a half, colliding keys, and many others. Many keys occur more than once.
fn adversarial(n: usize) -> Vec<u64> {
    let hard = colliding(300);
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

fn counted(keys: &[u64]) -> Vec<(u64, u32)> {
    let mut counts = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(*key).or_insert(0) += 1);
    counts.into_iter().collect()
}

#[test]
fn parts_of_a_key_are_never_zero_and_make_the_key() {
    for key in adversarial(10_000) {
        assert!(parts(key).iter().all(|part| *part != 0));
        assert_eq!(whole(parts(key)), key);
    }
}

#[test]
fn counts_of_many_threads_are_those_of_a_map() {
    let full = std::env::var("EXPLORARIUM_PROOF").is_ok_and(|value| value == "full");
    let n = if full { 10_000_000 } else { 200_000 };
    let keys = adversarial(n);
    let slots = fill(&empty(16)).room_for(n as u64, false, u64::MAX).expect("fits").expect("grows");
    let table = Table::new(slots);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("threads");
    threads.install(|| keys.par_chunks(64).for_each(|keys| table.insert(keys.iter().copied())));
    threads.install(|| keys.par_chunks(64).for_each(|keys| keys.iter().for_each(|key| table.update_sum(*key))));
    let (words, expected) = (table.words(), counted(&keys));
    assert_eq!(contents(&words), expected);
    assert_eq!(fill(&words), Fill { used: expected.len() as u32, slots, lost: 0, total: n as u64 });
    assert_eq!(table.sum_c_ln_c(), expected.iter().map(|(_, count)| c_ln_c_q24(*count)).sum::<u64>());
    assert!(expected.iter().all(|(key, count)| table.count(*key) == *count));
    assert_eq!(table.count(0x0123_4567_89ab_cdef), 0);
    // The comparison notices one key less.
    assert_ne!(contents(&words), counted(&keys[1..]));
}

#[test]
fn what_finds_no_room_is_counted_and_nothing_else_is_lost() {
    let table = Table::new(16);
    let keys: Vec<u64> = (0..40).map(scrambled).collect();
    table.insert(keys.iter().copied());
    let words = table.words();
    assert_eq!(fill(&words), Fill { used: 16, slots: 16, lost: 24, total: 16 });
    assert_eq!(contents(&words), counted(&keys[..16]));
    let error = fill(&words).room_for(0, false, u64::MAX).expect_err("the counts are wrong");
    assert_eq!(error.to_string(), "24 insertions into the table of counts found no room among 16 slots with 16 keys");
    // Keys that have a slot are still counted.
    table.insert([keys[3]]);
    assert_eq!((table.count(keys[3]), table.total()), (2, 17));
}

#[test]
fn counts_stay_at_the_most_a_word_holds() {
    let table = Table::new(16);
    table.insert([7]);
    let mut words = table.words();
    let at = words.iter().rposition(|word| *word == 1).expect("the count");
    for (count, more, expected) in [(0xefff_ffff, 3, 0xf000_0002), (u32::MAX - 2, 5, u32::MAX), (u32::MAX, 1, u32::MAX)] {
        words[at] = count;
        let table = Table::from_words(words.clone());
        table.insert(vec![7; more]);
        assert_eq!(table.count(7), expected);
    }
}

#[test]
fn a_settled_sum_is_the_same_whenever_it_is_settled() {
    let keys = adversarial(5000);
    let (often, once) = (Table::new(1 << 13), Table::new(1 << 13));
    for keys in keys.chunks(77) {
        often.insert(keys.iter().copied());
        keys.iter().rev().for_each(|key| often.update_sum(*key));
    }
    once.insert(keys.iter().copied());
    keys.iter().for_each(|key| once.update_sum(*key));
    assert_eq!(often.sum_c_ln_c(), once.sum_c_ln_c());
    assert!(once.sum_c_ln_c() > 0);
}

#[test]
fn a_larger_table_has_the_same_keys_and_counts() {
    let keys = adversarial(3000);
    let table = Table::new(4096);
    table.insert(keys.iter().copied());
    keys[..2000].iter().for_each(|key| table.update_sum(*key));
    let words = table.words();
    let larger = rebuild(&words, 1 << 14);
    assert_eq!((contents(&larger), larger.len()), (contents(&words), table::words_of(1 << 14)));
    assert_eq!(Fill { slots: 4096, ..fill(&larger) }, fill(&words));
    // Sums that were not up to date are updated in both tables, and both tables count further keys alike.
    let (larger, table) = (Table::from_words(larger), Table::from_words(words));
    for table in [&larger, &table] {
        table.insert(keys[..500].iter().copied());
        keys.iter().for_each(|key| table.update_sum(*key));
    }
    assert_eq!(contents(&larger.words()), contents(&table.words()));
    assert_eq!(larger.sum_c_ln_c(), table.sum_c_ln_c());
}

#[test]
fn an_instances_table_grows_too() {
    let mut words = vec![0; instance_table::words_of(32)];
    for key in 0..20 {
        instance_table::add(&mut words, 32, scrambled(key));
    }
    instance_table::clear(&mut words, 32);
    let keys: Vec<u64> = (10..38).map(scrambled).collect();
    keys.iter().chain(&keys[..5]).for_each(|key| assert!(instance_table::add(&mut words, 32, *key) > 0));
    assert_eq!(instance_table::add(&mut words.clone(), 32, 99), 0, "full");
    let mut larger = rebuild_instance_table(&words, 64);
    assert_eq!(larger[..instance_table::HEAD], words[..instance_table::HEAD]);
    assert!((0..40).map(scrambled).all(|key| instance_table::count(&larger, 64, key) == instance_table::count(&words, 32, key)));
    assert_eq!((instance_table::count(&larger, 64, keys[0]), instance_table::count(&larger, 64, scrambled(3))), (2, 0));
    assert_eq!(instance_table::add(&mut larger, 64, 99), 1);
}

#[test]
fn a_table_grows_before_it_is_three_quarters_full() {
    let of = |used, slots| Fill { used, slots, lost: 0, total: 0 };
    assert_eq!(of(500, 1024).room_for(268, false, u64::MAX), Ok(None));
    assert_eq!(of(500, 1024).room_for(269, false, u64::MAX), Ok(Some(2048)));
    assert_eq!(of(500, 1024).room_for(10_000, false, u64::MAX), Ok(Some(16_384)));
    let error = of(500, 1024).room_for(1_000_000, false, 1 << 20).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "the table of counts has 500 keys; for 1000000 more it would need 41943104 bytes, and 1048576 are allowed: \
         take a coarser key, fewer instances or fewer steps"
    );
    assert!(matches!(of(0, 16).room_for(u64::MAX, false, u64::MAX), Err(TableError::Large { .. })));
    let summed = Fill { total: table::MAX_SUMMED, ..of(1, 16) };
    assert_eq!(summed.room_for(1, false, u64::MAX), Ok(None));
    assert_eq!(summed.room_for(1, true, u64::MAX), Err(TableError::Summed { total: table::MAX_SUMMED + 1 }));
}
