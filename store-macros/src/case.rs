//! Names spelled in another case.

/// How a name is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The case that serde calls `name`, or the names that there are.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let known = CASES.into_iter().find(|(known, _)| *known == name);
        known.map(|(_, case)| case).ok_or_else(|| {
            let names = CASES.map(|(name, _)| format!("`{name}`"));
            format!("unknown case `{name}`: use one of {}", names.join(", "))
        })
    }

    /// Spells `name` in this case.
    pub(crate) fn spell(self, name: &str) -> String {
        let words = words(name);
        let lower = || words.iter().map(|word| word.to_lowercase());
        let upper = || words.iter().map(|word| word.to_uppercase());
        match self {
            Self::Lower => lower().collect(),
            Self::Upper => upper().collect(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => {
                let rest = words.iter().skip(1).map(|word| capitalized(word));
                lower().take(1).chain(rest).collect()
            }
            Self::Snake => lower().collect::<Vec<_>>().join("_"),
            Self::ScreamingSnake => upper().collect::<Vec<_>>().join("_"),
            Self::Kebab => lower().collect::<Vec<_>>().join("-"),
            Self::ScreamingKebab => upper().collect::<Vec<_>>().join("-"),
        }
    }
}

/// The name of a constant for what is called `name`. Underscores at its ends stay.
pub(crate) fn constant(name: &str) -> String {
    let start = &name[..name.len() - name.trim_start_matches('_').len()];
    let end = &name[name.trim_end_matches('_').len().max(start.len())..];
    format!("{start}{}{end}", Case::ScreamingSnake.spell(name))
}

/// The words of a name in any case.
fn words(name: &str) -> Vec<String> {
    name.split('_')
        .filter(|part| !part.is_empty())
        .flat_map(humps)
        .collect()
}

/// `userID` is `user`, `ID`; `HTTPServer` is `HTTP`, `Server`.
fn humps(part: &str) -> Vec<String> {
    let letters: Vec<char> = part.chars().collect();
    let mut humps = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let after_small = at > 0 && !letters[at - 1].is_uppercase();
        let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        match humps.last_mut() {
            Some(hump) if at == 0 || !letter.is_uppercase() || !(after_small || before_small) => {
                hump.push(letter);
            }
            _ => humps.push(letter.into()),
        }
    }
    humps
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(letters.flat_map(char::to_lowercase))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_spells_every_case() {
        for name in [
            "user_status_list",
            "userStatusList",
            "UserStatusList",
            "USER_STATUS_LIST",
        ] {
            let spelled = CASES.map(|(_, case)| case.spell(name));
            assert_eq!(
                spelled,
                [
                    "userstatuslist",
                    "USERSTATUSLIST",
                    "UserStatusList",
                    "userStatusList",
                    "user_status_list",
                    "USER_STATUS_LIST",
                    "user-status-list",
                    "USER-STATUS-LIST",
                ]
            );
        }
    }

    #[test]
    fn capitals_in_a_row_are_one_word() {
        assert_eq!(Case::Snake.spell("HTTPServer2Go"), "http_server2_go");
        assert_eq!(Case::Snake.spell("userID"), "user_id");
    }

    #[test]
    fn a_constant_keeps_the_underscores_at_its_ends() {
        assert_eq!(constant("_private"), "_PRIVATE");
        assert_eq!(constant("type_"), "TYPE_");
        assert_eq!(constant("a__b"), "A_B");
        assert_eq!(constant("__"), "__");
        assert_eq!(constant("größe"), "GRÖSSE");
    }

    #[test]
    fn an_unknown_case_is_answered_with_the_known_ones() {
        let error = Case::named("shouting").unwrap_err();
        assert!(
            error.starts_with("unknown case `shouting`: use one of `lowercase`, "),
            "{error}"
        );
    }
}
