//! Paths that are written in the palette: what lies in a folder, and what of it can be opened.

use std::path::{Path, PathBuf};

/// Entries of a folder that are looked at.
const MOST: usize = 10_000;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A run folder.
    Run,
    /// The folder of a sweep.
    Sweep,
    /// A folder of traces.
    Traces,
    /// A trace file.
    File,
    /// A scenario or an ASCII world, which can be painted.
    Document,
    /// Another folder.
    Folder,
}

impl PathKind {
    /// What it is, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            PathKind::Run => "Run folder",
            PathKind::Sweep => "Sweep",
            PathKind::Traces => "Folder of traces",
            PathKind::File => "Trace",
            PathKind::Document => "Scenario or world, opens in Edit",
            PathKind::Folder => "Folder",
        }
    }

    fn of(path: &Path) -> Option<PathKind> {
        if !path.is_dir() {
            if path.file_name().is_some_and(|name| name == "run.toml" || name == "sweep.toml") {
                return None;
            }
            return match path.extension()?.to_str()? {
                "parquet" => Some(PathKind::File),
                "json" | "toml" => Some(PathKind::Document),
                _ => None,
            };
        }
        Some(match () {
            () if path.join("sweep.toml").exists() => PathKind::Sweep,
            () if path.join("run.toml").exists() => PathKind::Run,
            () if path.file_name().is_some_and(|name| name == "traces") => PathKind::Traces,
            () => PathKind::Folder,
        })
    }
}

/// The folder of the path that is being written, and what in it begins as it does.
#[derive(Clone, Debug, Default)]
pub struct PathList {
    /// The text that it is of.
    text: String,
    /// Paths as they are written, and what they are.
    pub found: Vec<(String, PathKind)>,
    /// Why the folder cannot be read, or that it is not shown whole.
    pub note: Option<String>,
}

/// Whether a text is a path.
pub fn is_path(text: &str) -> bool {
    let drive = text.as_bytes().get(1) == Some(&b':') && text.starts_with(|c: char| c.is_ascii_alphabetic());
    ["/", "./", "../", "~", "\\\\"].iter().any(|begin| text.starts_with(begin)) || drive && cfg!(windows)
}

/// The path that a text names; `~` is the folder of the user.
pub fn path_of(text: &str) -> PathBuf {
    match (text.strip_prefix('~'), dirs::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(text),
    }
}

impl PathList {
    /// Reads the folder that `text` is in, if the text is another one.
    pub fn update(&mut self, text: &str) {
        if self.text == text {
            return;
        }
        *self = PathList { text: text.to_string(), ..PathList::default() };
        let at = text.rfind(['/', '\\']).map_or(text.len(), |at| at + 1);
        let (folder, begin) = text.split_at(at);
        let whole = path_of(folder);
        // A folder that can be opened comes before what lies in it.
        let itself = PathKind::of(&whole).filter(|kind| begin.is_empty() && *kind != PathKind::Folder);
        self.found.extend(itself.map(|kind| (folder.to_string(), kind)));
        let entries = match std::fs::read_dir(&whole) {
            Ok(entries) => entries,
            Err(why) => return self.note = Some(format!("{}: {why}", whole.display())),
        };
        let mut names: Vec<String> =
            entries.take(MOST + 1).flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        if names.len() > MOST {
            self.note = Some(format!("Only {MOST} entries of this folder are listed."));
            names.truncate(MOST);
        }
        let begin = begin.to_lowercase();
        names.retain(|name| name.to_lowercase().starts_with(&begin) && (begin.starts_with('.') || !name.starts_with('.')));
        names.sort_unstable();
        let kind = |name: &String| Some((format!("{folder}{name}"), PathKind::of(&whole.join(name))?));
        self.found.extend(names.iter().filter_map(kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_as_they_are_written() {
        let base = std::env::temp_dir().join(format!("explorarium-paths-{}", std::process::id()));
        for folder in ["runs/a/traces", "runs/b", "runs/.hidden", "other"] {
            std::fs::create_dir_all(base.join(folder)).expect("a folder");
        }
        for file in ["runs/a/run.toml", "runs/b/sweep.toml", "runs/c.parquet", "runs/notes.txt", "runs/night.json"] {
            std::fs::write(base.join(file), "").expect("a file");
        }
        let list = |text: &str| {
            let mut list = PathList::default();
            list.update(&format!("{}/{text}", base.display()));
            let short = |path: &String| path.trim_start_matches(&*base.to_string_lossy()).to_string();
            list.found.iter().map(|(path, kind)| (short(path), *kind)).collect::<Vec<_>>()
        };
        use PathKind::{Document, File, Folder, Run, Sweep, Traces};
        let of = |all: &[(&str, PathKind)]| all.iter().map(|(path, kind)| (path.to_string(), *kind)).collect::<Vec<_>>();
        assert_eq!(list(""), of(&[("/other", Folder), ("/runs", Folder)]));
        assert_eq!(
            list("runs/"),
            of(&[("/runs/a", Run), ("/runs/b", Sweep), ("/runs/c.parquet", File), ("/runs/night.json", Document)])
        );
        assert_eq!(list("runs/A"), of(&[("/runs/a", Run)]));
        assert_eq!(list("runs/a/"), of(&[("/runs/a/", Run), ("/runs/a/traces", Traces)]));
        assert_eq!(list("runs/.h"), of(&[("/runs/.hidden", Folder)]));
        let mut gone = PathList::default();
        gone.update(&format!("{}/gone/", base.display()));
        assert!(gone.found.is_empty() && gone.note.is_some());
        std::fs::remove_dir_all(base).expect("a folder");
        assert!(is_path("./a") && is_path("/") && is_path("~/x") && !is_path("fit the map") && !is_path(">a"));
    }
}
