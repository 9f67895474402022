//! Bonuses and their tables on the GPU: integer maths, insertion, updates of sums, and every bonus over several steps, against the twins.

mod maths;
mod play;
mod tables;

use explorarium::gpu::Source;
use explorarium::shaders::bonus::bebold::{BeBold, Novelty};
use explorarium::shaders::bonus::count::{Count, Form};
use explorarium::shaders::bonus::entropy::{Entropy, Mode, VisitScope};
use explorarium::shaders::bonus::information_gain::{Gain, InformationGain};
use explorarium::shaders::bonus::{Bonus, Scope};

use super::texts::floats;
use super::{SIZES, files, gpu};
use play::{KERNELS, on_the_card, twins};

/// Returns every variant of every bonus; in some of them the instances' tables are too small.
fn bonuses() -> Vec<Box<dyn Bonus>> {
    let mut all: Vec<Box<dyn Bonus>> = Vec::new();
    for scope in [Scope::Shared, Scope::Instance, Scope::Episode] {
        for form in [Form::Sqrt, Form::Inverse, Form::First, Form::Product] {
            if let Ok(bonus) = Count::new(form, scope, if form == Form::Sqrt { 8 } else { 16 }, 16) {
                all.push(Box::new(bonus));
            }
        }
        for gain in [Gain::Belief, Gain::PosteriorPrior, Gain::PriorPosterior] {
            if let Ok(bonus) = InformationGain::new(gain, scope, 5, 16) {
                all.push(Box::new(bonus));
            }
        }
    }
    all.extend([Novelty::Inverse, Novelty::Sqrt].map(|n| Box::new(BeBold::new(n, 8).expect("a bonus")) as Box<dyn Bonus>));
    for mode in [Mode::Level, Mode::Delta, Mode::Surprisal] {
        for over in [
            VisitScope::Shared,
            VisitScope::Instance { slots: 8 },
            VisitScope::Episode { slots: 16 },
            VisitScope::Window { keys: 4 },
        ] {
            all.push(Box::new(Entropy::new(mode, over).expect("a bonus")));
        }
    }
    all
}

#[test]
fn bonuses_on_the_card_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let (mut faults, mut values) = (0, 0);
    for bonus in bonuses() {
        for n in SIZES {
            let expected = twins(bonus.as_ref(), n);
            let got = on_the_card(gpu, bonus.as_ref(), n, None);
            assert_eq!(got.values, expected.values, "values: {bonus:?}, {n}");
            assert_eq!(got.cores, expected.cores, "cores: {bonus:?}, {n}");
            assert_eq!(got.memory, expected.memory, "memory: {bonus:?}, {n}");
            assert_eq!(got.head, expected.head, "head of the table: {bonus:?}, {n}");
            assert_eq!(got.contents, expected.contents, "contents of the table: {bonus:?}, {n}");
            assert_eq!(got.scores, expected.scores, "scores: {bonus:?}, {n}");
            faults += expected.faults();
            values += expected.paid();
        }
    }
    assert!(faults > 1000 && values > 100_000, "{faults} faults, {values} values: too little happens");
}

