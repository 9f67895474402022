//! What is to be measured: the open sources, in groups of one hue each.

use std::path::PathBuf;

use crate::envs::Family;
use crate::measures::{ALL, TraceInput, Unit};
use crate::viewer::sources::{Source, Sources};

/// A source that is to be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Number of the source.
    pub source: u64,
    /// Name of the source.
    pub name: String,
    /// The run folder or trace file.
    pub path: PathBuf,
    /// Index of its group in [`Request::groups`].
    pub group: usize,
    /// Recorded rows when it was asked for.
    pub rows: u64,
}

/// A source that is not measured, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Name of the source.
    pub name: String,
    /// The reason, a sentence.
    pub why: String,
}

/// A group of sources with one hue.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name in tables and figures.
    pub name: String,
    /// Number of its hue.
    pub hue: usize,
}

/// What is to be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The groups, in the order in which their sources were opened.
    pub groups: Vec<Group>,
    /// The sources.
    pub given: Vec<Given>,
    /// Sources that are left out.
    pub left_out: Vec<LeftOut>,
    /// The family that is measured, if it is known.
    pub family: Option<Family>,
    /// What counts as independent.
    pub unit: Unit,
}

/// Whether the sources can be measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Readiness {
    /// So many of so many sources are read.
    Reading(usize, usize),
    /// They can.
    Ready(Request),
}

impl Request {
    /// What `measures::read` takes.
    pub fn inputs(&self) -> Vec<TraceInput> {
        let input = |given: &Given| TraceInput { group: Some(self.groups[given.group].name.clone()), path: given.path.clone() };
        self.given.iter().map(input).collect()
    }

    /// Whether it asks for the same sources, groups and unit; the sources may have grown.
    pub fn is_like(&self, other: &Request) -> bool {
        let same = |a: &Given, b: &Given| (a.source, &a.path, a.group) == (b.source, &b.path, b.group);
        self.unit == other.unit
            && self.groups == other.groups
            && self.given.len() == other.given.len()
            && self.given.iter().zip(&other.given).all(|(a, b)| same(a, b))
    }

    /// Recorded rows of all sources.
    pub fn rows(&self) -> u64 {
        self.given.iter().map(|given| given.rows).sum()
    }
}

/// What can be measured of the open sources: those of the family of source `selected`.
pub fn readiness(sources: &Sources, selected: Option<u64>, unit: Unit) -> Readiness {
    let is_read = |source: &&Source| {
        let whole = source.found.listing.is_some() && source.found.reading.is_none();
        whole || source.found.failed.is_some() || source.live.is_some()
    };
    let read = sources.list.iter().filter(is_read).count();
    if read < sources.list.len() {
        return Readiness::Reading(read, sources.list.len());
    }
    let family_of = |source: &Source| Some(source.found.listing.as_ref()?.world.as_ref()?.spec().family);
    let selected = selected.and_then(|id| sources.get(id)).and_then(family_of);
    let family = selected.or_else(|| sources.list.iter().find_map(family_of));
    let mut request = Request { groups: Vec::new(), given: Vec::new(), left_out: Vec::new(), family, unit };
    for source in &sources.list {
        match rows_to_measure(source, family_of(source), family) {
            Ok(rows) => {
                let group = request.groups.iter().position(|group| group.hue == source.group).unwrap_or_else(|| {
                    request.groups.push(Group { name: String::new(), hue: source.group });
                    request.groups.len() - 1
                });
                let (name, path) = (source.name.clone(), source.path.clone());
                request.given.push(Given { source: source.id, name, path, group, rows });
            }
            Err(why) => request.left_out.push(LeftOut { name: source.name.clone(), why }),
        }
    }
    name_groups(&mut request);
    Readiness::Ready(request)
}

/// The recorded rows of a source, or why it is left out.
fn rows_to_measure(source: &Source, its: Option<Family>, family: Option<Family>) -> Result<u64, String> {
    if let Some(why) = source.found.failed.as_ref().or(source.found.unread.as_ref()) {
        return Err(why.clone());
    }
    let listing = source.found.listing.as_ref().ok_or("It has no recorded rows yet.")?;
    let rows = listing.instances.iter().map(|known| known.rows).sum();
    if rows == 0 {
        return Err("It has no recorded rows.".to_string());
    }
    match (its, family) {
        (Some(its), Some(family)) if its != family => {
            Err(format!("Family of the world: {its:?}. Figures are of one family, here {family:?}."))
        }
        _ => Ok(rows),
    }
}

/// Names each group by its first source; the runs of a sweep by the sweep. No two groups have one name.
fn name_groups(request: &mut Request) {
    for k in 0..request.groups.len() {
        let of_group: Vec<&Given> = request.given.iter().filter(|given| given.group == k).collect();
        let Some(first) = of_group.first() else { continue };
        let short = match first.name.split_once('/') {
            Some((sweep, _)) if of_group.len() > 1 => sweep.trim_end(),
            _ => &first.name,
        };
        let is_taken = |name: &str| name == ALL || request.groups[..k].iter().any(|group| group.name == name);
        let long = first.path.display().to_string();
        let choices = [short.to_string(), long].into_iter().chain((2..).map(|n| format!("{short} ({n})")));
        request.groups[k].name = choices.into_iter().find(|name| !is_taken(name)).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(names: &[(&str, usize)]) -> Request {
        let given = |(k, (name, group)): (usize, &(&str, usize))| Given {
            source: k as u64,
            name: (*name).to_string(),
            path: PathBuf::from(format!("runs/{k}/{name}")),
            group: *group,
            rows: 10,
        };
        let most = names.iter().map(|(_, group)| *group).max().unwrap_or(0);
        let groups = (0..=most).map(|hue| Group { name: String::new(), hue }).collect();
        let given = names.iter().enumerate().map(given).collect();
        let mut request = Request { groups, given, left_out: Vec::new(), family: None, unit: Unit::Run };
        name_groups(&mut request);
        request
    }

    fn names(request: &Request) -> Vec<&str> {
        request.groups.iter().map(|group| &*group.name).collect()
    }

    #[test]
    fn groups_have_names_of_their_sources_and_no_two_the_same() {
        assert_eq!(names(&request(&[("random", 0), ("novelty", 1)])), ["random", "novelty"]);
        assert_eq!(names(&request(&[("sweep/seed-0", 0), ("sweep/seed-1", 0), ("sweep/seed-2", 1)])), ["sweep", "sweep/seed-2"]);
        assert_eq!(names(&request(&[("a", 0), ("a", 1), ("all", 2)])), ["a", "runs/1/a", "runs/2/all"]);
    }

    #[test]
    fn a_request_is_like_another_that_differs_only_in_rows() {
        let one = request(&[("a", 0), ("b", 1)]);
        let mut more = one.clone();
        more.given[1].rows = 99;
        assert!(one.is_like(&more) && more.rows() == 109);
        more.unit = Unit::Instance;
        assert!(!one.is_like(&more));
        assert!(!one.is_like(&request(&[("a", 0)])) && !one.is_like(&request(&[("a", 0), ("b", 0)])));
        assert_eq!(one.inputs()[1].group.as_deref(), Some("b"));
    }
}
