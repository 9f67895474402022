//! Random study plans that are right, from words of chance.

use std::fmt::Write;

use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;

/// Worlds with an action that does nothing, and worlds without.
const IDLE: [&str; 3] = ["gridlab/klyubin-maze", "crafter-simple", "gridlab/klyubin-maze"];
const BUSY: [&str; 3] = ["MiniGrid-Empty-5x5-v0", "gridlab/chain-10", "gridlab/deep-sea-10"];

struct Writer {
    chance: Keyed,
    languages: Vec<&'static str>,
    conditions: usize,
    text: String,
    n: usize,
}

impl Writer {
    fn below(&mut self, n: u32) -> u32 {
        self.chance.randint(n)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn words(&mut self, word: &str) -> String {
        if self.languages.len() == 1 && self.coin() {
            return format!("\"{word} \\u00e4 [{{.\"");
        }
        let texts: Vec<String> = self.languages.iter().map(|code| format!("{code} = '{word} {code}'")).collect();
        format!("{{ {} }}", texts.join(", "))
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn labelled(&mut self, key: &str, word: &str) {
        let words = self.words(word);
        self.line(key, &words);
    }

    fn stage(&mut self, kind: &str, everyone: bool) {
        self.n += 1;
        let n = self.n;
        let _ = writeln!(self.text, "\n[[stages]]\nkind = \"{kind}\"\nid = \"{kind}-{n}\"");
        if self.coin() {
            self.labelled("title", "title");
        }
        if self.conditions > 0 && !everyone && self.below(3) == 0 {
            let only = self.below(self.conditions as u32);
            self.line("only", &format!("[\"c{only}\"]"));
        }
    }

    fn consent(&mut self) {
        self.stage("consent", true);
        self.labelled("text", "consent");
        for k in 0..=self.below(3) {
            let _ = writeln!(self.text, "[[stages.boxes]]\nid = \"box-{k}\"");
            self.labelled("label", "box");
            let required = self.coin();
            self.line("required", &required.to_string());
        }
    }

    fn instructions(&mut self) {
        self.stage("instructions", false);
        if self.coin() {
            return self.labelled("text", "read this");
        }
        for _ in 0..=self.below(3) {
            let _ = writeln!(self.text, "[[stages.pages]]");
            self.labelled("text", "page");
            if self.coin() {
                self.line("picture", "\"keys\"");
            }
        }
    }

    fn play(&mut self, everyone: bool) {
        self.stage("play", everyone);
        let idle = self.coin();
        let env = if idle { IDLE[self.below(3) as usize] } else { BUSY[self.below(3) as usize] };
        self.line("env", &format!("\"{env}\""));
        let pace = if idle && self.coin() { ["\"5/s\"", "\"0.5/s\"", "\"30/s\""][self.below(3) as usize] } else { "\"key\"" };
        self.line("pace", pace);
        match self.below(4) {
            0 => self.line("seed", "\"participant\""),
            1 => self.line("seed", "-5"),
            2 => self.line("seeds", "[7, 3, 11]"),
            _ => {}
        }
        match self.below(4) {
            0 => self.line("time", "\"1 h 30 min\""),
            1 => self.line("steps", "5"),
            2 => self.line("episodes", "2"),
            _ => self.text += "time = \"20 s\"\nfinish_episode = true\nsteps = 100\n",
        }
        if self.coin() {
            self.line("show", "[\"legend\", \"map\"]");
        }
        let countdown = self.below(4);
        self.line("countdown", &countdown.to_string());
    }

    fn survey(&mut self) {
        self.stage("survey", false);
        let n = self.n;
        for k in 0..=self.below(5) {
            let _ = writeln!(self.text, "[[stages.questions]]\nid = \"q{n}-{k}\"");
            self.labelled("label", "question");
            let required = self.coin();
            self.line("required", &required.to_string());
            match self.below(4) {
                0 => self.line("kind", "\"text\""),
                1 => self.text += "kind = \"scale\"\nmin = -2\nmax = 2\n",
                2 => self.text += "kind = \"number\"\nmin = 0.5\n",
                _ => {
                    self.line("kind", "\"choice\"");
                    let (a, b, several) = (self.words("yes"), self.words("no"), self.coin());
                    self.line("options", &format!("[{{ id = \"a\", label = {a} }}, {{ id = \"b\", label = {b} }}]"));
                    self.line("several", &several.to_string());
                }
            }
        }
    }
}

/// The plan of this number.
pub fn random_plan(number: u32) -> String {
    let chance = Keyed::new([number, 15], 0, 0, 0);
    let mut writer = Writer { chance, languages: vec!["en"], conditions: 0, text: String::new(), n: 0 };
    if writer.coin() {
        writer.languages = vec!["de", "en", "pt-br"];
    }
    writer.line("name", &format!("\"plan-{number}\""));
    writer.labelled("title", "a plan");
    let languages = writer.languages.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    writer.line("languages", &format!("[{languages}]"));
    writer.line("seed", &number.to_string());
    if writer.coin() {
        writer.line("cohorts", "[\"adults\", \"children\"]");
    }
    if writer.coin() {
        writer.conditions = 2 + writer.below(3) as usize;
        let names: Vec<String> = (0..writer.conditions).map(|k| format!("\"c{k}\"")).collect();
        let _ = writeln!(writer.text, "\n[conditions]\nnames = [{}]\nblock = {}", names.join(", "), 3 * writer.conditions);
    }
    if writer.coin() {
        writer.consent();
    }
    writer.play(true);
    for _ in 0..writer.below(6) {
        match writer.below(4) {
            0 => writer.instructions(),
            1 => writer.play(false),
            2 => writer.survey(),
            _ => {
                writer.stage("break", false);
                writer.line("time", "\"2 min\"");
            }
        }
    }
    if writer.coin() {
        writer.stage("end", true);
    }
    writer.text
}
