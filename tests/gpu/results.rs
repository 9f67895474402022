//! The runs of `results.rs` give the same results on a GPU.

use super::gpu;

#[test]
fn runs_come_to_the_same_on_a_card() {
    if gpu().is_none() {
        return;
    }
    let differing = crate::results::differing("gpu");
    assert!(differing.is_empty(), "{} runs:\n{}", differing.len(), differing.join("\n"));
}
