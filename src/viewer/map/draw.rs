//! The GPU part of a map: buffers, pipeline, and the callback that egui runs while it paints.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{PaintCallbackInfo, Rect};
use egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};

use super::camera::Projection;
use crate::envs::Daylight;
use crate::gpu::wgpu;

/// Words of a `View` of the shader.
const VIEW_WORDS: usize = 20;
const FLAG_HEAT: u32 = 1;
const FLAG_TERRAIN_ONLY: u32 = 2;
const FLAG_NO_TERRAIN: u32 = 4;
const FLAG_ANY_LIGHT: u32 = 8;
const FLAG_ASLEEP: u32 = 16;
/// Colours of a ramp.
pub const RAMP: usize = 256;

/// Data of a pane, uploaded when `version` changes.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Changes whenever `words` do.
    pub version: u64,
    /// What the shader reads.
    pub words: Arc<[u32]>,
}

/// A part of one map in a rectangle.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Where, and which part.
    pub projection: Projection,
    /// Cells of the map.
    pub size: (u32, u32),
    /// Index of its first cell in [`MapPaint::cells`] and [`MapPaint::heat`].
    pub first: u32,
    /// Its light, if the tiles are those of [`super::Atlas::for_any_light`].
    pub light: Option<Daylight>,
}

/// What a pane draws: any number of views of maps of one world.
#[derive(Clone, Debug)]
pub struct MapPaint {
    /// Which pane; its buffers are kept under this name.
    pub pane: u64,
    /// The views.
    pub views: Vec<View>,
    /// Slots of ground and of the whole cell.
    pub cells: Uploaded,
    /// Shares of the ramp as bits of f32, if there is heat.
    pub heat: Option<Uploaded>,
    /// The tiles.
    pub atlas: Uploaded,
    /// Texels of a tile's side.
    pub side: u32,
    /// The ramp's colours.
    pub ramp: Uploaded,
    /// Opacity of heat.
    pub heat_opacity: f32,
    /// Whether only the terrain is drawn.
    pub terrain_only: bool,
    /// Whether the terrain is drawn.
    pub terrain: bool,
    /// Colour outside the map.
    pub outside: u32,
    /// Colour of cells without terrain.
    pub bare: u32,
    /// Whether tiles have the size in which they are drawn ([`super::ScaledTiles`]).
    pub scaled: bool,
}

impl MapPaint {
    /// The shape that paints this in `rect`.
    pub fn shape(self, rect: Rect) -> egui::Shape {
        Callback::new_paint_callback(rect, self).into()
    }

    fn view_words(&self, target: [u32; 2]) -> Vec<u32> {
        let mut words = Vec::with_capacity(self.views.len() * VIEW_WORDS);
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        let flags = flag(self.heat.is_some(), FLAG_HEAT)
            | flag(self.terrain_only, FLAG_TERRAIN_ONLY)
            | flag(!self.terrain, FLAG_NO_TERRAIN);
        for View { projection, size, first, light } in &self.views {
            let scale = projection.pixels_per_point;
            let (min, max) = (projection.rect.min * scale, projection.rect.max * scale);
            let (min, max) = (min.round(), max.round());
            // The origin is that of the unrounded corner; pixels begin at the rounded one.
            let cells_per_pixel = 1.0 / (projection.cell * scale);
            let shift = (min - projection.rect.min * scale) * cells_per_pixel;
            let origin = projection.origin + shift;
            let floats = [min.x, min.y, max.x - min.x, max.y - min.y, origin.x, origin.y, cells_per_pixel];
            words.extend(floats.map(f32::to_bits));
            let own = flag(light.is_some(), FLAG_ANY_LIGHT) | flag(light.is_some_and(|light| light.asleep), FLAG_ASLEEP);
            let daylight = light.map_or(1.0, |light| light.daylight as f32);
            words.extend([self.side, size.0, size.1, *first, flags | own]);
            words.extend([self.outside, self.bare, self.heat_opacity.to_bits(), daylight.to_bits()]);
            words.extend([target[0] as f32, target[1] as f32].map(f32::to_bits));
            // A structure of the shader takes whole vectors of four.
            words.resize(words.len().next_multiple_of(VIEW_WORDS), 0);
        }
        words
    }
}

/// The pipeline, made when a map is first painted.
#[derive(Debug)]
struct Pipeline {
    pipeline: wgpu::RenderPipeline,
    /// For maps of scaled tiles.
    scaled: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
}

