//! Settings: what stands in `#[model(…)]` and `#[stores(…)]`.
//!
//! Knows the form of each setting, not what it means beside the others.

use proc_macro2::Span;
use syn::{
    Attribute, Error, Expr, ExprCall, ExprGroup, ExprLit, ExprPath, Ident, Lit, LitStr, Path,
    Result, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{case::Case, errors::Errors};

const OF_MODEL: &[&str] = &["name", "constant", "rename_all", "crate"];
const OF_FIELD: &[&str] = &[
    "name",
    "constant",
    "default",
    "same",
    "derived",
    "folded",
    "runtime_keys",
];
const OF_STORES: &[&str] = &["crate"];

/// The settings of a model.
#[derive(Default)]
pub(crate) struct OfModel {
    pub(crate) name: Given<LitStr>,
    pub(crate) constant: Given<Ident>,
    pub(crate) rename_all: Given<Case>,
    pub(crate) krate: Given<Path>,
}

impl OfModel {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        for setting in read(attributes, "model", errors) {
            match setting.key.to_string().as_str() {
                "name" => settings.name.read(setting, Setting::string, errors),
                "constant" => settings.constant.read(setting, Setting::name, errors),
                "rename_all" => settings.rename_all.read(setting, Setting::case, errors),
                "crate" => settings.krate.read(setting, Setting::path, errors),
                _ => errors.add(setting.refused(OF_MODEL)),
            }
        }
        settings
    }
}

/// The settings of a field of a model.
#[derive(Default)]
pub(crate) struct OfField {
    pub(crate) name: Given<LitStr>,
    pub(crate) constant: Given<Ident>,
    pub(crate) default: Given<Expr>,
    pub(crate) same: Given<Expr>,
    pub(crate) derived: Given<Call>,
    pub(crate) folded: Given<Call>,
    pub(crate) runtime_keys: Given<()>,
}

impl OfField {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        for setting in read(attributes, "model", errors) {
            match setting.key.to_string().as_str() {
                "name" => settings.name.read(setting, Setting::string, errors),
                "constant" => settings.constant.read(setting, Setting::name, errors),
                "default" => settings.default.read(setting, Setting::expression, errors),
                "same" => settings.same.read(setting, Setting::expression, errors),
                "derived" => settings.derived.read(setting, Setting::call, errors),
                "folded" => settings.folded.read(setting, Setting::call, errors),
                "runtime_keys" => settings.runtime_keys.read(setting, Setting::flag, errors),
                _ => errors.add(setting.refused(OF_FIELD)),
            }
        }
        settings
    }
}

/// The settings of a set of stores.
#[derive(Default)]
pub(crate) struct OfStores {
    pub(crate) krate: Given<Path>,
}

impl OfStores {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        for setting in read(attributes, "stores", errors) {
            match setting.key.to_string().as_str() {
                "crate" => settings.krate.read(setting, Setting::path, errors),
                _ => errors.add(setting.refused(OF_STORES)),
            }
        }
        settings
    }
}

/// A function that is called with fields.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) function: ExprPath,
    pub(crate) inputs: Vec<Ident>,
}

/// The value of a setting, and where it was given, if it was.
pub(crate) struct Given<T>(Option<(Ident, T)>);

impl<T> Given<T> {
    pub(crate) fn value(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn key(&self) -> Option<&Ident> {
        self.0.as_ref().map(|(key, _)| key)
    }

    /// Gives a value where none was given.
    pub(crate) fn or(&mut self, key: &str, value: T) {
        self.0
            .get_or_insert_with(|| (Ident::new(key, Span::call_site()), value));
    }

    fn read(&mut self, setting: Setting, form: fn(&Setting) -> Result<T>, errors: &mut Errors) {
        if self.0.is_some() {
            errors.at(
                &setting.key,
                format_args!("`{}` is given twice", setting.key),
            );
            return;
        }
        match form(&setting) {
            Ok(value) => self.0 = Some((setting.key, value)),
            Err(error) => errors.add(error),
        }
    }
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// `key` or `key = value`.
struct Setting {
    key: Ident,
    value: Option<Expr>,
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { key, value })
    }
}

impl Setting {
    fn expression(&self) -> Result<Expr> {
        let key = &self.key;
        let missing =
            || Error::new_spanned(key, format_args!("`{key}` takes a value: `{key} = …`"));
        self.value.clone().ok_or_else(missing)
    }

    fn call(&self) -> Result<Call> {
        let key = &self.key;
        let refused = |place: &Expr, what: &str| {
            let message = format_args!("`{key}` takes {what}: `{key} = function(field)`");
            Error::new_spanned(place, message)
        };
        let value = bare(self.expression()?);
        let Expr::Call(ExprCall { func, args, .. }) = &value else {
            return Err(refused(&value, "a call of a function with fields"));
        };
        let Expr::Path(function) = bare((**func).clone()) else {
            return Err(refused(func, "a call of a function that has a name"));
        };
        if args.is_empty() {
            return Err(refused(&value, "one field at least"));
        }
        let input = |arg: &Expr| match bare(arg.clone()) {
            Expr::Path(path) => path.path.get_ident().cloned(),
            _ => None,
        };
        let inputs = args
            .iter()
            .map(|arg| input(arg).ok_or_else(|| refused(arg, "names of fields and nothing else")));
        Ok(Call {
            function,
            inputs: inputs.collect::<Result<_>>()?,
        })
    }

    fn flag(&self) -> Result<()> {
        match &self.value {
            None => Ok(()),
            Some(value) => Err(Error::new_spanned(
                value,
                format_args!("`{}` takes no value", self.key),
            )),
        }
    }

    fn string(&self) -> Result<LitStr> {
        match self.expression()? {
            Expr::Lit(ExprLit {
                lit: Lit::Str(string),
                ..
            }) => Ok(string),
            other => {
                let key = &self.key;
                let message = format_args!("`{key}` takes a string: `{key} = \"…\"`");
                Err(Error::new_spanned(other, message))
            }
        }
    }

    fn name(&self) -> Result<Ident> {
        self.parsed("a name that a constant can have")
    }

    fn path(&self) -> Result<Path> {
        self.parsed("a path")
    }

    fn parsed<T: Parse>(&self, what: &str) -> Result<T> {
        let string = self.string()?;
        let wrong =
            |_| Error::new_spanned(&string, format_args!("`{}` is not {what}", string.value()));
        string.parse().map_err(wrong)
    }

    fn case(&self) -> Result<Case> {
        let string = self.string()?;
        Case::named(&string.value()).map_err(|message| Error::new_spanned(string, message))
    }

    /// Why this cannot stand where only `known` may.
    fn refused(&self, known: &[&str]) -> Error {
        let key = &self.key;
        let belongs = |others: &[&str]| others.iter().any(|other| key == other);
        let why = match () {
            () if belongs(OF_FIELD) => format!("`{key}` is a setting of a model's field"),
            () if belongs(OF_MODEL) => format!("`{key}` is a setting of a model"),
            () => format!("unknown setting `{key}`"),
        };
        let known = known
            .iter()
            .map(|known| format!("`{known}`"))
            .collect::<Vec<_>>()
            .join(", ");
        Error::new_spanned(key, format_args!("{why}; allowed here: {known}"))
    }
}

/// An expression as it was written, which a macro may have put into a group.
fn bare(expression: Expr) -> Expr {
    match expression {
        Expr::Group(ExprGroup { expr, .. }) => bare(*expr),
        other => other,
    }
}

fn read(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Setting> {
    let mut settings = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        match attribute.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated) {
            Ok(read) => settings.extend(read),
            Err(error) => errors.add(error),
        }
    }
    settings
}
