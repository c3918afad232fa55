//! The mutants as a table of `docs/testing.md`. Knows nothing of how they are tried.

use crate::list::{Mutant, Threads};

/// The first line of the table.
const HEAD: &str = "| mutant | the test that notices it |";

fn table(mutants: &[Mutant]) -> String {
    let rows = mutants.iter().map(|Mutant { title, test, .. }| {
        let threads = match test.threads {
            Threads::System => "",
            Threads::Loom => ", over loom",
            Threads::Shuttle => ", over shuttle",
        };
        let test = test.to_string().replace("--package store-workspace ", "");
        format!("| {title} | `{test}`{threads} |\n")
    });
    format!("{HEAD}\n|---|---|\n{}", rows.collect::<String>())
}

/// A text with its table made anew; `None` if it has none.
pub(crate) fn written_anew(text: &str, mutants: &[Mutant]) -> Option<String> {
    let (before, rest) = text.split_once(HEAD)?;
    let is_row = |line: &&str| line.starts_with('|');
    let rows: usize = rest
        .split_inclusive('\n')
        .skip(1)
        .take_while(is_row)
        .map(str::len)
        .sum();
    let after = &rest[rest.find('\n')? + 1 + rows..];
    Some(format!("{before}{}{after}", table(mutants)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::read;

    #[test]
    fn the_table_is_replaced_and_nothing_else() {
        let list = "# nothing is added\nfile a.rs\n- 1 + 1\n+ 1\nloom --test adding sums";
        let mutants = read(list).unwrap();
        let row = "| nothing is added | `--test adding sums`, over loom |";
        let old = format!("Before.\n\n{HEAD}\n|---|---|\n| old | `test` |\n\nAfter.\n");
        let new = written_anew(&old, &mutants).unwrap();
        assert_eq!(
            new,
            format!("Before.\n\n{HEAD}\n|---|---|\n{row}\n\nAfter.\n")
        );
        assert_eq!(written_anew(&new, &mutants).unwrap(), new);
        assert!(written_anew("no table", &mutants).is_none());
    }
}
