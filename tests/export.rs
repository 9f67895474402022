//! `export`: files are read back with decoders and compared with the recording; refusals; interruption.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use explorarium::envs::Light;
use explorarium::export::{Apng, Encoder, FrameFormat, FrameOptions, Frames, Gif, HeatOf, Selection, Window};
use explorarium::maps::recorded_visits;
use explorarium::scene::{Scale, Theme};
use explorarium::traces::Cursor;
use explorarium::traces::cursor::CursorOptions;

use super::cursor::record;
use super::files::{Folder, outcome, program};

fn open(path: &str) -> Cursor {
    Cursor::open(Path::new(path), &CursorOptions { background: false, ..CursorOptions::default() }).expect("opens")
}

fn options() -> FrameOptions {
    FrameOptions {
        tile: 8,
        window: Window::Map,
        light: Light::Now,
        theme: Theme::Dark,
        trail: false,
        field_of_view: false,
        terrain_only: false,
        heat: None,
        every: 1,
    }
}

/// All frames of an episode as three bytes a pixel, and their size.
fn frames(run: &str, selection: Selection, options: FrameOptions) -> (Vec<Vec<u8>>, (u32, u32)) {
    let (mut cursor, stop) = (open(run), AtomicBool::new(false));
    let episode = selection.episode(&cursor).expect("an episode");
    let span = selection.in_episode(&episode).expect("steps");
    let mut frames = Frames::new(&mut cursor, &episode, span, options, &stop).expect("frames");
    let (total, mut all, mut size) = (frames.total(), Vec::new(), (0, 0));
    while let Some(frame) = frames.next(&stop).expect("a frame") {
        size = (frame.picture.width, frame.picture.height);
        all.push(frame.picture.rgba.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect());
    }
    assert_eq!(all.len() as u64, total);
    (all, size)
}

/// Puts a rectangle of `rgba` or `rgb` pixels into a canvas of three bytes a pixel.
fn put(canvas: &mut [u8], width: u32, (left, top, columns): (u32, u32, u32), pixels: &[u8], channels: usize) {
    for (k, pixel) in pixels.chunks_exact(channels).enumerate() {
        let (x, y) = (left + k as u32 % columns, top + k as u32 / columns);
        canvas[((y * width + x) * 3) as usize..][..3].copy_from_slice(&pixel[..3]);
    }
}

fn encoded(mut encoder: Box<dyn Encoder + '_>, frames: &[Vec<u8>]) {
    frames.iter().for_each(|frame| encoder.frame(frame).expect("a frame"));
    encoder.finish().expect("finished");
}

/// What a viewer of the GIF shows, frame by frame, and the hundredths of a second that each lasts.
fn decoded_gif(bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u16>) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).expect("a GIF");
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    let (mut canvas, mut shown, mut delays) = (vec![0; (width * height * 3) as usize], Vec::new(), Vec::new());
    while let Some(frame) = decoder.read_next_frame().expect("a frame") {
        put(&mut canvas, width, (frame.left.into(), frame.top.into(), frame.width.into()), &frame.buffer, 4);
        shown.push(canvas.clone());
        delays.push(frame.delay);
    }
    (shown, delays)
}

fn decoded_apng(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let (width, height) = reader.info().size();
    let count = reader.info().animation_control().expect("an animation").num_frames;
    let (mut canvas, mut shown) = (vec![0; (width * height * 3) as usize], Vec::new());
    let mut buffer = vec![0; reader.output_buffer_size().expect("a size")];
    for _ in 0..count {
        reader.next_frame(&mut buffer).expect("a frame");
        let at = *reader.info().frame_control().expect("a place");
        let pixels = &buffer[..(at.width * at.height * 3) as usize];
        put(&mut canvas, width, (at.x_offset, at.y_offset, at.width), pixels, 3);
        shown.push(canvas.clone());
    }
    shown
}

