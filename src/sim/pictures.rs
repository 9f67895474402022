//! Pictures and layers of an instance of a batch.

use super::batch::Batch;
use crate::envs::{Block, Layers, Light, Picture, World};
use crate::error::{Error, Result};

impl Batch {
    /// The content of the world of instance `i` ([`crate::envs::Draw::layers`]).
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no instance `i`; [`Error::Gpu`] if the GPU fails.
    pub fn layers(&self, i: usize) -> Result<Layers> {
        self.drawn(i, |world, block| Ok(world.layers(0, block)))
    }

    /// The whole map of instance `i`, `tile` x `tile` pixels per cell ([`crate::envs::Draw::draw_map`]).
    ///
    /// # Errors
    /// As [`Batch::layers`]; also [`Error::Usage`] for a tile size that is not allowed or makes the picture too large, and for textures
    /// that cannot be read.
    pub fn map_picture(&self, i: usize, tile: u32, light: Light) -> Result<Picture> {
        self.drawn(i, |world, block| world.draw_map(0, block, tile, light))
    }

    /// The view of the agent of instance `i`, `tile` x `tile` pixels per cell ([`crate::envs::Draw::draw_view`]).
    ///
    /// # Errors
    /// As [`Batch::map_picture`].
    pub fn view_picture(&self, i: usize, tile: u32, light: Light) -> Result<Picture> {
        self.drawn(i, |world, block| world.draw_view(0, block, tile, light))
    }

    fn drawn<T>(&self, i: usize, draw: impl FnOnce(&dyn World, &Block) -> std::result::Result<T, String>) -> Result<T> {
        if i >= self.len() {
            return Err(Error::Usage(format!("no instance {i}: the batch has instances 0 to {}", self.len() - 1)));
        }
        self.with_instance(i, draw)?.map_err(Error::Usage)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::envs::catalog::FAMILIES;
    use crate::envs::shared::layers::NO_COLOUR;
    use crate::envs::{Facing, Family, LayerNames, Options, load};
    use crate::shaders::shared::keyed::philox;
    use crate::sim::Config;

    fn ids(family: Family) -> impl Iterator<Item = &'static str> {
        FAMILIES.iter().filter(move |entry| entry.family == family).flat_map(|entry| entry.builtin.iter().map(|(id, _)| *id))
    }

    /// Calls `look` for two instances of a world in random play, before every step.
    fn in_play(world: &Arc<dyn World>, steps: u32, mut look: impl FnMut(&mut Batch, usize)) {
        let mut batch = Batch::new(world.clone(), Config { num_envs: 2, seed: 5, ..Config::default() }).expect("a batch");
        let n = world.spec().num_actions();
        for step in 0..steps {
            (0..2).for_each(|i| look(&mut batch, i));
            let actions = [0, 1].map(|i| philox([step, i, 0, 0], [7, 7])[0] % n);
            batch.step(&actions).expect("stepped");
        }
    }

