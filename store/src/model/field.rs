//! Fields as values: a typed key that reaches one field of a model in each of its forms.

use std::fmt;

use super::{Delta, Draft, VisitDerived};

/// A plain struct that is a named store. Derive it: `#[derive(Model)]`.
///
/// The derive makes, beside the struct, its typed name (`USER`), one typed [`Field`] key per
/// field (`User::KICKED_OUT`), a draft for writing (`UserDraft`, handed to write closures) and a
/// watch builder with one method per field (`User::watch()`).
///
/// A field may be of any type that is `Clone + PartialEq + Send + Sync + 'static`.
///
/// # Derived fields
///
/// A field may be computed from other fields of the struct, its inputs, and is then never written:
///
/// - `#[model(derived = function(input, …))]` calls `function(&input, …)` for the value;
/// - `#[model(folded = function(input, …))]` calls `function(last, change, …)`, with the last value
///   and a [`Change`](crate::Change) for each input, and so costs what changed. The first call gets
///   the field's default and, as the change of each input, all there is.
///
/// It is computed in the write that changes an input, once, before anybody sees the commit, and not
/// at all in other writes; if it comes out the same, nobody is told. It stands in every snapshot
/// beside the very inputs it was computed from, and is watched like any field. Inputs may be derived
/// as well; a cycle does not compile. Inside a write, in guards too, a derived field cannot be read.
///
/// The function is to depend on nothing but its arguments. It runs where a write closure runs, so
/// it cannot write. If it panics, the commit is made all the same, the field keeps its last value,
/// and the panic is reported ([`StoreBuilder::on_panic`](crate::StoreBuilder::on_panic)); the next
/// commit that changes an input computes the field from all there is, also if it is folded.
///
/// ```
/// use store::{Change, Map, MapChange, Model, Store};
///
/// #[derive(Model)]
/// pub struct Cart {
///     pub prices: Map<String, u64>,
///     pub discount: u64,
///     #[model(folded = sum(prices))]
///     pub sum: u64,
///     #[model(derived = total(sum, discount))]
///     pub total: u64,
/// }
///
/// fn sum(last: u64, prices: Change<'_, Map<String, u64>>) -> u64 {
///     prices.changes().fold(last, |sum, change| match change {
///         MapChange::Inserted { value, .. } => sum + value,
///         MapChange::Updated { old, new, .. } => sum - old + new,
///         MapChange::Removed { old, .. } => sum - old,
///     })
/// }
///
/// fn total(sum: &u64, discount: &u64) -> u64 {
///     sum.saturating_sub(*discount)
/// }
///
/// let store = Store::<Cart>::new();
/// store.update(CART, |cart| {
///     cart.prices.insert("tea".to_owned(), 4);
///     cart.prices.insert("rice".to_owned(), 3);
///     cart.discount.set(2);
/// });
/// assert_eq!(store.snapshot(CART).total, 5);
/// ```
///
/// # Examples
///
/// ```
/// use store::{Map, Model, Store};
///
/// #[derive(Model)]
/// pub struct Settings {
///     #[model(default = "zh".to_owned())]
///     pub language: String,
///     pub shortcuts: Map<String, String>,
/// }
///
/// let store = Store::<Settings>::new();
/// assert_eq!(store.snapshot(SETTINGS).language, "zh");
/// assert_eq!(<Settings as Model>::NAME, "settings");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "is not a named store",
    note = "write `#[derive(store::Model)]` above `{Self}`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The name as text.
    const NAME: &'static str;

    /// The model while it is written: a struct with the same fields, each a [`Draft`].
    type Draft<'a>: Send + Sync;

    #[doc(hidden)]
    type Delta: Default + Send + Sync + 'static;

    #[doc(hidden)]
    fn draft(&self) -> Self::Draft<'_>;

    #[doc(hidden)]
    fn make(maker: &mut impl MakeField<Self>) -> Self;

    #[doc(hidden)]
    fn visit(visitor: &mut impl VisitField<Self>);

    /// Goes through the derived fields, each after those it is derived from.
    #[doc(hidden)]
    fn visit_derived(_visitor: &mut impl VisitDerived<Self>) {}

    /// The field that holds keys that are only known at run time, if the model allows them.
    #[doc(hidden)]
    #[cfg(feature = "text")]
    fn runtime_keys() -> Option<Field<Self, crate::json::RuntimeKeys>> {
        None
    }

    /// The fields, in the order they are declared.
    #[must_use]
    fn fields() -> Vec<FieldInfo> {
        struct Infos(Vec<FieldInfo>);
        impl<M: Model> VisitField<M> for Infos {
            fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
                self.0.push(field.info());
            }
        }
        let mut infos = Infos(Vec::new());
        Self::visit(&mut infos);
        infos.0
    }
}

/// One field of a model, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// The place of the field in the struct, from 0.
    pub index: usize,
    /// The name as text, as tools and saved data spell it.
    pub name: &'static str,
    /// The names of the fields that it is derived from; none if it is written.
    pub derived_from: &'static [&'static str],
}

/// Makes a model, field by field: each derived one after those it is derived from.
#[doc(hidden)]
pub trait MakeField<M: Model> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) -> T;

    /// `derive` computes it from the fields made before.
    fn derived<T: Clone + Send + Sync + 'static>(
        &mut self,
        field: Field<M, T>,
        derive: impl FnOnce() -> T,
    ) -> T;
}

/// Goes through the fields of a model in the order they are declared.
#[doc(hidden)]
pub trait VisitField<M: Model> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>);
}

