//! The set of named stores that one store holds, and "one of these for each of them".

use std::{mem::ManuallyDrop, sync::Arc};

use super::Model;

/// A struct whose fields are the named stores of one [`Store`](crate::Store). Derive it:
/// `#[derive(Stores)]`.
///
/// Each field's type is a [`Model`]; each model may stand there once. A model is also a set of
/// one, so `Store<User>` needs no struct around `User`.
///
/// # Examples
///
/// ```
/// use store::{Model, Store, Stores};
///
/// #[derive(Model)]
/// pub struct User { pub nick: String }
/// #[derive(Model)]
/// pub struct Contact { pub unread: u32 }
///
/// #[derive(Stores)]
/// pub struct App { pub user: User, pub contact: Contact }
///
/// let store = Store::<App>::new();
/// assert_eq!(store.snapshot(CONTACT).unread, 0);
/// ```
///
/// A name that is not registered does not compile:
///
/// ```compile_fail
/// # use store::{Model, Store, Stores};
/// # #[derive(Model)] pub struct User { pub nick: String }
/// # #[derive(Model)] pub struct Contact { pub unread: u32 }
/// #[derive(Stores)]
/// pub struct App { pub user: User }
/// Store::<App>::new().snapshot(CONTACT);
/// ```
pub trait Stores: Sized + Send + Sync + 'static {
    #[doc(hidden)]
    type Each<F: Family>: Send + Sync;

    #[doc(hidden)]
    fn each<F: Family>(maker: &mut impl MakeEach<Self, F>) -> Self::Each<F>;

    #[doc(hidden)]
    fn into_heads(self) -> Self::Each<Heads>;

    #[doc(hidden)]
    fn visit(visitor: &mut impl VisitEach<Self>);
}

/// Says that a set of stores has the named store `M`.
///
/// Code that works on some named stores, whatever else the program keeps, asks for it:
/// `fn sign_in<S: Holds<User> + Holds<Contact>>(store: &Store<S>)`.
#[diagnostic::on_unimplemented(
    message = "the named store `{M}` is not registered in `{Self}`",
    label = "`{M}` is not registered in `{Self}`",
    note = "add a field of type `{M}` to the struct that derives `Stores`"
)]
pub trait Holds<M: Model>: Stores {
    #[doc(hidden)]
    const INDEX: usize;

    #[doc(hidden)]
    fn of<F: Family>(each: &Self::Each<F>) -> &F::Of<M>;

    #[doc(hidden)]
    fn of_mut<F: Family>(each: &mut Self::Each<F>) -> &mut F::Of<M>;
}

/// A kind of thing that there is one of for each named store.
#[doc(hidden)]
pub trait Family {
    type Of<M: Model>: Send + Sync;
}

/// Makes one for each named store.
#[doc(hidden)]
pub trait MakeEach<S: Stores, F: Family> {
    fn make<M: Model>(&mut self) -> F::Of<M>
    where
        S: Holds<M>;
}

/// Goes through the named stores in the order they are declared.
#[doc(hidden)]
pub trait VisitEach<S: Stores> {
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>;
}

/// The newest committed state.
#[doc(hidden)]
pub enum Heads {}

impl Family for Heads {
    type Of<M: Model> = Arc<M>;
}

/// Drafts of the named stores that a transaction has touched. Not dropped by themselves: when the
/// transaction ends, all that was written in them is taken over.
#[doc(hidden)]
pub struct Drafts<'a>(std::marker::PhantomData<&'a ()>);

impl<'a> Family for Drafts<'a> {
    type Of<M: Model> = Option<ManuallyDrop<M::Draft<'a>>>;
}
