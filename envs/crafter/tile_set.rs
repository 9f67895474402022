//! Tiles put together from textures: materials with objects on them, items with their counts.

use std::collections::BTreeMap;

use super::dark::STRIP;
use super::rules::{MATERIALS, Rules};
use super::tiles::{Texture, Textures};

/// The largest count that a tile shows; it also stands for larger counts.
pub const MAX_COUNT: usize = 10;
/// Grey of what lies outside the map.
const OUTSIDE: [u8; 3] = [127; 3];
/// Textures of objects: cow, zombie, skeleton, 4 arrows, plant, ripe plant, 4 players, sleeping player.
const OBJECTS: [&str; 14] = [
    "cow",
    "zombie",
    "skeleton",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "arrow-down",
    "plant",
    "plant-ripe",
    "player-left",
    "player-right",
    "player-up",
    "player-down",
    "player-sleep",
];
/// Number of tiles of a material: one without an object, and one with each object.
pub const STRIDE: u16 = OBJECTS.len() as u16 + 1;

/// Side of our textures in pixels.
pub const SIDE: u32 = 16;

/// Side of the textures in pixels, by that of grass.
pub fn side(textures: &Textures) -> u32 {
    textures.get("grass").map_or(SIDE, |texture| texture.width as u32)
}

/// The tile of the same material without an object.
pub fn material_tile(number: u16) -> u16 {
    number / STRIDE * STRIDE
}

fn texture<'a>(textures: &'a Textures, name: &str) -> Result<&'a Texture, String> {
    textures.get(name).ok_or_else(|| format!("textures: {name}.png is missing"))
}

/// Returns the tile with this number ([`super::picture::visible`]), `[side, side]` pixels in full daylight.
///
/// # Errors
/// If a texture is missing, or there is no such material.
pub fn tile(textures: &Textures, number: u16, side: usize) -> Result<Vec<[u8; 3]>, String> {
    let (material, object) = (usize::from(number / STRIDE), usize::from(number % STRIDE));
    let scaled = |name: &str| Ok::<_, String>(texture(textures, name)?.scaled(side, side));
    let name = MATERIALS
        .get(material)
        .ok_or_else(|| format!("material {material} in the state of the world; there are 0 to {}", MATERIALS.len() - 1))?;
    let ground = if material == 0 { None } else { Some(scaled(name)?) };
    let object = object.checked_sub(1).map(|object| scaled(OBJECTS[object])).transpose()?;
    Ok((0..side * side).map(|pixel| composed(ground.as_ref(), object.as_ref(), pixel)).collect())
}

/// Returns a pixel of an object on a material.
fn composed(ground: Option<&Texture>, object: Option<&Texture>, pixel: usize) -> [u8; 3] {
    let below = ground.map_or(OUTSIDE, |ground| ground.rgb(pixel));
    object.map_or(below, |object| object.over(pixel, below))
}

/// Returns tiles of every material with every object on it, as a palette and indices into it.
pub fn map_tiles(textures: &Textures, unit: [usize; 2]) -> Result<(Vec<[u8; 3]>, Vec<u16>), String> {
    let [ux, uy] = unit;
    let mut index: BTreeMap<[u8; 3], u16> = BTreeMap::new();
    let mut palette = Vec::new();
    let mut tiles = Vec::new();
    let objects: Vec<Texture> =
        OBJECTS.iter().map(|name| Ok(texture(textures, name)?.scaled(ux, uy))).collect::<Result<_, String>>()?;
    for (m, material) in MATERIALS.iter().enumerate() {
        let ground = if m == 0 { None } else { Some(texture(textures, material)?.scaled(ux, uy)) };
        for object in std::iter::once(None).chain(objects.iter().map(Some)) {
            for pixel in 0..ux * uy {
                let colour = composed(ground.as_ref(), object, pixel);
                let next = palette.len();
                let id = *index.entry(colour).or_insert(next as u16);
                if id as usize == next {
                    palette.push(colour);
                }
                if palette.len() > u16::MAX as usize {
                    return Err("textures: more than 65535 different colours".to_string());
                }
                tiles.push(id);
            }
        }
    }
    Ok((palette, tiles))
}

/// Returns the tiles as planes of padded columns.
pub fn strips(palette: &[[u8; 3]], tiles: &[u16], [ux, uy]: [usize; 2]) -> Vec<u8> {
    let column = uy.next_multiple_of(STRIP);
    let mut strips = Vec::new();
    for tile in tiles.chunks_exact(ux * uy) {
        for (channel, x) in (0..3).flat_map(|channel| (0..ux).map(move |x| (channel, x))) {
            let rows = (0..column).map(|y| if y < uy { palette[tile[y * ux + x] as usize][channel] } else { 0 });
            strips.extend(rows);
        }
    }
    strips
}

/// Returns tiles of every item with every count (0 is empty, 10 stands for more than 9), over black.
pub fn item_tiles(rules: &Rules, textures: &Textures, unit: [usize; 2]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for item in 0..rules.set.items.len() {
        for count in 0..=MAX_COUNT {
            bytes.extend(item_tile(rules, textures, unit, (item, count))?.into_iter().flatten());
        }
    }
    Ok(bytes)
}

/// Returns the tile of an item with this count, over black.
///
/// # Errors
/// If a texture is missing.
pub fn item_tile(
    rules: &Rules,
    textures: &Textures,
    unit: [usize; 2],
    (item, count): (usize, usize),
) -> Result<Vec<[u8; 3]>, String> {
    let [ux, uy] = unit;
    let part = |share: f64| [(share * ux as f64) as usize, (share * uy as f64) as usize];
    let icon = texture(textures, &rules.set.items[item].name)?;
    let mut tile = vec![[0u8; 3]; ux * uy];
    if count > 0 {
        let icon = icon.scaled(part(0.8)[0].max(1), part(0.8)[1].max(1));
        let name = if count < MAX_COUNT { count.to_string() } else { "unknown".to_string() };
        let digit = texture(textures, &name)?.scaled(part(0.6)[0].max(1), part(0.6)[1].max(1));
        stamp(&mut tile, unit, part(0.1), &icon);
        stamp(&mut tile, unit, part(0.4), &digit);
    }
    Ok(tile)
}

fn stamp(tile: &mut [[u8; 3]], unit: [usize; 2], corner: [usize; 2], texture: &Texture) {
    for y in 0..texture.height.min(unit[1] - corner[1]) {
        for x in 0..texture.width.min(unit[0] - corner[0]) {
            let below = &mut tile[(corner[1] + y) * unit[0] + corner[0] + x];
            *below = texture.over(y * texture.width + x, *below);
        }
    }
}
