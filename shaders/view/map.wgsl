// Draws maps of worlds from numbers of tiles, for the viewer. For drawing only: it has no twin.
//
// A view is a rectangle of the window that shows a part of one map. Each pixel finds the texel of the map under it. With 16 or more pixels a
// texel's tile is sampled at its nearest texel; below that, the texels under the pixel are averaged by area.

struct View {
    // Left, top, width, height on the target, in pixels.
    rect: vec4f,
    // The cell at the left top corner of `rect`, and cells for each pixel.
    origin: vec2f,
    cells_per_pixel: f32,
    // Texels of a tile's side.
    side: u32,
    // Cells of the map, and the index of its first cell in `cells` and `heat`.
    size: vec2u,
    first: u32,
    // FLAG_*.
    flags: u32,
    // Colour outside the map, and of cells without terrain, as RGB bytes.
    outside: u32,
    bare: u32,
    heat_opacity: f32,
    // With FLAG_ANY_LIGHT: 1 by day, less at night.
    daylight: f32,
    // Width and height of the target, in pixels.
    target_size: vec2f,
}

// A texel of the atlas as RGB bytes: the tile as it is, in the light of the state, and faded under heat. With FLAG_ANY_LIGHT `lit` is the
// darkest night, `faded` is a day and `asleep` a night as a sleeping player sees them, and there is no heat.
struct Texel { plain: u32, lit: u32, faded: u32, asleep: u32 }

const FLAG_HEAT: u32 = 1u;
const FLAG_TERRAIN_ONLY: u32 = 2u;
const FLAG_NO_TERRAIN: u32 = 4u;
const FLAG_ANY_LIGHT: u32 = 8u;
const FLAG_ASLEEP: u32 = 16u;

@group(0) @binding(0) var<storage, read> views: array<View>;
// For each cell the slots of the atlas of its ground, and of all that is on it.
@group(0) @binding(1) var<storage, read> cells: array<vec2u>;
// For each cell its share of the ramp, 0 to 1; below 0 for none.
@group(0) @binding(2) var<storage, read> heat: array<f32>;
@group(0) @binding(3) var<storage, read> atlas: array<Texel>;
// 256 colours, as RGB bytes.
@group(0) @binding(4) var<storage, read> ramp: array<u32>;

// The view is handed on from its corners, since software drivers read a buffer slowly, pixel by pixel.
struct Corner {
    @builtin(position) position: vec4f,
    @location(0) @interpolate(flat) rect: vec4f,
    // Origin, cells for each pixel, opacity of heat.
    @location(1) @interpolate(flat) place: vec4f,
    // Side, width, height, first.
    @location(2) @interpolate(flat) cells: vec4u,
    // Flags, colour outside, colour of bare cells, bits of the daylight.
    @location(3) @interpolate(flat) look: vec4u,
}

@vertex
fn corner(@builtin(vertex_index) vertex: u32, @builtin(instance_index) view: u32) -> Corner {
    let v = views[view];
    let unit = vec2f(f32(vertex & 1u), f32(vertex >> 1u));
    let place = (v.rect.xy + unit * v.rect.zw) / v.target_size;
    return Corner(
        vec4f(place.x * 2.0 - 1.0, 1.0 - place.y * 2.0, 0.0, 1.0),
        v.rect,
        vec4f(v.origin, v.cells_per_pixel, v.heat_opacity),
        vec4u(v.side, v.size, v.first),
        vec4u(v.flags, v.outside, v.bare, bitcast<u32>(v.daylight)),
    );
}

// The view of a pixel.
fn view_of(in: Corner) -> View {
    let daylight = bitcast<f32>(in.look.w);
    let target_size = vec2f(0.0);
    return View(
        in.rect, in.place.xy, in.place.z, in.cells.x, in.cells.yz, in.cells.w, in.look.x, in.look.y, in.look.z, in.place.w, daylight, target_size,
    );
}

fn rgb(bytes: u32) -> vec3f {
    return vec3f(vec3u(bytes >> 16u, bytes >> 8u, bytes) & vec3u(255u)) / 255.0;
}

// The colour of a texel in the light of the view.
fn lit(v: View, texel: Texel) -> vec3f {
    if (v.flags & FLAG_ANY_LIGHT) == 0u {
        return rgb(texel.lit);
    }
    let asleep = (v.flags & FLAG_ASLEEP) != 0u;
    return mix(rgb(select(texel.lit, texel.asleep, asleep)), rgb(select(texel.plain, texel.faded, asleep)), v.daylight);
}

// The colour of a texel of the whole map.
fn texel(v: View, at: vec2i) -> vec3f {
    let side = i32(v.side);
    if any(at < vec2i(0)) || any(at >= vec2i(v.size) * side) {
        return rgb(v.outside);
    }
    let cell = v.first + u32(at.y / side) * v.size.x + u32(at.x / side);
    let inside = u32(at.y % side) * v.side + u32(at.x % side);
    let slots = cells[cell];
    let ground = atlas[slots.x * v.side * v.side + inside];
    let terrain_only = (v.flags & FLAG_TERRAIN_ONLY) != 0u;
    let whole = atlas[select(slots.y, slots.x, terrain_only) * v.side * v.side + inside];
    if whole.plain != ground.plain {
        return lit(v, whole);
    }
    let has_heat = (v.flags & FLAG_HEAT) != 0u;
    var below = lit(v, ground);
    if has_heat {
        below = rgb(ground.faded);
    }
    if (v.flags & FLAG_NO_TERRAIN) != 0u {
        below = rgb(v.bare);
    }
    // Without heat the buffer has one value.
    let share = heat[select(0u, cell, has_heat)];
    if !has_heat || share < 0.0 {
        return below;
    }
    return mix(below, rgb(ramp[u32(round(min(share, 1.0) * 255.0))]), v.heat_opacity);
}