#[test]
fn animations_hold_every_pixel_of_every_frame() {
    let folder = Folder::new("export-animations");
    for (k, (id, few)) in [("MiniGrid-DoorKey-6x6-v0", true), ("gridlab/keys", true), ("crafter", false)].into_iter().enumerate()
    {
        let run = record(&folder, &format!("run-{k}"), &[id, "--num-envs", "1", "--steps", "60"]);
        let (all, (width, height)) = frames(&run, Selection::default(), options());
        assert!(all.len() > 10 && all.windows(2).any(|pair| pair[0] != pair[1]), "{id}: {} frames", all.len());
        let format = FrameFormat { width, height, frames: all.len() as u32, fps: 30.0 };
        let mut file = Vec::new();
        encoded(Box::new(Apng::new(&mut file, format, "").expect("begun")), &all);
        assert!(decoded_apng(&file) == all, "{id}: APNG");
        let mut file = Vec::new();
        let mut gif = Box::new(Gif::new(&mut file, format).expect("begun"));
        all.iter().for_each(|frame| gif.frame(frame).expect("a frame"));
        let rounded = gif.quantized();
        gif.finish().expect("finished");
        let (shown, delays) = decoded_gif(&file);
        assert_eq!(shown.len(), all.len(), "{id}");
        assert!(!few || rounded == 0, "{id}: {rounded} frames");
        assert_eq!(rounded == 0, shown == all, "{id}: GIF");
        // 30 frames a second are 3, 4, 3, 3, 4, 3 ... hundredths.
        let sum: u32 = delays.iter().map(|delay| u32::from(*delay)).sum();
        assert_eq!(sum, (100.0 * all.len() as f64 / 30.0).round() as u32, "{id}");
    }
    let format = FrameFormat { width: 2, height: 1, frames: 1, fps: 51.0 };
    assert!(Gif::new(Vec::new(), format).expect_err("too fast").to_string().contains("up to 50"));
    let mut gif = Gif::new(Vec::new(), FrameFormat { fps: 10.0, ..format }).expect("begun");
    assert!(gif.frame(&[0; 5]).is_err(), "another size");
    // 257 colours are one too many.
    let colours = |n: u32| -> Vec<u8> { (0..n).flat_map(|k| [(k % 256) as u8, (k / 256) as u8, 7]).collect() };
    for (n, rounded) in [(256, 0), (257, 1)] {
        let mut gif = Gif::new(Vec::new(), FrameFormat { width: n, fps: 10.0, ..format }).expect("begun");
        gif.frame(&colours(n)).expect("a frame");
        assert_eq!(gif.quantized(), rounded, "{n} colours");
    }
}

/// The heat of the last frame of a run's only episode is the map of visits of the run; its scale begins at 1.
#[test]
fn heat_counts_what_maps_count() {
    let folder = Folder::new("export-heat");
    let run = record(&folder, "run", &["gridlab/four-rooms", "--num-envs", "1", "--steps", "80", "--bonus", "count:position"]);
    let heated = FrameOptions { heat: Some((HeatOf::Visits, Scale::Log)), ..options() };
    let (mut cursor, stop) = (open(&run), AtomicBool::new(false));
    let episode = cursor.episodes(0).expect("episodes")[0].clone();
    assert_eq!((cursor.episodes(0).expect("episodes").len(), episode.steps), (1, 80), "one episode");
    let span = Selection::default().in_episode(&episode).expect("all");
    let visits = recorded_visits(Path::new(&run), &stop).expect("a map");
    let range = visits.range().expect("values");
    let drawn = Frames::new(&mut cursor, &episode, span, heated, &stop).expect("frames");
    let scale = drawn.scale().expect("a scale");
    assert_eq!((scale.min, scale.max), (1.0, range.max), "{range:?}");
    assert!(scale.max > 2.0);
    // A bonus: 1 / sqrt(n), so all means lie in (0, 1].
    let bonus = FrameOptions { heat: Some((HeatOf::Bonus("bonus_count".into()), Scale::Linear)), ..options() };
    let drawn = Frames::new(&mut cursor, &episode, span, bonus, &stop).expect("frames");
    let (min, max) = drawn.scale().map(|scale| (scale.min, scale.max)).expect("a scale");
    assert!(0.0 < min && min < max && max <= 1.0, "{min} {max}");
    let unknown = FrameOptions { heat: Some((HeatOf::Bonus("bonus_knn".into()), Scale::Linear)), ..options() };
    let error = Frames::new(&mut cursor, &episode, span, unknown, &stop).expect_err("not recorded").to_string();
    assert!(error.contains("bonus_knn") && error.contains("bonus_count"), "{error}");
}

/// Frames of some steps are those of the whole episode there, whatever is left out between them.
#[test]
fn a_range_shows_what_the_whole_shows_there() {
    let folder = Folder::new("export-range");
    let run = record(&folder, "run", &["crafter", "--num-envs", "2", "--record", "1", "--steps", "120"]);
    let layers = FrameOptions { trail: true, field_of_view: true, ..options() };
    let (all, _) = frames(&run, Selection::default(), layers.clone());
    let some = Selection { instance: Some(1), episode: Some(1), steps: Some((20, 47)) };
    let (part, _) = frames(&run, some, FrameOptions { every: 10, ..layers });
    let expected: Vec<&Vec<u8>> = [20, 30, 40, 47].iter().map(|step| &all[*step]).collect();
    assert!(part.iter().eq(expected));
}

