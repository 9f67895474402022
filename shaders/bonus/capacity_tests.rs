use super::*;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

fn channel(counts: &[u32], outcomes: usize) -> Channel {
    Channel::new(counts, outcomes).expect("a channel")
}

fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() < within, "{found}, not {expected}");
}

#[test]
fn closed_forms_are_found() {
    let symmetric = channel(&[9, 1, 1, 9], 2).capacity(1e-9, 1000);
    close(symmetric.bits, 0.531_004_406, 1e-9);
    assert_eq!(symmetric.iterations, 0);

    let z = channel(&[2, 0, 1, 1], 2).capacity(1e-9, 10_000);
    close(z.bits, 0.321_928_095, 1e-8);
    close(z.inputs[0], 0.6, 1e-4);
    close(z.inputs[1], 0.4, 1e-4);

    let erasure = channel(&[3, 0, 1, 0, 3, 1], 3).capacity(1e-9, 1000);
    close(erasure.bits, 0.75, 1e-9);
    assert_eq!(erasure.inputs, [0.5, 0.5]);

    let slip = [8, 2, 0, 0, 2, 8, 0, 0, 0, 0, 8, 2, 0, 0, 2, 8, 5, 5, 5, 5];
    let slip = channel(&slip, 4).capacity(1e-7, 1_000_000);
    close(slip.bits, 1.278_071_905, 1e-6);
    assert!(slip.inputs[4] < 1e-3, "{:?}", slip.inputs);

    let mut moves = vec![1; 16];
    (0..4).for_each(|k| moves[5 * k] = 12);
    close(channel(&moves, 4).capacity(1e-9, 1000).bits, 0.961_079, 1e-6);
}

#[test]
fn equal_rows_are_merged_and_share_their_input() {
    // The last two actions lead to the same state; one was tried more often.
    let four = channel(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 7], 3);
    let whole = four.capacity(1e-9, 1000);
    close(whole.bits, 1.584_962_5, 1e-8);
    for (found, expected) in whole.inputs.iter().zip([1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]) {
        close(*found, expected, 1e-6);
    }
    let merged = four.merged();
    assert_eq!((merged.len(), [0, 1, 2].map(|x| merged.inputs_of(x))), (3, [1, 1, 2]));
    let found = merged.capacity(1e-9, 1000);
    close(found.bits, 1.584_962_5, 1e-9);
    assert_eq!(found.iterations, 0);
    close(merged.mutual_information(), four.mutual_information(), 1e-12);
    close(four.mutual_information(), 1.5, 1e-12);
}

#[test]
fn what_is_certain_carries_the_logarithm_of_its_ends() {
    for distinct in 1..=20u32 {
        let mut counts = vec![0; 40 * 20];
        (0..40).for_each(|x| counts[x * 20 + (x as u32 * 23 % distinct) as usize] = 3);
        let found = channel(&counts, 20).merged().capacity(1e-9, 10);
        close(found.bits, f64::from(distinct).log2_of(), 1e-9);
        assert_eq!(found.iterations, 0);
    }
}

trait Log2 {
    fn log2_of(self) -> f64;
}

impl Log2 for f64 {
    fn log2_of(self) -> f64 {
        ln(self) / LN_2
    }
}

#[test]
fn the_z_channel_converges_as_published() {
    let z = channel(&[2, 0, 1, 1], 2);
    for (most, mutual, lower, upper, first) in [
        (0, 0.311_278, 0.315_006, 0.415_037, 0.5),
        (1, 0.317_468, 0.319_074, 0.380_917, 0.535_898),
        (2, 0.320_112, 0.320_777, 0.359_037, 0.559_370),
        (3, 0.321_201, 0.321_470, 0.345_196, 0.574_403),
        (4, 0.321_640, 0.321_747, 0.336_494, 0.583_927),
        (5, 0.321_814, 0.321_857, 0.331_040, 0.589_926),
    ] {
        let found = z.capacity(0.0, most);
        assert_eq!(found.iterations, most);
        close(found.mutual, mutual, 1e-6);
        close(found.bits, lower, 1e-6);
        close(found.upper, upper, 1e-6);
        close(found.inputs[0], first, 1e-6);
    }
    assert_eq!([1e-2, 1e-3, 1e-4].map(|gap| z.capacity(gap, 100).iterations), [5, 10, 15]);
}

#[test]
fn tables_that_are_no_channel_are_refused() {
    assert_eq!(Channel::new(&[1, 2, 3], 2), Err(ChannelError::Shape { counts: 3, outcomes: 2 }));
    assert_eq!(Channel::new(&[], 2), Err(ChannelError::Shape { counts: 0, outcomes: 2 }));
    assert_eq!(Channel::new(&[1], 0), Err(ChannelError::Shape { counts: 1, outcomes: 0 }));
    assert_eq!(Channel::new(&[1, 0, 0, 0], 2), Err(ChannelError::Untried(1)));
}