/// Returns bonuses, each with a piece of a text that it runs and a wrong replacement.
fn changes() -> Vec<(Box<dyn Bonus>, &'static str, &'static str)> {
    let count = |form, scope| Box::new(Count::new(form, scope, 8, 8).expect("a bonus")) as Box<dyn Bonus>;
    let bebold = |novelty| Box::new(BeBold::new(novelty, 16).expect("a bonus")) as Box<dyn Bonus>;
    let entropy = |mode, over| Box::new(Entropy::new(mode, over).expect("a bonus")) as Box<dyn Bonus>;
    let gain = |gain, scope| Box::new(InformationGain::new(gain, scope, 5, 16).expect("a bonus")) as Box<dyn Bonus>;
    let episode = VisitScope::Episode { slots: 16 };
    vec![
        (count(Form::Sqrt, Scope::Shared), "(twice + 1u) >> 1u", "twice >> 1u"),
        (count(Form::Sqrt, Scope::Shared), "k > mask || there.x == 0u", "k >= 1u || there.x == 0u"),
        (count(Form::Sqrt, Scope::Shared), "(key.x >> 31u | key.y << 1u) | top", "(key.y << 1u) | top"),
        (count(Form::Sqrt, Scope::Shared), "key.y >> 30u | top", "top"),
        (count(Form::Sqrt, Scope::Shared), "!= CLAIM_OTHER && table_claim(at + 1u", "!= CLAIM_OTHER || table_claim(at + 1u"),
        (count(Form::Sqrt, Scope::Shared), "atomicAdd(&table[TABLE_USED], 1u)", "atomicAdd(&table[TABLE_USED], 2u)"),
        (count(Form::Sqrt, Scope::Shared), "if local == 0u", "if local == 1u && id.x > 64u"),
        (count(Form::Inverse, Scope::Shared), "(1u << 20u) + n / 2u", "(1u << 20u)"),
        (count(Form::Inverse, Scope::Shared), "PARAM_KEYS] + params[PARAM_INPUT]) * 4u", "PARAM_KEYS]) * 4u"),
        (count(Form::Inverse, Scope::Shared), "* params[PARAM_COLUMNS] + params[PARAM_COLUMN]]", "* params[PARAM_COLUMNS]]"),
        (count(Form::First, Scope::Episode), "memory[at + INSTANCE_TABLE_EPOCH] += 1u;", ""),
        (count(Form::First, Scope::Episode), "memory[at + k] = 0u;", ""),
        (count(Form::First, Scope::Episode), "memory[found + 1u] == key.y", "true"),
        (count(Form::First, Scope::Episode), "slots - slots / 8u", "slots"),
        (count(Form::First, Scope::Episode), "core[i * CORE_WORDS + CORE_FAULT] = outcome.fault;", ""),
        (count(Form::First, Scope::Episode), "forked_from(f) *", "f *"),
        (count(Form::First, Scope::Instance), "memory[at + INSTANCE_TABLE_FULL] = 1u;", ""),
        (count(Form::Product, Scope::Instance), "what.key) > 1u", "what.key) > 2u"),
        (count(Form::Product, Scope::Instance), "let second = at + instance_table_words_of(count_slots());", "let second = at;"),
        (bebold(Novelty::Inverse), "- i32(bebold_nov(n_before)), 0)", "- i32(bebold_nov(n_before)), -9)"),
        (bebold(Novelty::Sqrt), "table_count(what.before)), 0u)", "table_count(what.key)), 0u)"),
        (entropy(Mode::Level, VisitScope::Shared), "select(0u, 1u, before + more.x < more.x)", "0u"),
        (entropy(Mode::Level, VisitScope::Shared), "atomicExchange(&table[at + TABLE_BEFORE], count)", "0u"),
        (entropy(Mode::Level, VisitScope::Shared), "(x + 8) >> 4u", "x >> 4u"),
        (entropy(Mode::Level, episode), "div_64(now.sum, now.n).x", "div_64(now.sum, now.n).y"),
        (entropy(Mode::Delta, VisitScope::Shared), "memory[at] = u32(entropy_level(after));", ""),
        (entropy(Mode::Surprisal, episode), "max(after.count, 1u)", "after.count + 1u"),
        (entropy(Mode::Delta, VisitScope::Window { keys: 4 }), "c_ln_c_q24(left - 1u)", "c_ln_c_q24(left)"),
        (entropy(Mode::Level, VisitScope::Window { keys: 4 }), "now.count -= 1u;", ""),
        (gain(Gain::Belief, Scope::Shared), "let alpha = one_more(n);", "let alpha = max(n, 1u);"),
        (gain(Gain::Belief, Scope::Shared), "hash = hash_word(hash, key.y);", ""),
        (gain(Gain::Belief, Scope::Instance), "instance_table_add(at, gain_slots(), choice);", ""),
        (gain(Gain::PosteriorPrior, Scope::Instance), "add_64(vec2<u32>(mass, 0u), one)", "vec2<u32>(mass, 0u)"),
        (gain(Gain::PriorPosterior, Scope::Instance), "mul_wide(alpha, step_q30(alpha))", "mul_wide(alpha, step_q30(mass))"),
    ]
}

#[test]
fn a_changed_bonus_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let mut unnoticed = Vec::new();
    for (bonus, old, new) in changes() {
        if on_the_card(gpu, bonus.as_ref(), 200, Some((old, new))) == twins(bonus.as_ref(), 200) {
            unnoticed.push(format!("'{new}' for '{old}': {bonus:?}"));
        }
    }
    assert!(unnoticed.is_empty(), "unnoticed:\n{}", unnoticed.join("\n"));
}

#[test]
fn one_changed_bit_is_noticed() {
    let expected = twins(bonuses()[0].as_ref(), 64);
    assert!(expected.head[0] > 0 && !expected.scores.is_empty() && !expected.cores.is_empty());
    let mut changed = twins(bonuses()[0].as_ref(), 64);
    assert_eq!(changed, expected);
    changed.values[100] ^= 1;
    assert_ne!(changed, expected);
    let mut changed = expected.clone();
    changed.contents[0].1 ^= 1;
    assert_ne!(changed, expected);
}

#[test]
fn kernels_of_every_bonus_are_valid_and_free_of_floats() {
    let mut seen: Vec<&str> = Vec::new();
    for bonus in bonuses() {
        if seen.contains(&bonus.wgsl()) {
            continue;
        }
        seen.push(bonus.wgsl());
        for kernel in KERNELS {
            let instead = [("shaders/bonus/bonus.wgsl", bonus.wgsl())];
            let source: Source = Source::resolve(kernel, &files(), &instead).expect(kernel);
            let module =
                naga::front::wgsl::parse_str(&source.text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source.text)));
            let mut validator =
                naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
            validator.validate(&module).unwrap_or_else(|e| panic!("{kernel}, {}: {e:?}", bonus.wgsl()));
            assert_eq!(floats(&module), 0, "{kernel}, {}", bonus.wgsl());
            let buffers = module.global_variables.iter().filter(|(_, v)| matches!(v.space, naga::AddressSpace::Storage { .. }));
            assert!(buffers.count() <= 8, "{kernel}");
        }
    }
    assert_eq!(seen.len(), 4);
}