// The mean of the texels under a pixel that lies in one cell of the map: all that is the same for the whole cell is read once.
fn mean_in_cell(v: View, cell: u32, corner: vec2f, step: f32) -> vec3f {
    let slots = cells[cell];
    let side = i32(v.side);
    let base = vec2u(slots.x, select(slots.y, slots.x, (v.flags & FLAG_TERRAIN_ONLY) != 0u)) * v.side * v.side;
    let has_heat = (v.flags & FLAG_HEAT) != 0u;
    let bare = (v.flags & FLAG_NO_TERRAIN) != 0u;
    let share = select(-1.0, heat[select(0u, cell, has_heat)], has_heat);
    let hue = rgb(ramp[u32(round(clamp(share, 0.0, 1.0) * 255.0))]);
    let opacity = select(0.0, v.heat_opacity, share >= 0.0);
    let first = vec2i(floor(corner));
    let last = vec2i(ceil(corner + step)) - 1;
    var sum = vec3f(0.0);
    var area = 0.0;
    for (var y = first.y; y <= last.y; y++) {
        let height = min(corner.y + step, f32(y + 1)) - max(corner.y, f32(y));
        let row = u32(y % side) * v.side;
        for (var x = first.x; x <= last.x; x++) {
            let width = min(corner.x + step, f32(x + 1)) - max(corner.x, f32(x));
            let part = width * height;
            let inside = row + u32(x % side);
            area += part;
            if base.x != base.y {
                let whole = atlas[base.y + inside];
                if whole.plain != atlas[base.x + inside].plain {
                    sum += part * lit(v, whole);
                    continue;
                }
            }
            var below = rgb(v.bare);
            if !bare {
                below = lit(v, atlas[base.x + inside]);
                if has_heat {
                    below = rgb(atlas[base.x + inside].faded);
                }
            }
            sum += part * mix(below, hue, opacity);
        }
    }
    return sum / max(area, 1e-6);
}

// A pixel of tiles that have the size in which they are drawn. The words of a texel hold shares of 16 bits: what stands on the ground, the
// ground, and the ground's part of the pixel.
fn scaled(v: View, pixel: vec2i) -> vec3f {
    let side = i32(v.side);
    if any(pixel < vec2i(0)) || any(pixel >= vec2i(v.size) * side) {
        return rgb(v.outside);
    }
    let at = pixel / side;
    let inside = pixel - at * side;
    let cell = v.first + u32(at.y) * v.size.x + u32(at.x);
    let t = atlas[cells[cell].x * v.side * v.side + u32(inside.y) * v.side + u32(inside.x)];
    let things = vec3f(vec3u(t.plain >> 16u, t.plain & 65535u, t.lit >> 16u)) / 65535.0;
    let below = vec3f(vec3u(t.lit & 65535u, t.faded >> 16u, t.faded & 65535u)) / 65535.0;
    if (v.flags & FLAG_HEAT) == 0u {
        return things + below;
    }
    let share = heat[cell];
    if share < 0.0 {
        return things + below;
    }
    let ground = f32(t.asleep >> 16u) / 65535.0;
    return things + mix(below, ground * rgb(ramp[u32(round(min(share, 1.0) * 255.0))]), v.heat_opacity);
}

// For maps of scaled tiles. It is an entry point of its own, since software drivers run both sides of every branch.
@fragment
fn paint_scaled(in: Corner) -> @location(0) vec4f {
    let v = view_of(in);
    let first = vec2i(round(v.origin / v.cells_per_pixel));
    return vec4f(scaled(v, vec2i(floor(in.position.xy - v.rect.xy)) + first), 1.0);
}

@fragment
fn paint(in: Corner) -> @location(0) vec4f {
    let v = view_of(in);
    // Texels of the map for each pixel of the window.
    let step = v.cells_per_pixel * f32(v.side);
    // The corner of this pixel, in texels; its middle if only one texel is taken.
    let corner = floor(in.position.xy - v.rect.xy) * step + v.origin * f32(v.side);
    if step <= 1.0 {
        return vec4f(texel(v, vec2i(floor(corner + 0.5 * step))), 1.0);
    }
    let first = vec2i(floor(corner));
    let last = vec2i(ceil(corner + step)) - 1;
    let side = i32(v.side);
    let end = vec2i(v.size) * side;
    if any(last < vec2i(0)) || any(first >= end) {
        return vec4f(rgb(v.outside), 1.0);
    }
    let at = first / side;
    if all(first >= vec2i(0)) && all(last < end) && all(at == last / side) {
        return vec4f(mean_in_cell(v, v.first + u32(at.y) * v.size.x + u32(at.x), corner, step), 1.0);
    }
    var sum = vec3f(0.0);
    var area = 0.0;
    for (var y = first.y; y <= last.y; y++) {
        let height = min(corner.y + step, f32(y + 1)) - max(corner.y, f32(y));
        for (var x = first.x; x <= last.x; x++) {
            let width = min(corner.x + step, f32(x + 1)) - max(corner.x, f32(x));
            let part = max(width, 0.0) * max(height, 0.0);
            sum += part * texel(v, vec2i(x, y));
            area += part;
        }
    }
    return vec4f(sum / max(area, 1e-6), 1.0);
}
