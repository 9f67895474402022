//! The symbolic observation: the view as semantic ids, inventory, facing, sleeping, daylight. Values are
//! bytes, packed little-endian into words.

use super::instance::Instance;
use super::layout::body;
use super::rules::{PLAYER_ID, Rules};
use crate::envs::shared::core::Core;

/// Bytes after view and inventory: facing, sleeping, daylight.
pub const TAIL: usize = 3;

pub fn obs_bytes(rules: &Rules) -> usize {
    (rules.set.view[0] * rules.map_rows()) as usize + rules.at.n_items + TAIL
}

/// Writes `[map_rows, view_width]` semantic ids (0 outside the map), the counts, and the rest into `obs`.
pub fn observe(instance: &Instance, rules: &Rules, obs: &mut [u32]) {
    // Padding bytes of the last word are 0.
    if let Some(last) = obs.last_mut() {
        *last = 0;
    }
    let bytes: &mut [u8] = &mut bytemuck::cast_slice_mut(obs)[..obs_bytes(rules)];
    let (view_w, view_h) = (rules.set.view[0], rules.map_rows());
    let left = instance.body[body::X] as i32 - (view_w / 2) as i32;
    let top = instance.body[body::Y] as i32 - (view_h / 2) as i32;
    for row in 0..view_h {
        materials(instance, rules, left, top + row as i32, (row * view_w) as usize, bytes);
    }
    objects(&instance.mobs[1..1 + instance.n_mobs()], (left as u32, top as u32), (view_w, view_h), bytes);
    bytes[(view_h / 2 * view_w + view_w / 2) as usize] = PLAYER_ID as u8;
    let tail = (view_w * view_h) as usize;
    for item in 0..rules.at.n_items {
        bytes[tail + item] = instance.item(item) as u8;
    }
    let tail = tail + rules.at.n_items;
    bytes[tail] = instance.body[body::FACING] as u8;
    bytes[tail + 1] = instance.body[body::SLEEPING] as u8;
    bytes[tail + 2] = rules.daylight[rules.day_ix(instance.core[Core::STEP])] as u8;
}

/// Writes objects' ids over the materials. Few objects are in view, so several are tested at a time.
#[inline]
fn objects(mobs: &[u32], (left, top): (u32, u32), (view_w, view_h): (u32, u32), bytes: &mut [u8]) {
    const TOGETHER: usize = 16;
    let place = |word: u32| ((word & 0xff).wrapping_sub(left), (word >> 8 & 0xff).wrapping_sub(top));
    let mut show = |word: u32| {
        let (x, y) = place(word);
        if x < view_w && y < view_h {
            bytes[(y * view_w + x) as usize] = (PLAYER_ID + (word >> 16 & 15)) as u8;
        }
    };
    let (groups, rest) = mobs.as_chunks::<TOGETHER>();
    for group in groups {
        let mut inside = 0;
        for (l, word) in group.iter().enumerate() {
            let (x, y) = place(*word);
            inside |= u32::from((x < view_w) & (y < view_h)) << l;
        }
        while inside != 0 {
            show(group[inside.trailing_zeros() as usize]);
            inside &= inside - 1;
        }
    }
    rest.iter().for_each(|word| show(*word));
}

/// Writes one row of the view at `start` of `bytes`. It may also write bytes after the row, so rows must be written in order.
#[inline]
fn materials(instance: &Instance, rules: &Rules, left: i32, y: i32, start: usize, bytes: &mut [u8]) {
    let (view_w, width) = (rules.set.view[0] as usize, rules.at.width as i32);
    let line = &mut bytes[start..];
    if y < 0 || y >= rules.at.height as i32 {
        line[..view_w].fill(0);
        return;
    }
    let row = y * width;
    if left >= 0 && left + view_w as i32 <= width {
        let mut cell = (row + left) as usize;
        for at in (0..view_w).step_by(8) {
            let words = u64::from(instance.world[cell / 8]) | u64::from(instance.world[cell / 8 + 1]) << 32;
            let ids = spread((words >> (cell % 8 * 4)) as u32).to_le_bytes();
            match line[at..].first_chunk_mut() {
                Some(eight) => *eight = ids,
                None => line[at..view_w].copy_from_slice(&ids[..view_w - at]),
            }
            cell += 8;
        }
    } else {
        for (k, id) in line[..view_w].iter_mut().enumerate() {
            let x = left + k as i32;
            *id = if x >= 0 && x < width { instance.material((row + x) as usize) as u8 } else { 0 };
        }
    }
}

/// Returns the eight nibbles of a word as bytes.
#[inline]
fn spread(nibbles: u32) -> u64 {
    let x = u64::from(nibbles);
    let x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    let x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f
}