#[test]
fn tables_hold_the_recorded_rows() {
    let folder = Folder::new("export-tables");
    let run =
        record(&folder, "run", &["gridlab/keys", "--num-envs", "3", "--record", "0,2", "--steps", "900", "--bonus", "count"]);
    let (csv, parquet, part) = (folder.join("a.csv"), folder.join("a.parquet"), folder.join("part.csv"));
    for file in [&csv, &parquet] {
        let (code, out, err) = outcome(&["export", &run, "-o", file, "-q"]);
        assert!(code == 0 && out.contains("rows"), "{out}{err}");
    }
    let (mut own, mut copy) = (open(&run), open(&parquet));
    let text = std::fs::read_to_string(&csv).expect("a table");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let mut next = 1;
    for instance in [0, 2] {
        let rows = own.rows(instance).expect("recorded");
        assert_eq!(copy.rows(instance).expect("exported"), rows);
        for row in 0..rows {
            let recorded = own.recorded_rows(instance, row, 1).expect("a row");
            let schema = recorded.schema();
            assert_eq!(copy.recorded_rows(instance, row, 1).expect("a row").columns(), recorded.columns(), "{instance} {row}");
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            assert_eq!(lines[0], names);
            for (name, field) in names.iter().zip(&lines[next]) {
                let column = recorded.column_by_name(name).expect("there");
                let said = explorarium::traces::at(&**column, 0);
                let read = match said {
                    explorarium::traces::Value::Null => field.is_empty(),
                    explorarium::traces::Value::Whole(whole) => field.parse() == Ok(whole),
                    explorarium::traces::Value::Real(real) => field.parse::<f64>().is_ok_and(|f| f as f32 == real as f32),
                    _ => false,
                };
                assert!(read, "{name}: {field} for {said:?}");
            }
            next += 1;
        }
    }
    assert_eq!(lines.len(), next);
    let some = ["export", &run, "-o", &part, "--instance", "2", "--episode", "1", "--steps", "3..5", "-q"];
    assert_eq!(outcome(&some).0, 0);
    let part = std::fs::read_to_string(&part).expect("a table");
    let chosen: Vec<&str> =
        text.lines().filter(|line| ["2,1,3,", "2,1,4,", "2,1,5,"].iter().any(|begin| line.starts_with(begin))).collect();
    assert_eq!(part.lines().skip(1).collect::<Vec<_>>(), chosen);
    assert_eq!(chosen.len(), 3);
}

/// Frames are piped as they are: a stand-in for ffmpeg keeps what it reads.
#[cfg(unix)]
#[test]
fn videos_are_piped_to_ffmpeg() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("export-video");
    let run = record(&folder, "run", &["MiniGrid-Empty-5x5-v0", "--num-envs", "1", "--steps", "30"]);
    let bin = folder.join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let stand_in = |script: &str| {
        let path = Path::new(&bin).join("ffmpeg");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("may run");
    };
    let export = |path: &str, to: &str| {
        let done = program(&["export", &run, "-o", to, "--no-legend", "--tile", "8"]).env("PATH", path).output().expect("runs");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (video, path) = (folder.join("a.mp4"), format!("{bin}:/usr/bin:/bin"));
    stand_in("for last; do :; done; cat > \"$last\"; echo \"$*\" > \"$0.args\"");
    assert_eq!(export(&path, &video), (Some(0), String::new()));
    let (all, (width, height)) = frames(&run, Selection::default(), options());
    assert!(std::fs::read(&video).expect("there") == all.concat(), "every byte of every frame");
    let args = std::fs::read_to_string(Path::new(&bin).join("ffmpeg.args")).expect("called");
    assert!(args.contains(&format!("-s {width}x{height} -r 10 ")), "{args}");
    // It fails at the end, or before it has read everything: nothing is left, and its words are shown.
    for script in ["cat > /dev/null; echo 'no such codec' >&2; exit 1", "echo 'no such codec' >&2; exit 1"] {
        stand_in(script);
        let failed = folder.join("failed.mp4");
        let (code, err) = export(&path, &failed);
        assert!(code == Some(1) && err.contains("no such codec"), "{code:?} {err}");
        assert!(
            std::fs::read_dir(folder.join(""))
                .expect("a folder")
                .all(|entry| { !entry.expect("an entry").file_name().to_string_lossy().contains("failed") })
        );
    }
    let (code, err) = export("/nowhere", &folder.join("none.mp4"));
    assert!(code == Some(2) && err.contains("install ffmpeg") && err.contains(".gif"), "{code:?} {err}");
}

