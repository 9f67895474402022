//! WGSL text composed from files. Each `#import path` line is replaced by the file, once per file. The place of every line is stored.

use super::{GpuError, Result};

/// Name of an environment variable. If it is set, the texts of all kernels are written to the folder that it names.
const DUMP: &str = "EXPLORARIUM_SHADER_DUMP";

/// How a kernel accesses a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// `var<storage, read>`.
    Read,
    /// `var<storage, read_write>`.
    ReadWrite,
}

/// A storage buffer that a kernel declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// N of `@binding(N)`, in group 0.
    pub index: u32,
    /// Name of the variable in the WGSL text.
    pub name: String,
    /// Access mode of the declaration.
    pub access: Access,
}

/// Returns the declaration in a line.
fn binding(line: &str) -> Option<Binding> {
    let (index, rest) = line.trim().strip_prefix("@group(0) @binding(")?.split_once(") var<storage, ")?;
    let (access, rest) = rest.split_once("> ")?;
    let access = match access {
        "read" => Access::Read,
        "read_write" => Access::ReadWrite,
        _ => return None,
    };
    let (name, of_type) = rest.split_once(": ")?;
    of_type.ends_with(';').then_some(())?;
    Some(Binding { index: index.parse().ok()?, name: name.to_string(), access })
}

/// A complete WGSL text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path of the file that the text was resolved from.
    pub name: String,
    /// The WGSL text with all imports in place.
    pub text: String,
    /// File and line, from 1, of every line of the text.
    places: Vec<(String, usize)>,
}

impl Source {
    /// Returns the file `name` of `files` (path, text) with its imports before it. `instead` replaces imports, for kernels that work on
    /// either of two streams: (path in the text, path that replaces it).
    ///
    /// # Errors
    /// [`GpuError::Shader`] at the line of an import that does not exist.
    pub fn resolve(name: &str, files: &[(&str, &str)], instead: &[(&str, &str)]) -> Result<Source> {
        let mut source = Source { name: name.to_string(), text: String::new(), places: Vec::new() };
        let mut seen = Vec::new();
        source.add(name, files, instead, &mut seen, "")?;
        source.dump()?;
        Ok(source)
    }

    fn add(
        &mut self,
        path: &str,
        files: &[(&str, &str)],
        instead: &[(&str, &str)],
        seen: &mut Vec<String>,
        asked_at: &str,
    ) -> Result<()> {
        let path = instead.iter().find(|(asked, _)| *asked == path).map_or(path, |(_, taken)| *taken);
        if seen.iter().any(|seen| seen == path) {
            return Ok(());
        }
        seen.push(path.to_string());
        let Some((_, text)) = files.iter().find(|(file, _)| *file == path) else {
            let message = format!("there is no WGSL file '{path}'");
            return Err(GpuError::Shader { place: asked_at.to_string(), message });
        };
        // Imports come first, so that the text defines functions before it uses them.
        for (k, line) in text.lines().enumerate() {
            if let Some(import) = import(line) {
                self.add(import, files, instead, seen, &format!("{path}:{}", k + 1))?;
            }
        }
        for (k, line) in text.lines().enumerate().filter(|(_, line)| import(line).is_none()) {
            self.text.push_str(line);
            self.text.push('\n');
            self.places.push((path.to_string(), k + 1));
        }
        Ok(())
    }

    /// "file:line" of a line of the text, from 1.
    pub fn place(&self, line: usize) -> String {
        match self.places.get(line.wrapping_sub(1)) {
            Some((file, line)) => format!("{file}:{line}"),
            None => self.name.clone(),
        }
    }

