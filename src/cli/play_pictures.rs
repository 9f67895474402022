//! `play --headless`: pictures of every page of a study.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::drivers::quietly;
use super::global::Global;
use super::output;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::study::plan::StudyPlan;
use crate::viewer::{PlayPainter, draw_stages, pictures};

/// Size of a window and of pictures, in points.
pub const SIZE: (u32, u32) = (1600, 1000);

/// How the pictures are drawn.
#[derive(Clone, Debug)]
pub struct PictureArgs {
    /// Language of the pages.
    pub language: Option<String>,
    /// Pixels for each point.
    pub scale: f32,
    /// Size in points.
    pub size: (u32, u32),
}

/// Draws every page of a plan into files of `folder`.
pub fn draw(args: &PictureArgs, global: &Global, plan: &StudyPlan, folder: &Path) -> anyhow::Result<ExitCode> {
    if let Some(code) = args.language.as_ref().filter(|code| !plan.languages.contains(code)) {
        return Err(Error::Usage(format!("--language {code}: the plan has {}", plan.languages.join(", "))).into());
    }
    let gpu = Arc::new(quietly(global.verbose, || Gpu::open(global.adapter.as_deref())).map_err(Error::Gpu)?);
    let (width, height) = args.size;
    let size = [width, height].map(|side| (side as f32 * args.scale).round() as u32);
    let mut painter = PlayPainter::new(gpu, size, args.scale);
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    for (name, picture) in draw_stages(&mut painter, plan, args.language.as_deref())? {
        let path = folder.join(format!("{name}.png"));
        pictures::write(&path, &picture)?;
        if global.json {
            output::print(&format!(
                "{}\n",
                json!({ "file": path.display().to_string(), "width": picture.width, "height": picture.height })
            ))?;
        } else if global.quiet == 0 {
            output::print(&format!("{}: {} x {} pixels\n", path.display(), picture.width, picture.height))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