    /// Characters of the map according to the layers, `[height, width]`.
    fn signs(family: Family, layers: &Layers, names: &LayerNames) -> Vec<char> {
        let terrain = |name: &str| match (family, name) {
            (Family::Crafter, name) => {
                let known =
                    ["water", "grass", "stone", "path", "sand", "tree", "lava", "coal", "iron", "diamond", "table", "furnace"];
                let sign = known.iter().position(|k| *k == name).and_then(|k| "~.#_,TLcid+=".chars().nth(k));
                sign.expect("a material")
            }
            (_, "lava") => '~',
            (_, "wall") => '#',
            (Family::MiniGrid, "floor") => ',',
            (Family::MiniGrid, "goal") => 'G',
            (_, "empty" | "floor") => '.',
            (_, "goal") => '*',
            (_, "ice") => '%',
            (_, "one-way west") => '<',
            (_, "one-way east") => '>',
            (_, "one-way north") => '^',
            (_, "one-way south") => 'v',
            (_, "mark" | "tv") => '?',
            other => panic!("terrain {other:?}"),
        };
        let mut signs: Vec<char> = layers.terrain.iter().map(|id| terrain(&names.terrain[*id as usize])).collect();
        let letter = |colour: Option<u8>| names.colours[colour.expect("a colour") as usize].chars().next().expect("a letter");
        for (sign, colour) in signs.iter_mut().zip(&layers.colours).filter(|(sign, _)| **sign == '?') {
            *sign = if *colour == NO_COLOUR { '0' } else { letter(Some(*colour)) };
        }
        for entity in &layers.entities {
            let (kind, state) = (names.entities[entity.kind as usize].as_str(), names.states[entity.state as usize].as_str());
            signs[(entity.y * layers.width + entity.x) as usize] = match (family, kind, state) {
                (Family::MiniGrid, "door", "open") => '/',
                (_, "door", "open") => '\'',
                (Family::MiniGrid, "door", "closed") => 'D',
                (_, "door", "locked") => 'L',
                (_, "door", "closed") => letter(entity.colour).to_ascii_uppercase(),
                (Family::MiniGrid, "key", _) => 'k',
                (_, "key", _) => letter(entity.colour),
                (_, "ball", _) => 'o',
                (_, "box", _) => 'b',
                (_, "tv", _) => '0',
                (_, "cow", _) => 'C',
                (_, "zombie", _) => 'Z',
                (_, "skeleton", _) => 'S',
                (_, "arrow", _) => 'a',
                (_, "plant", "sapling" | "ripe") => 'P',
                other => panic!("entity {other:?}"),
            };
        }
        let agent = match (family, layers.agent.facing) {
            (Family::GridLab, _) => '@',
            (_, Facing::West) => '<',
            (_, Facing::East) => '>',
            (_, Facing::North) => '^',
            (_, Facing::South) => 'v',
        };
        signs[(layers.agent.y * layers.width + layers.agent.x) as usize] = agent;
        signs
    }

