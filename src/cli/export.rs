//! `export`: recorded play as pictures, animations, videos and tables.

use std::fs::File;
use std::io::BufWriter;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::export_args::{Args, Kind};
use super::export_canvas::Canvas;
use super::global::Global;
use super::output;
use super::stop::Stop;
use super::watch::Watch;
use crate::error::{Error, Result};
use crate::export::{Apng, Encoder, FrameFormat, Frames, Gif, Still, Video, write_csv, write_parquet};
use crate::files::{write_atomic, write_atomic_by};
use crate::runs::RunPhase;
use crate::traces::Cursor;
use crate::traces::cursor::CursorOptions;

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let kind = args.kind()?;
    args.check_kind(kind)?;
    args.check_output()?;
    let stop = Stop::listen(global.quiet > 0)?;
    stop.set_doing(RunPhase::Steps);
    stop.set_advice("an unfinished file is not kept: nothing was written".to_string());
    let done = match kind {
        Kind::Csv | Kind::Parquet => table(args, kind, global, stop.asked()),
        _ => pictures(args, kind, global, stop.asked()),
    };
    let done = match done {
        Err(Error::Interrupted) => {
            if global.quiet == 0 {
                output::note(&stop.farewell());
            }
            return Ok(ExitCode::from(Error::Interrupted.exit_code()));
        }
        done => done?,
    };
    let text = if global.json { serde_json::to_string_pretty(&done.json)? + "\n" } else { done.text };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What was written.
struct Done {
    json: serde_json::Value,
    text: String,
}

/// Every row is reached from the one before it.
fn open(args: &Args) -> Result<Cursor> {
    Cursor::open(&args.source, &CursorOptions { background: false, ..CursorOptions::default() })
}

fn table(args: &Args, kind: Kind, global: &Global, stop: &AtomicBool) -> Result<Done> {
    let mut cursor = open(args)?;
    let spans = args.selection().spans(&cursor)?;
    let rows: u64 = spans.iter().map(|span| span.rows).sum();
    let watch = Watch::new(global, rows, "rows");
    write_atomic(&args.output, |file| {
        let write = if kind == Kind::Csv { write_csv } else { write_parquet };
        write(&mut cursor, &spans, file, stop, &mut |n| watch.done(n)).map_err(|e| at_output(args, e))
    })?;
    watch.finish();
    let path = args.output.display();
    Ok(Done { json: json!({ "file": path.to_string(), "rows": rows }), text: format!("{path}: {rows} rows\n") })
}

fn pictures(args: &Args, kind: Kind, global: &Global, stop: &AtomicBool) -> Result<Done> {
    let options = args.options()?;
    let mut cursor = open(args)?;
    let Some(id) = cursor.world().map(|world| world.spec().id.clone()) else {
        let path = args.source.display();
        return Err(Error::Usage(format!("{path}: another program wrote it, so its world is not known; tables can be exported")));
    };
    let selection = args.selection();
    let episode = selection.episode(&cursor)?;
    let span = selection.in_episode(&episode)?;
    let mut frames = Frames::new(&mut cursor, &episode, span, options.clone(), stop)?;
    let total = frames.total();
    let count = u32::try_from(total).map_err(|_| Error::Usage(format!("{total} frames are too many; give --every")))?;
    let canvas = Canvas::new(args, &id, &options, &frames);
    let Some(first) = frames.next(stop)? else { return Err(Error::Usage("no step to show".to_string())) };
    let (mut rgb, (width, height)) = canvas.drawn(&first)?;
    let format = FrameFormat { width, height, frames: count, fps: args.fps() };
    let watch = Watch::new(global, total, "frames");
    let written = write(args, kind, format, &canvas.about(), &mut |encoder| {
        encoder.frame(&rgb)?;
        watch.done(1);
        while let Some(frame) = frames.next(stop)? {
            rgb = canvas.drawn(&frame)?.0;
            encoder.frame(&rgb)?;
            watch.done(1);
        }
        Ok(())
    });
    watch.finish();
    let (rounded, path, about) = (written?, args.output.display(), canvas.about());
    let frames = if total == 1 { String::new() } else { format!("{total} frames of ") };
    let mut text = format!("{path}: {frames}{width} x {height} pixels; {about}\n");
    if rounded > 0 {
        text += &format!("{rounded} frames have more than 256 colours, which a GIF rounds; .apng keeps them\n");
    }
    let json = json!({
        "file": path.to_string(), "frames": total, "width": width, "height": height, "fps": (total > 1).then_some(format.fps),
        "instance": span.instance, "episode": episode.episode, "about": about, "rounded_frames": rounded,
    });
    Ok(Done { json, text })
}

/// Gives an encoder all frames.
type Encode<'a> = &'a mut dyn FnMut(&mut dyn Encoder) -> Result<()>;

/// Writes the file; returns the number of frames whose colours were rounded.
fn write(args: &Args, kind: Kind, format: FrameFormat, about: &str, encode: Encode) -> Result<u32> {
    if kind == Kind::Mp4 {
        return write_atomic_by(&args.output, |path| {
            let mut video = Box::new(Video::new(path, format)?);
            encode(&mut *video)?;
            video.finish()
        })
        .map(|()| 0);
    }
    let mut rounded = 0;
    write_atomic(&args.output, |file| {
        let done = encode_into(BufWriter::new(file), kind, format, about, encode);
        rounded = done.map_err(|e| at_output(args, e))?;
        Ok(())
    })?;
    Ok(rounded)
}

fn encode_into(out: BufWriter<&mut File>, kind: Kind, format: FrameFormat, about: &str, encode: Encode) -> Result<u32> {
    match kind {
        Kind::Gif => {
            let mut gif = Box::new(Gif::new(out, format)?);
            encode(&mut *gif)?;
            let rounded = gif.quantized();
            gif.finish().map(|()| rounded)
        }
        Kind::Apng => {
            let mut apng = Box::new(Apng::new(out, format, about)?);
            encode(&mut *apng)?;
            apng.finish().map(|()| 0)
        }
        _ => {
            let mut still = Box::new(Still::new(out, format, about));
            encode(&mut *still)?;
            still.finish().map(|()| 0)
        }
    }
}

/// With the path of the output where the encoder did not know it.
fn at_output(args: &Args, error: Error) -> Error {
    match error {
        Error::Io { path, source } if !path.exists() => Error::io(&args.output, source),
        other => other,
    }
}