    /// The storage buffers that the text declares, by index.
    ///
    /// # Errors
    /// [`GpuError::Shader`] at a declaration that is not `@group(0) @binding(N) var<storage, read> NAME: TYPE;` (or `read_write`) on one
    /// line, or whose index or name is used twice.
    pub fn bindings(&self) -> Result<Vec<Binding>> {
        let mut bindings: Vec<Binding> = Vec::new();
        for (k, line) in self.text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("@group(")) {
            let odd = |message: &str| GpuError::Shader { place: self.place(k + 1), message: message.to_string() };
            let binding = binding(line)
                .ok_or_else(|| odd("a buffer that is not declared as '@group(0) @binding(N) var<storage, ..> NAME: TYPE;'"))?;
            if bindings.iter().any(|other| other.index == binding.index || other.name == binding.name) {
                return Err(odd(&format!("binding {} or the name '{}' is taken", binding.index, binding.name)));
            }
            bindings.push(binding);
        }
        bindings.sort_by_key(|binding| binding.index);
        Ok(bindings)
    }

    fn dump(&self) -> Result<()> {
        let Some(folder) = std::env::var_os(DUMP) else { return Ok(()) };
        let path = std::path::Path::new(&folder).join(self.name.replace('/', "-"));
        let write = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, &self.text));
        write.map_err(|e| GpuError::Invalid(format!("{DUMP}: {}: {e}", path.display())))
    }
}

/// The path of an import line.
fn import(line: &str) -> Option<&str> {
    line.strip_prefix("#import ").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &str)] = &[
        ("main.wgsl", "#import a.wgsl\n#import b.wgsl\nfn main() {}\n"),
        ("a.wgsl", "#import b.wgsl\nfn a() {}\n"),
        ("b.wgsl", "// b\nfn b() {}\n"),
        ("c.wgsl", "fn b() { c }\n"),
        ("lost.wgsl", "\n#import nowhere.wgsl\n"),
    ];

    #[test]
    fn files_are_taken_once_and_lines_keep_their_place() {
        let source = Source::resolve("main.wgsl", FILES, &[]).expect("resolves");
        assert_eq!(source.text, "// b\nfn b() {}\nfn a() {}\nfn main() {}\n");
        assert_eq!([1, 2, 3, 4].map(|line| source.place(line)), ["b.wgsl:1", "b.wgsl:2", "a.wgsl:2", "main.wgsl:3"]);
    }

    #[test]
    fn a_file_may_stand_for_another() {
        let source = Source::resolve("main.wgsl", FILES, &[("b.wgsl", "c.wgsl")]).expect("resolves");
        assert_eq!(source.text, "fn b() { c }\nfn a() {}\nfn main() {}\n");
    }

    #[test]
    fn declared_buffers_are_read_off_the_text() {
        let of = |text: &str| Source::resolve("k.wgsl", &[("k.wgsl", text)], &[]).expect("resolves").bindings();
        let two = of(
            "@group(0) @binding(7) var<storage, read_write> out: array<u32>;\n@group(0) @binding(0) var<storage, read> rules: Head;\n",
        );
        let binding = |index, name: &str, access| Binding { index, name: name.to_string(), access };
        let expected = [binding(0, "rules", Access::Read), binding(7, "out", Access::ReadWrite)];
        assert_eq!(two.expect("two"), expected);
        for odd in [
            "@group(1) @binding(0) var<storage, read> a: u32;",
            "@group(0) @binding(0) var<storage> a: u32;",
            "@group(0) @binding(x) var<storage, read> a: u32;",
            "@group(0) @binding(0)\nvar<storage, read> a: u32;",
            "@group(0) @binding(0) var<storage, read> a: u32;\n@group(0) @binding(0) var<storage, read> b: u32;",
            "@group(0) @binding(0) var<storage, read> a: u32;\n@group(0) @binding(1) var<storage, read> a: u32;",
        ] {
            assert!(matches!(of(odd), Err(GpuError::Shader { place, .. }) if place.starts_with("k.wgsl:")), "{odd}");
        }
    }

    #[test]
    fn a_missing_file_is_named_where_it_is_asked_for() {
        let error = Source::resolve("lost.wgsl", FILES, &[]).expect_err("nowhere");
        assert_eq!(error.to_string(), "lost.wgsl:2: there is no WGSL file 'nowhere.wgsl'");
    }
}
