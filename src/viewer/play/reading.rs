//! Pages to read: instructions, a break, the end, and what is shown when nothing can be recorded.

use std::sync::Arc;

use egui::{Align, Color32, Rect, Sense, TextureHandle, TextureOptions, Ui, pos2, vec2};

use super::legend::{LegendParts, legend_height, show_legend};
use super::legend_rows::LegendRow;
use super::look::{COLUMN, RADIUS, margin, tokens};
use super::page::{PageDrawing, frame, title};
use super::page_button::PageButton;
use super::rich;
use super::survey::back;
use super::words::Words;
use crate::study::plan::{InstructionPage, PagePicture};
use crate::study::session::{Input, PageView};
use crate::viewer::theme::{fonts, icons};

/// Highest picture on a page, in points.
const PICTURE: f32 = 360.0;
/// Smaller pictures than this are pixel art: they are shown in whole factors.
const ART: usize = 320;

/// A picture of a study, as a texture.
#[derive(Default)]
pub struct PageImages {
    known: Option<(Vec<u8>, Option<TextureHandle>)>,
}

impl std::fmt::Debug for PageImages {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PageImages({})", self.known.is_some())
    }
}

impl PageImages {
    fn of(&mut self, ui: &Ui, bytes: &[u8]) -> Option<TextureHandle> {
        if self.known.as_ref().is_none_or(|(known, _)| known != bytes) {
            let image = decode(bytes).map(|image| {
                let options = if image.size[0] < ART { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
                ui.ctx().load_texture("page", image, options)
            });
            self.known = Some((bytes.to_vec(), image));
        }
        self.known.as_ref().and_then(|(_, texture)| texture.clone())
    }
}

/// The pixels of a PNG file. None if it is none, or larger than anything that is shown.
fn decode(bytes: &[u8]) -> Option<egui::ColorImage> {
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: 1 << 26 });
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::STRIP_16 | png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size().filter(|size| *size <= 1 << 26)?];
    let info = reader.next_frame(&mut pixels).ok()?;
    let size = [info.width as usize, info.height as usize];
    let n = size[0] * size[1];
    let rgba: Vec<u8> = match info.color_type {
        png::ColorType::Rgba => pixels.get(..n * 4)?.to_vec(),
        png::ColorType::GrayscaleAlpha => pixels.get(..n * 2)?.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        _ => return None,
    };
    Some(egui::ColorImage::from_rgba_unmultiplied(size, &rgba))
}

/// Shows a picture in the column.
fn picture(ui: &mut Ui, texture: &TextureHandle) {
    let scale = ui.pixels_per_point();
    let size = texture.size_vec2() / scale;
    let most = (ui.available_width() / size.x).min(PICTURE / size.y);
    let factor = if texture.size()[0] < ART && most >= 1.0 { most.floor() } else { most.min(1.0) };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.y * factor), Sense::hover());
    let at = Rect::from_min_size(rect.min, size * factor);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture.id(), at, whole, Color32::WHITE);
    ui.add_space(24.0);
}

/// Draws a page of instructions. `rows` are the keys of the next play stage.
pub fn instructions(
    ui: &mut Ui,
    view: &PageView,
    page: &InstructionPage,
    (images, rows, parts): (&mut PageImages, &[LegendRow], &mut LegendParts),
    drawing: &mut PageDrawing,
) {
    let words = drawing.words;
    let body = |ui: &mut Ui, _: &mut PageDrawing| {
        let own = page.title.get(&view.language);
        title(ui, if own.trim().is_empty() { view.stage.title.get(&view.language) } else { own });
        match &page.picture {
            Some(PagePicture::Png(bytes)) => {
                if let Some(texture) = images.of(ui, bytes) {
                    picture(ui, &texture);
                }
            }
            Some(PagePicture::Keys) if !rows.is_empty() => keys(ui, rows, parts),
            _ => {}
        }
        rich::show(ui, page.text.get(&view.language), (18.0, 28.0));
    };
    let left = |ui: &mut Ui, drawing: &mut PageDrawing| back(ui, view, drawing);
    let right = |ui: &mut Ui, drawing: &mut PageDrawing| next(ui, words.next, true, drawing);
    frame(ui, view, drawing, body, (left, right));
}

