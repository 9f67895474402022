//! Opacity of each pixel of a picture, for lines that cross: they are mixed in once, however many of them cover a pixel.

use super::theme::mixed;
use crate::envs::Picture;
use crate::envs::shared::picture::Rgb;

/// Opacity of each pixel, 0 to 1.
#[derive(Debug)]
pub struct Mask {
    width: u32,
    height: u32,
    opacity: Vec<f32>,
}

impl Mask {
    /// Nothing is covered.
    pub fn new(width: u32, height: u32) -> Mask {
        Mask { width, height, opacity: vec![0.0; width as usize * height as usize] }
    }

    /// Covers a rectangle, from the upper left up to but without the lower right; what is outside the picture is left out.
    pub fn rectangle(&mut self, (left, top): (i64, i64), (right, bottom): (i64, i64), opacity: f32) {
        let clip = |at: i64, end: u32| at.clamp(0, i64::from(end)) as usize;
        let (left, right) = (clip(left, self.width), clip(right, self.width));
        for y in clip(top, self.height)..clip(bottom, self.height) {
            for covered in &mut self.opacity[y * self.width as usize..][left..right.max(left)] {
                *covered = covered.max(opacity);
            }
        }
    }

    /// Mixes a colour into the covered pixels.
    pub fn paint(&self, picture: &mut Picture, colour: Rgb) {
        for (pixel, opacity) in picture.rgba.as_chunks_mut::<4>().0.iter_mut().zip(&self.opacity).filter(|(_, o)| **o > 0.0) {
            let [r, g, b, _] = *pixel;
            let [r, g, b] = mixed([r, g, b], colour, *opacity);
            *pixel = [r, g, b, 255];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_rectangles_are_mixed_in_once() {
        let mut picture = Picture { width: 4, height: 3, rgba: [0, 0, 0, 255].repeat(12) };
        let mut mask = Mask::new(4, 3);
        mask.rectangle((-5, 1), (3, 2), 0.5);
        mask.rectangle((2, 0), (3, 99), 0.25);
        mask.rectangle((3, 3), (1, 1), 1.0);
        mask.paint(&mut picture, [200; 3]);
        let red: Vec<u8> = picture.rgba.iter().step_by(4).copied().collect();
        assert_eq!(red, [0, 0, 50, 0, 100, 100, 100, 0, 0, 0, 50, 0]);
    }
}
