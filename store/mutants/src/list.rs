//! The list of mutants: what is replaced where, and which test notices. Knows nothing of how tests are run.

use std::fmt;

/// One way to break the store.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mutant {
    pub(crate) title: String,
    pub(crate) file: String,
    /// Lines that occur once, and what stands there instead.
    pub(crate) text: Vec<String>,
    pub(crate) instead: Vec<String>,
    pub(crate) test: Test,
}

/// The test that is to notice.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Test {
    pub(crate) threads: Threads,
    /// What `cargo test` is given to build it.
    pub(crate) target: Vec<String>,
    /// What its name has.
    pub(crate) name: String,
}

/// Whose threads it runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Threads {
    #[default]
    System,
    Loom,
    Shuttle,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.target.join(" "), self.name)
    }
}

impl Mutant {
    /// What becomes of the file.
    pub(crate) fn apply(&self, source: &str) -> Result<String, String> {
        let text = self.text.join("\n");
        match source.matches(&text).count() {
            1 => Ok(source.replace(&text, &self.instead.join("\n"))),
            times => Err(format!(
                "{}: occurs {times} times, not once, in {}:\n{text}",
                self.title, self.file
            )),
        }
    }
}

/// Reads the list: paragraphs of a title after `#`, `file`, lines after `-` and `+`, and `test`, `loom` or `shuttle` with
/// what `cargo test` is given, last what the names of tests have.
pub(crate) fn read(list: &str) -> Result<Vec<Mutant>, String> {
    let paragraphs = list.split("\n\n").map(str::trim_end);
    paragraphs
        .filter(|paragraph| !paragraph.is_empty())
        .map(mutant)
        .collect()
}

fn mutant(paragraph: &str) -> Result<Mutant, String> {
    let mut mutant = Mutant::default();
    for line in paragraph.lines().filter(|line| !line.is_empty()) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let test = |threads| -> Option<Test> {
            let (target, name) = rest.rsplit_once(' ')?;
            let target = target.split_whitespace().map(str::to_owned).collect();
            let name = name.to_owned();
            Some(Test {
                threads,
                target,
                name,
            })
        };
        match mark {
            "#" => rest.clone_into(&mut mutant.title),
            "file" => rest.clone_into(&mut mutant.file),
            "-" => mutant.text.push(rest.to_owned()),
            "+" => mutant.instead.push(rest.to_owned()),
            "test" => mutant.test = test(Threads::System).unwrap_or_default(),
            "loom" => mutant.test = test(Threads::Loom).unwrap_or_default(),
            "shuttle" => mutant.test = test(Threads::Shuttle).unwrap_or_default(),
            _ => return Err(format!("what is meant by `{line}`?")),
        }
    }
    let said = [&mutant.title, &mutant.file, &mutant.test.name];
    let is_whole = !said.contains(&&String::new()) && !mutant.text.is_empty();
    is_whole
        .then_some(mutant)
        .ok_or_else(|| format!("it lacks something:\n{paragraph}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_replaces_what_is_there_once() {
        let list = "# nothing is added\nfile a.rs\n- 1 + 1\n+ 1\nloom --test adding sums";
        let [mutant] = &read(list).unwrap()[..] else {
            panic!("one is listed")
        };
        assert_eq!(mutant.test.threads, Threads::Loom);
        assert_eq!(mutant.test.to_string(), "--test adding sums");
        assert_eq!(mutant.apply("let two = 1 + 1;").unwrap(), "let two = 1;");
        mutant.apply("let two = 2;").unwrap_err();
        mutant.apply("1 + 1; 1 + 1").unwrap_err();
        read("# nothing else").unwrap_err();
    }
}