#[test]
fn what_cannot_be_exported_is_refused_and_nothing_is_lost() {
    let folder = Folder::new("export-refused");
    let run = record(&folder, "run", &["crafter", "--num-envs", "2", "--steps", "60", "--bonus", "count"]);
    let (there, new) = (folder.join("there.gif"), |name: &str| folder.join(name));
    std::fs::write(&there, "mine").expect("written");
    let trace = format!("{run}/traces/part-00000.parquet");
    let before = std::fs::read(&trace).expect("a trace");
    let gif = new("a.gif");
    for (args, why) in [
        (vec!["-o", &there], "exists; choose another file"),
        (vec!["-o", &trace, "--force"], "belongs to the recording"),
        (vec!["-o", &new("a.xyz")], "the name ends in .gif"),
        (vec!["-o", &new("no/where.gif")], "there is no folder"),
        (vec!["-o", &new("a.png")], "give --at"),
        (vec!["-o", &new("a.png"), "--at", "99"], "instance 0 has episodes 1 to 1; no episode with a step 99"),
        (vec!["-o", &gif, "--instance", "1"], "1"),
        (vec!["-o", &gif, "--episode", "7"], "no episode 7"),
        (vec!["-o", &gif, "--steps", "9..5"], "runs backwards"),
        (vec!["-o", &gif, "--steps", "5..400"], "has steps 0 to 30, not 5 to 400"),
        (vec!["-o", &gif, "--layers", "visits,count"], "only one"),
        (vec!["-o", &gif, "--layers", "trail,trail"], "there twice"),
        (vec!["-o", &gif, "--layers", "trial"], "bonus_trial"),
        (vec!["-o", &gif, "--layers", "trail", "--window", "agent"], "over the map"),
        (vec!["-o", &gif, "--scale", "rank"], "without heat"),
        (vec!["-o", &gif, "--fps", "60"], "up to 50"),
        (vec!["-o", &gif, "--fps", "0"], "above 0"),
        (vec!["-o", &gif, "--tile", "257"], "1 to 256"),
        (vec!["-o", &new("a.csv"), "--tile", "8"], "--tile means nothing for a table"),
        (vec!["-o", &new("a.png"), "--at", "3", "--fps", "8"], "--fps means nothing for one picture"),
    ] {
        let (code, _, err) = outcome(&[&["export", &run], &args[..]].concat());
        assert!(code == 2 && err.contains(why), "{args:?}: {code} {err}");
    }
    assert_eq!(std::fs::read_to_string(&there).expect("there"), "mine");
    assert_eq!(std::fs::read(&trace).expect("a trace"), before);
    let files = |folder: &str| std::fs::read_dir(folder).expect("a folder").count();
    assert_eq!(files(&folder.join("")), 2, "nothing else was written");
    let (code, out, err) = outcome(&["export", &run, "-o", &there, "--force", "--steps", "0..3", "--json"]);
    assert!(code == 0 && out.contains("\"frames\": 4"), "{out}{err}");
    let (code, _, err) = outcome(&["export", &folder.join("nothing"), "-o", &gif]);
    assert!(code != 0 && err.contains("nothing"), "{err}");
}

/// A table of another program's rows can be exported; a picture cannot, since its world is not known.
#[test]
fn rows_of_another_program_are_a_table() {
    let folder = Folder::new("export-foreign");
    let run = record(&folder, "run", &["gridlab/keys", "--num-envs", "1", "--steps", "40"]);
    let (foreign, again) = (folder.join("foreign.parquet"), folder.join("again.csv"));
    assert_eq!(outcome(&["export", &run, "-o", &foreign]).0, 0);
    let (code, _, err) = outcome(&["export", &foreign, "-o", &folder.join("a.gif")]);
    assert!(code == 2 && err.contains("its world is not known"), "{code} {err}");
    assert_eq!(outcome(&["export", &foreign, "-o", &again]).0, 0);
    assert_eq!(std::fs::read_to_string(&again).expect("a table").lines().count() as u64, open(&run).rows(0).expect("rows") + 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_nothing() {
    let folder = Folder::new("export-stopped");
    let run = record(&folder, "run", &["crafter", "--num-envs", "1", "--steps", "4000"]);
    let file = folder.join("a.apng");
    let episodes =
        open(&run).episodes(0).expect("episodes").iter().max_by_key(|e| e.steps).map(|e| e.episode).expect("one").to_string();
    let mut child = program(&["export", &run, "-o", &file, "--episode", &episodes, "--tile", "48", "--layers", "trail,visits"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let unfinished = || std::fs::read_dir(folder.join("")).expect("a folder").count() > 1;
    while !unfinished() && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs").success());
    let done = child.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(130), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!unfinished(), "only the run is left");
}