/// The keys of the game on a card.
fn keys(ui: &mut Ui, rows: &[LegendRow], parts: &mut LegendParts) {
    let inner = ui.available_width() - 48.0;
    let height = legend_height(rows, inner);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height + 48.0), Sense::hover());
    ui.painter().rect_filled(rect, RADIUS, tokens().bg2);
    show_legend(ui, rect.shrink(24.0), rows, parts);
    ui.add_space(24.0);
}

fn next(ui: &mut Ui, words: &str, enabled: bool, drawing: &mut PageDrawing) {
    let free = ui.memory(|memory| memory.focused().is_none());
    let focus = enabled && (drawing.takes_focus() || free && ui.input(|input| input.focused));
    let button = PageButton { after: Some(icons::ARROW_RIGHT), enabled, focus, ..PageButton::primary(words) };
    if button.show(ui).clicked() {
        drawing.inputs.push(Input::Next);
    }
}

/// Draws a break of at least some time.
pub fn rest(ui: &mut Ui, view: &PageView, drawing: &mut PageDrawing) {
    let words = drawing.words;
    let body = |ui: &mut Ui, _: &mut PageDrawing| {
        title(ui, view.stage.title.get(&view.language));
        rich::show(ui, view.stage.text.get(&view.language), (18.0, 28.0));
        ui.add_space(24.0);
        let said = match view.wait {
            Some(seconds) => words.break_left.replace("{n}", &seconds.to_string()),
            None => words.break_over.to_string(),
        };
        rich::show_line(ui, &said, (fonts::page_strong(18.0), 28.0), tokens().t1);
    };
    let right = |ui: &mut Ui, drawing: &mut PageDrawing| next(ui, words.next, view.wait.is_none(), drawing);
    frame(ui, view, drawing, body, (|_: &mut Ui, _: &mut PageDrawing| {}, right));
}

/// Draws the last page.
pub fn end(ui: &mut Ui, view: &PageView, drawing: &mut PageDrawing) {
    let words = drawing.words;
    let body = |ui: &mut Ui, _: &mut PageDrawing| {
        title(ui, view.stage.title.get(&view.language));
        rich::show(ui, view.stage.text.get(&view.language), (18.0, 28.0));
    };
    let right = |ui: &mut Ui, drawing: &mut PageDrawing| next(ui, words.finish, true, drawing);
    frame(ui, view, drawing, body, (|_: &mut Ui, _: &mut PageDrawing| {}, right));
}

/// Says calmly that nothing can be recorded now.
pub fn trouble(ui: &mut Ui, details: &str, words: &Words) {
    let rect = ui.max_rect();
    let width = (rect.width() - 2.0 * margin(rect.height())).clamp(100.0, COLUMN);
    let column = Rect::from_min_size(
        pos2(rect.center().x - width / 2.0, rect.top() + rect.height() * 0.3),
        vec2(width, rect.height() * 0.6),
    );
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(column).layout(egui::Layout::top_down(Align::LEFT)));
    title(&mut ui, words.trouble);
    rich::show_paragraph(&mut ui, words.trouble_call, (18.0, 28.0), tokens().t1);
    ui.add_space(48.0);
    let shown: String = details.chars().take(400).collect();
    rich::show_paragraph(&mut ui, &format!("{} {shown}", words.for_experimenter), (14.0, 20.0), tokens().t3);
}

/// A texture of the picture of a game, which is loaded when the picture changes.
#[derive(Default)]
pub struct GameTexture {
    known: Option<(Arc<crate::envs::Picture>, TextureHandle)>,
}

impl std::fmt::Debug for GameTexture {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "GameTexture({})", self.known.is_some())
    }
}

impl GameTexture {
    /// The texture of a picture; smooth if it is shown smaller than it is.
    pub fn of(&mut self, ui: &Ui, picture: &Arc<crate::envs::Picture>, smooth: bool) -> TextureHandle {
        if let Some((known, texture)) = &self.known
            && Arc::ptr_eq(known, picture)
        {
            return texture.clone();
        }
        let size = [picture.width as usize, picture.height as usize];
        let image = egui::ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        let options = if smooth { TextureOptions::LINEAR } else { TextureOptions::NEAREST };
        let texture = match self.known.take() {
            Some((_, mut texture)) => {
                texture.set(image, options);
                texture
            }
            None => ui.ctx().load_texture("game", image, options),
        };
        self.known = Some((picture.clone(), texture.clone()));
        texture
    }
}