/// When two values of a field count as the same.
#[doc(hidden)]
pub enum Same<T> {
    /// Value equality, which a collection's journal may answer without comparing.
    Value(fn(&T, &T) -> bool),
    /// The model's own rule.
    Custom(fn(&T, &T) -> bool),
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Same<T> {}

impl<T> Same<T> {
    /// Whether two values count as the same.
    #[inline]
    pub(crate) fn holds(self, a: &T, b: &T) -> bool {
        let (Self::Value(same) | Self::Custom(same)) = self;
        same(a, b)
    }
}

/// A typed key of one field of a model.
///
/// `#[derive(Model)]` makes one per field, as a constant on the struct, named like the field in
/// capitals: `User::KICKED_OUT`. Watches of one key, of a range and of several fields start here.
///
/// # Examples
///
/// ```
/// # #[derive(store::Model)]
/// # pub struct User { pub kicked_out: String }
/// let user = User { kicked_out: "elsewhere".into() };
/// assert_eq!(User::KICKED_OUT.get(&user), "elsewhere");
/// assert_eq!(User::KICKED_OUT.info().name, "kicked_out");
/// ```
pub struct Field<M: Model, T: 'static> {
    #[doc(hidden)]
    pub parts: &'static FieldParts<M, T>,
}

/// A draft on its way to one of its fields: names both lifetimes, which the associated type alone
/// would hide.
#[doc(hidden)]
pub struct DraftMut<'a, 'b, M: Model>(pub &'a mut M::Draft<'b>);

/// The ways to reach a field, as the derive fills them in.
#[doc(hidden)]
pub struct FieldParts<M: Model, T: 'static> {
    pub index: usize,
    pub name: &'static str,
    pub derived_from: &'static [&'static str],
    pub get: fn(&M) -> &T,
    pub get_mut: fn(&mut M) -> &mut T,
    pub draft: for<'a, 'b> fn(DraftMut<'a, 'b, M>) -> &'a mut Draft<'b, T>,
    pub delta: fn(&M::Delta) -> &Delta<T>,
    /// Both, as every call of a watcher needs them.
    pub both: for<'a> fn(&'a M, &'a M::Delta) -> (&'a T, &'a Delta<T>),
    pub delta_mut: fn(&mut M::Delta) -> &mut Delta<T>,
    pub default: fn() -> T,
    pub same: Same<T>,
    #[cfg(feature = "text")]
    pub text: Option<crate::json::TextForm<T>>,
}

impl<M: Model, T: 'static> Field<M, T> {
    /// Place and text name of the field, and what it is derived from.
    #[must_use]
    pub const fn info(&self) -> FieldInfo {
        FieldInfo {
            index: self.parts.index,
            name: self.parts.name,
            derived_from: self.parts.derived_from,
        }
    }

    /// The field's value in a model, such as a snapshot.
    #[must_use]
    #[inline]
    pub fn get<'a>(&self, model: &'a M) -> &'a T {
        (self.parts.get)(model)
    }

    /// The field in a draft.
    ///
    /// A [derived field](Model#derived-fields) is not written: whatever is done to its draft, it
    /// follows from its inputs. What the draft reads as is the committed value.
    #[inline]
    pub fn draft<'a, 'b>(&self, draft: &'a mut M::Draft<'b>) -> &'a mut Draft<'b, T> {
        (self.parts.draft)(DraftMut(draft))
    }

    /// The value that a new store has, and a reset store has again. For a derived field, what its
    /// function makes of the defaults of its inputs.
    #[must_use]
    pub fn default_value(&self) -> T {
        (self.parts.default)()
    }

    /// Whether the field differs between two models, by the field's own rule.
    #[must_use]
    pub fn differs(&self, old: &M, new: &M) -> bool {
        !self.parts.same.holds(self.get(old), self.get(new))
    }

    /// Whether the field is computed from others, and not written.
    #[inline]
    pub(crate) const fn is_derived(&self) -> bool {
        !self.parts.derived_from.is_empty()
    }

    /// When two values count as the same.
    #[inline]
    pub(crate) fn same(&self) -> Same<T> {
        self.parts.same
    }

    #[inline]
    pub(crate) fn get_mut<'a>(&self, model: &'a mut M) -> &'a mut T {
        (self.parts.get_mut)(model)
    }

    #[inline]
    pub(crate) fn delta<'a>(&self, delta: &'a M::Delta) -> &'a Delta<T> {
        (self.parts.delta)(delta)
    }

    /// The field's value in a model, and what a write left of it.
    #[inline]
    pub(crate) fn both<'a>(&self, model: &'a M, delta: &'a M::Delta) -> (&'a T, &'a Delta<T>) {
        (self.parts.both)(model, delta)
    }

    #[inline]
    pub(crate) fn delta_mut<'a>(&self, delta: &'a mut M::Delta) -> &'a mut Delta<T> {
        (self.parts.delta_mut)(delta)
    }

    #[cfg(feature = "text")]
    pub(crate) fn text(&self) -> Option<crate::json::TextForm<T>> {
        self.parts.text
    }
}

impl<M: Model, T: 'static> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model, T: 'static> Copy for Field<M, T> {}

impl<M: Model, T: 'static> fmt::Debug for Field<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({}.{})", M::NAME, self.parts.name)
    }
}

impl<M: Model, T: 'static> fmt::Display for Field<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", M::NAME, self.parts.name)
    }
}