/// The format in which the window is painted; set once before anything is painted.
#[derive(Clone, Copy, Debug)]
pub struct TargetFormat(pub wgpu::TextureFormat);

/// Buffers of the panes.
#[derive(Debug, Default)]
struct Panes(BTreeMap<u64, Pane>);

#[derive(Debug)]
struct Pane {
    buffers: [Stored; 5],
    group: wgpu::BindGroup,
}

#[derive(Debug)]
struct Stored {
    buffer: wgpu::Buffer,
    version: u64,
}

impl Pipeline {
    fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Pipeline {
        let text = include_str!("../../../shaders/view/map.wgsl");
        let source = wgpu::ShaderSource::Wgsl(text.into());
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some("map"), source });
        let entry = |binding: u32| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only: true },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: [_; 5] = std::array::from_fn(|binding| entry(binding as u32));
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("map"), entries: &entries });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("map"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = |entry_point: &str| {
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some("map"),
                layout: Some(&pipeline_layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some("corner"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    buffers: &[],
                },
                primitive: wgpu::PrimitiveState {
                    topology: wgpu::PrimitiveTopology::TriangleStrip,
                    ..wgpu::PrimitiveState::default()
                },
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(entry_point),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    targets: &[Some(wgpu::ColorTargetState { format, blend: None, write_mask: wgpu::ColorWrites::ALL })],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        Pipeline { pipeline: pipeline("paint"), scaled: pipeline("paint_scaled"), layout }
    }
}

impl CallbackTrait for MapPaint {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let format = resources.get::<TargetFormat>().map_or(wgpu::TextureFormat::Rgba8Unorm, |format| format.0);
        let pipeline = resources.entry::<Pipeline>().or_insert_with(|| Pipeline::new(device, format));
        let layout = pipeline.layout.clone();
        let views = Uploaded { version: 0, words: self.view_words(screen.size_in_pixels).into() };
        let none = Uploaded { version: 0, words: [u32::MAX].into() };
        let wanted = [&views, &self.cells, self.heat.as_ref().unwrap_or(&none), &self.atlas, &self.ramp];
        let panes = resources.entry::<Panes>().or_insert_with(Panes::default);
        let keeps = |pane: &Pane| pane.buffers.iter().zip(wanted).all(|(kept, data)| kept.buffer.size() >= size(data));
        if !panes.0.get(&self.pane).is_some_and(keeps) {
            panes.0.insert(self.pane, Pane::new(device, &layout, wanted));
        }
        if let Some(pane) = panes.0.get_mut(&self.pane) {
            for (k, (kept, data)) in pane.buffers.iter_mut().zip(wanted).enumerate() {
                // Views are few words and change with every frame.
                if k == 0 || kept.version != data.version {
                    queue.write_buffer(&kept.buffer, 0, bytemuck::cast_slice(&data.words));
                    kept.version = data.version;
                }
            }
        }
        Vec::new()
    }

    fn paint(&self, info: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        let (Some(pipeline), Some(panes)) = (resources.get::<Pipeline>(), resources.get::<Panes>()) else { return };
        let Some(pane) = panes.0.get(&self.pane) else { return };
        // Positions are those of the whole target.
        let [width, height] = info.screen_size_px;
        pass.set_viewport(0.0, 0.0, width as f32, height as f32, 0.0, 1.0);
        pass.set_pipeline(if self.scaled { &pipeline.scaled } else { &pipeline.pipeline });
        pass.set_bind_group(0, &pane.group, &[]);
        pass.draw(0..4, 0..self.views.len() as u32);
    }
}

/// Bytes of the buffer for this data.
fn size(data: &Uploaded) -> u64 {
    // A buffer of no words cannot be bound.
    (4 * data.words.len() as u64).max(16)
}

impl Pane {
    fn new(device: &wgpu::Device, layout: &wgpu::BindGroupLayout, wanted: [&Uploaded; 5]) -> Pane {
        let buffers = wanted.map(|data| Stored {
            buffer: device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("map"),
                // Room to grow, so that a new tile does not need new buffers.
                size: size(data).next_power_of_two(),
                usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            version: u64::MAX,
        });
        let entries: [_; 5] = std::array::from_fn(|binding| wgpu::BindGroupEntry {
            binding: binding as u32,
            resource: buffers[binding].buffer.as_entire_binding(),
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor { label: Some("map"), layout, entries: &entries });
        Pane { buffers, group }
    }
}
