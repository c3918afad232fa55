//! Which items of two short runs correspond, found by comparing them.
//!
//! Myers' algorithm, which takes the time of length times differences. After [`EDITS`] differences it
//! settles for the best it has and goes on from there, so that two runs with nothing in common cost a
//! multiple of their length and not its square.

use crate::collections::same;

/// The most differences looked at together.
const EDITS: usize = 64;

/// One step of the way from an old list to a new one, in the order of both.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a, T> {
    /// So many items are in both.
    Keep(usize),
    /// The old list has this one.
    Remove(&'a T),
    /// The new list has this one.
    Insert(&'a T),
}

/// Appends the steps that lead from `old` to `new`.
pub(super) fn align<'a, T>(mut old: &[&'a T], mut new: &[&'a T], steps: &mut Vec<Step<'a, T>>)
where
    T: PartialEq + 'static,
{
    let front = old
        .iter()
        .zip(new)
        .take_while(|(a, b)| same::by_value(**a, **b))
        .count();
    (old, new) = (&old[front..], &new[front..]);
    let backwards = old.iter().rev().zip(new.iter().rev());
    let back = backwards
        .take_while(|(a, b)| same::by_value(**a, **b))
        .count();
    (old, new) = (&old[..old.len() - back], &new[..new.len() - back]);

    steps.push(Step::Keep(front));
    while !old.is_empty() && !new.is_empty() {
        let (from_old, from_new) = advance(old, new, steps);
        (old, new) = (&old[from_old..], &new[from_new..]);
    }
    steps.extend(old.iter().map(|item| Step::Remove(*item)));
    steps.extend(new.iter().map(|item| Step::Insert(*item)));
    steps.push(Step::Keep(back));
}

/// Appends the shortest way to the end, or the way that gets furthest in [`EDITS`] differences, and
/// returns how much of each run it went through.
fn advance<'a, T>(old: &[&'a T], new: &[&'a T], steps: &mut Vec<Step<'a, T>>) -> (usize, usize)
where
    T: PartialEq + 'static,
{
    let grid = Grid {
        old: old.len(),
        new: new.len(),
    };
    let mut reached: Vec<Ways> = Vec::new();
    for d in 0..=EDITS {
        let mut ways = Ways::with_capacity(d + 1);
        for j in 0..=d {
            let entry = match reached.last() {
                Some(before) => grid.entry(before, d, j).map(|(x, _)| x),
                None => Some(0),
            };
            ways.push(entry.map(|x| {
                let rest = old[x..].iter().zip(&new[Grid::in_new(x, d, j)..]);
                x + rest.take_while(|(a, b)| same::by_value(**a, **b)).count()
            }));
        }
        let end = (0..=d)
            .find(|j| ways[*j] == Some(grid.old) && Grid::in_new(grid.old, d, *j) == grid.new);
        reached.push(ways);
        if let Some(j) = end {
            grid.trace(&reached, j, old, new, steps);
            return (grid.old, grid.new);
        }
    }
    let ways = reached[EDITS]
        .iter()
        .enumerate()
        .filter_map(|(j, x)| Some((j, (*x)?)));
    let ends = ways.map(|(j, x)| (j, x, Grid::in_new(x, EDITS, j)));
    // Of ways that get as far, one with as many removals as insertions makes the fewest edits.
    let furthest = |(j, x, y): &(usize, usize, usize)| (x + y, EDITS - j.abs_diff(EDITS / 2));
    let (j, x, y) = ends
        .max_by_key(furthest)
        .expect("a way that has not ended can go on");
    grid.trace(&reached, j, old, new, steps);
    (x, y)
}

/// How far in the old run the best way gets that has `j` removals, by `j`; none where no way leads.
type Ways = Vec<Option<usize>>;

/// Two runs of these lengths; a way goes through both from their starts to their ends.
struct Grid {
    old: usize,
    new: usize,
}

impl Grid {
    /// How far in the new run a way is that is at `x` in the old one after `d` differences, `j` of them removals.
    fn in_new(x: usize, d: usize, j: usize) -> usize {
        x + d - 2 * j
    }

    /// Where in the old run the `d`th difference leads on the best way with `j` removals, and whether it
    /// is a removal.
    fn entry(&self, before: &Ways, d: usize, j: usize) -> Option<(usize, bool)> {
        let way = |j: usize| before.get(j).copied().flatten();
        let removal = j.checked_sub(1).and_then(way).filter(|x| *x < self.old);
        let insertion = way(j).filter(|x| Self::in_new(*x, d - 1, j) < self.new);
        match (removal, insertion) {
            (Some(x), Some(other)) if x < other => Some((other, false)),
            (Some(x), _) => Some((x + 1, true)),
            (None, insertion) => insertion.map(|x| (x, false)),
        }
    }

    /// Appends the steps of the way that ends with `j` removals in the last of `reached`.
    fn trace<'a, T>(
        &self,
        reached: &[Ways],
        mut j: usize,
        old: &[&'a T],
        new: &[&'a T],
        steps: &mut Vec<Step<'a, T>>,
    ) {
        let from = steps.len();
        for d in (1..reached.len()).rev() {
            let Some(((x, removal), end)) = self.entry(&reached[d - 1], d, j).zip(reached[d][j])
            else {
                unreachable!("every way but the first has one it goes on from")
            };
            steps.push(Step::Keep(end - x));
            if removal {
                steps.push(Step::Remove(old[x - 1]));
                j -= 1;
            } else {
                steps.push(Step::Insert(new[Self::in_new(x, d, j) - 1]));
            }
        }
        steps.push(Step::Keep(reached[0][0].unwrap_or_default()));
        steps[from..].reverse();
    }
}