/// In nats, for channels whose frequencies are their probabilities: computed by hand from the formula, and simulated.
#[test]
fn the_first_order_bias_is_the_formulas() {
    let of = |table: &[&[u32]], tries: u32, at: u32| {
        let row = |counts: &&[u32]| counts.iter().copied().enumerate().filter(|(_, n)| *n > 0).collect();
        let rows: Vec<Vec<(usize, u32)>> = table.iter().map(row).collect();
        // The same frequencies with `at` tries: the bias falls as 1 / tries.
        bias(&rows, table[0].len(), tries) * LN_2 * f64::from(tries) / f64::from(at)
    };
    let slips: [&[u32]; 4] = [&[4, 1, 0, 0], &[0, 4, 1, 0], &[0, 0, 4, 1], &[1, 0, 0, 4]];
    let mixed: [&[u32]; 3] = [&[1, 1, 0], &[0, 1, 1], &[2, 0, 0]];
    let noise: [&[u32]; 4] = [&[1; 8]; 4];
    for (at, slip, mix, pure) in [(4, 0.0850, 0.0347, 0.6562), (16, 0.0212, 0.0087, 0.1641), (64, 0.0053, 0.0022, 0.0410)] {
        close(of(&slips, 5, at), slip, 1e-4);
        close(of(&mixed, 2, at), mix, 1e-4);
        close(of(&noise, 8, at), pure, 1e-4);
    }
    let noiseless: [&[u32]; 4] = [&[4, 0, 0, 0], &[0, 4, 0, 0], &[0, 0, 4, 0], &[0, 0, 0, 4]];
    assert_eq!(of(&noiseless, 4, 4), 0.0);
}

/// Counts of `tries` tries of each of 4 inputs whose outcome is one of 8, drawn evenly: pure noise.
fn noise(tries: usize, mut draw: impl FnMut() -> u32) -> Channel {
    let mut counts = vec![0; 4 * 8];
    (0..4 * tries).for_each(|k| counts[k / tries * 8 + draw() as usize] += 1);
    channel(&counts, 8)
}

#[test]
fn one_try_of_noise_looks_like_control() {
    let (mut mutual, mut bits) = (0.0, 0.0);
    for all in 0..4096u32 {
        let mut digits = [all, all / 8, all / 64, all / 512].into_iter();
        let channel = noise(1, || digits.next().expect("four") % 8);
        mutual += channel.mutual_information() / 4096.0;
        bits += channel.merged().capacity(1e-9, 10).bits / 4096.0;
    }
    close(mutual, 1.6440, 5e-5);
    close(bits, 1.6961, 5e-5);
}

/// Mean of the plug-in estimate, from the binomial distribution of a bin's count: the entropy of an even sample of `n` in 8 bins.
fn expected_entropy(n: u32) -> f64 {
    let mut sum = 0.0;
    let mut chance = (0..n).fold(1.0, |product, _| product * 7.0 / 8.0);
    for c in 1..=n {
        chance *= f64::from(n - c + 1) / f64::from(c) / 7.0;
        let share = f64::from(c) / f64::from(n);
        sum -= 8.0 * chance * share * share.log2_of();
    }
    sum
}

#[test]
fn noise_tried_often_is_seen_through() {
    let mut chance = Keyed::new([3, 4], 0, 0, 0);
    for (tries, plug_in, corrected) in [(4usize, 0.9904, 0.7929), (16, 0.2846, 0.0865), (64, 0.0612, 0.0018)] {
        let exact = expected_entropy(4 * tries as u32) - expected_entropy(tries as u32);
        close(exact, plug_in, 5e-5);
        let channels = if tries == 4 { 20_000 } else { 4_000 };
        let found: Vec<(f64, f64)> = (0..channels)
            .map(|_| {
                let channel = noise(tries, || chance.randint(8));
                (channel.mutual_information(), channel.corrected_information(tries as u32))
            })
            .collect();
        for (values, expected) in
            [(found.iter().map(|f| f.0).collect::<Vec<_>>(), exact), (found.iter().map(|f| f.1).collect(), corrected)]
        {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
            // The numbers are rounded to four digits. The corrected ones were simulated (60 000 channels each, numpy).
            close(mean, expected, 5.0 * (variance / n).sqrt() + 5e-5);
        }
    }
}

#[test]
fn a_dispatch_makes_at_least_a_round() {
    assert_eq!(rounds_of_dispatch(MAX_INPUTS, MAX_OUTCOMES), Ok(1));
    assert!(rounds_of_dispatch(289, 100).is_ok_and(|rounds| rounds > 15));
    assert!(rounds_of_dispatch(MAX_INPUTS + 1, 1).is_err() && rounds_of_dispatch(1, MAX_OUTCOMES + 1).is_err());
    assert!(rounds_of_dispatch(0, 1).is_err() && rounds_of_dispatch(1, 0).is_err());
}