    /// Compares the characters with the drawing as text, and the walls with its lines between cells if it has them.
    fn compare(text: &str, signs: &[char], layers: &Layers, id: &str) {
        let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let (width, height) = (layers.width as usize, layers.height as usize);
        let thin = rows.len() == 2 * height + 1;
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let there = if thin { rows[2 * y + 1][2 * x + 1] } else { rows[y][x] };
            let there = if there.is_ascii_digit() { '0' } else { there };
            assert_eq!(signs[y * width + x], there, "{id}, cell ({x}, {y}) of\n{text}");
            if thin && x + 1 < width {
                let bits = (layers.walls[y * width + x] >> 1 & 1, layers.walls[y * width + x + 1] & 1);
                let expected = match rows[2 * y + 1][2 * x + 2] {
                    ' ' => (0, 0),
                    '>' => (0, 1),
                    '<' => (1, 0),
                    _ => (1, 1),
                };
                assert_eq!(bits, expected, "{id}, east of ({x}, {y})");
            }
        }
        assert!(thin || layers.walls.iter().all(|walls| *walls == 0), "{id}");
    }

    #[test]
    fn layers_are_what_the_drawing_as_text_shows() {
        for (family, steps) in [(Family::Crafter, 150), (Family::MiniGrid, 25), (Family::GridLab, 40)] {
            for id in ids(family) {
                let world = load(id, &Options::default()).expect("a world");
                let names = world.layer_names();
                in_play(&world, steps, |batch, i| {
                    let layers = batch.layers(i).expect("layers");
                    let text = batch.with_block(|world, block| world.ascii(i, block)).expect("text");
                    compare(&text, &signs(family, &layers, &names), &layers, id);
                    let cells = (layers.width * layers.height) as usize;
                    let sizes = [layers.colours.len(), layers.field_of_view.len(), layers.walls.len()];
                    assert_eq!(sizes, [cells; 3], "{id}");
                    assert!(layers.field_of_view[(layers.agent.y * layers.width + layers.agent.x) as usize], "{id}");
                });
            }
        }
    }

    /// The picture that the batch observed, `[height, width, 3]`.
    fn observed(batch: &mut Batch, i: usize) -> Vec<u8> {
        let spec = batch.world().spec().clone();
        let n = spec.pixel_words();
        let bytes = |block: &Block| bytemuck::cast_slice::<u32, u8>(&block.pixels[i * n..(i + 1) * n]).to_vec();
        let mut bytes = batch.with_block(|_, block| bytes(block)).expect("pixels");
        bytes.truncate((spec.picture.0 * spec.picture.1 * 3) as usize);
        bytes
    }

    /// Pixel (x, y) of a picture with `channels` bytes per pixel.
    fn pixel(bytes: &[u8], width: u32, channels: usize, x: u32, y: u32) -> &[u8] {
        &bytes[(y * width + x) as usize * channels..][..3]
    }

    #[test]
    fn a_view_at_the_size_of_the_observation_is_the_observation() {
        let pixels = Options { pixels: true, ..Options::default() };
        let few = [
            "MiniGrid-DoorKey-8x8-v0",
            "MiniGrid-Dynamic-Obstacles-8x8-v0",
            "MiniGrid-KeyCorridorS3R3-v0",
            "MiniGrid-LavaGapS6-v0",
        ];
        let gridlab = ids(Family::GridLab).filter(|id| *id != "gridlab/klyubin-maze");
        let all = few.into_iter().chain(["gridlab/klyubin-maze", "crafter", "crafter-simple"]).chain(gridlab);
        for id in all {
            let world = load(id, &pixels).expect("a world");
            let crafter = world.spec().family == Family::Crafter;
            let (tile, steps) = if crafter { (7, 250) } else { (8, 25) };
            let mut compared = 0;
            in_play(&world, steps, |batch, i| {
                // Daylight is the second last column. In the dark an observation has noise.
                let mut columns = Vec::new();
                batch.with_block(|world, block| world.columns(i, block, &mut columns)).expect("columns");
                if crafter && f32::from_bits(columns[columns.len() - 2]) < 0.5 {
                    return;
                }
                let (picture, width) = (observed(batch, i), batch.world().spec().picture.1);
                let view = batch.view_picture(i, tile, Light::Now).expect("a picture");
                for (x, y) in (0..view.height).flat_map(|y| (0..view.width).map(move |x| (x, y))) {
                    let (ours, theirs) = (pixel(&view.rgba, view.width, 4, x, y), pixel(&picture, width, 3, x, y));
                    assert_eq!(ours, theirs, "{id}, pixel ({x}, {y})");
                }
                let outside = width * batch.world().spec().picture.0 - view.width * view.height;
                assert!(
                    if crafter { outside == 64 * 64 - 63 * 63 } else { outside == 0 },
                    "{id}: the border is all that is missing"
                );
                compared += 1;
            });
            assert!(compared > 20, "{id}: {compared} pictures");
        }
    }

    #[test]
    fn a_view_of_crafter_is_cut_out_of_the_map() {
        let world = load("crafter", &Options::default()).expect("a world");
        in_play(&world, 60, |batch, i| {
            let (layers, tile) = (batch.layers(i).expect("layers"), 10);
            let map = batch.map_picture(i, tile, Light::Day).expect("a picture");
            let view = batch.view_picture(i, tile, Light::Day).expect("a picture");
            assert_eq!((map.width, view.width, view.height), (640, 90, 90));
            let seen = layers.field_of_view.iter().enumerate().filter(|(_, seen)| **seen).map(|(cell, _)| cell as u32);
            let mut n = 0;
            for cell in seen {
                let (x, y) = (cell % 64, cell / 64);
                let (column, row) = (x + 4 - layers.agent.x, y + 3 - layers.agent.y);
                for (dx, dy) in (0..tile).flat_map(|dy| (0..tile).map(move |dx| (dx, dy))) {
                    let ours = pixel(&map.rgba, map.width, 4, x * tile + dx, y * tile + dy);
                    assert_eq!(ours, pixel(&view.rgba, view.width, 4, column * tile + dx, row * tile + dy), "({x}, {y})");
                }
                n += 1;
            }
            assert_eq!(n, 63, "9 x 7 cells, far from the edge");
        });
    }

    /// The observation of MiniGrid shows what the layers have in the field of view.
    #[test]
    fn the_field_of_view_holds_what_the_observation_shows() {
        for id in ids(Family::MiniGrid) {
            let world = load(id, &Options::default()).expect("a world");
            let names = world.layer_names();
            in_play(&world, 25, |batch, i| {
                let layers = batch.layers(i).expect("layers");
                let mut known: BTreeMap<[u8; 2], i32> = BTreeMap::new();
                let agent = layers.agent.y * layers.width + layers.agent.x;
                for cell in
                    (0..layers.width * layers.height).filter(|cell| layers.field_of_view[*cell as usize] && *cell != agent)
                {
                    let entity = layers.entities.iter().find(|entity| entity.y * layers.width + entity.x == cell);
                    let terrain = (layers.terrain[cell as usize], layers.colours[cell as usize]);
                    let (kind, colour) = entity.map_or(terrain, |entity| (entity.kind, entity.colour.unwrap_or(NO_COLOUR)));
                    let colour = if colour == NO_COLOUR { 0 } else { colour };
                    *known.entry([kind as u8, colour]).or_default() += 1;
                }
                let image = batch.with_block(|world, block| {
                    let words = world.spec().obs_words();
                    bytemuck::cast_slice::<u32, u8>(&block.obs[i * words..(i + 1) * words]).to_vec()
                });
                let image = image.expect("an observation");
                let side = world.spec().obs_parts[0].1[0];
                let own = side / 2 * side + side - 1;
                for (_, triple) in image.chunks_exact(3).take(side * side).enumerate().filter(|(k, t)| *k != own && t[0] != 0) {
                    *known.entry([triple[0], triple[1]]).or_default() -= 1;
                }
                // Beyond the edge of the map the view shows grey walls.
                let wall = names.terrain.iter().position(|name| name == "wall").expect("a wall") as u8;
                let odd: Vec<_> = known.iter().filter(|(what, n)| **n > 0 || **n < 0 && **what != [wall, 5]).collect();
                assert!(odd.is_empty(), "{id}: {odd:?}");
            });
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        for id in ["crafter", "MiniGrid-Empty-5x5-v0", "gridlab/keys"] {
            let world = load(id, &Options::default()).expect("a world");
            let batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
            for (i, tile, why) in [(1, 8, "instances 0 to 0"), (0, 0, "1 to 256"), (0, 257, "1 to 256")] {
                let error = batch.map_picture(i, tile, Light::Day).expect_err(why).to_string();
                assert!(error.contains(why), "{error}");
                assert!(batch.view_picture(i, tile, Light::Day).is_err());
            }
            assert!(batch.layers(1).is_err());
            for tile in [1, 3, 256] {
                let view = batch.view_picture(0, tile, Light::Day).expect("a picture");
                assert_eq!(view.rgba.len() as u32, view.width * view.height * 4);
                assert!(view.rgba.chunks_exact(4).any(|pixel| pixel != &view.rgba[..4]), "{id}: one colour");
            }
        }
        let options = Options { textures: Some("no/such/folder".into()), ..Options::default() };
        let world = load("crafter", &options).expect("a world");
        let batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
        assert!(batch.map_picture(0, 8, Light::Day).expect_err("no textures").to_string().contains("no/such/folder"));
        let error = {
            let world = load("crafter", &Options::default()).expect("a world");
            let batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
            batch.map_picture(0, 256, Light::Day).expect_err("too large").to_string()
        };
        assert!(error.contains("tiles of 128 fit"), "{error}");
    }
}
