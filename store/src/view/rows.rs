//! What a program writes to make a live view: a field, and one method per stage.

use std::fmt;

use super::{
    boxed::Boxed,
    collect::{Collected, MapOf},
    count::Count,
    end::View,
    field::FieldRows,
    filter::Filtered,
    function::{Given, Plain},
    group::Grouped,
    input::IntoInput,
    join::{Joined, LeftJoined},
    join_on::JoinedOn,
    map::Mapped,
    sort::Sorted,
    stage::Stage,
    watch::Reads,
};
use crate::{
    collections::{Key, Keyed},
    model::{Field, Model, Stores},
};

/// Rows of a live view, each under a key: a collection in the store, and what is made of it.
///
/// Begins with [`Field::view`]. Each method makes new rows of these; [`count`](Self::count),
/// [`collect`](Self::collect) and [`sort_by`](Self::sort_by) end it in a [`View`], which can be watched.
///
/// # Functions must be steady
///
/// A function given to these methods must answer the same for the same arguments: a row is only looked at again when
/// it differs. What else it depends on goes in as a field, by [`filter_by`](Self::filter_by) and
/// [`map_by`](Self::map_by). Where a view finds out that a function has changed its mind, because a row is not where it
/// was put, a debug build panics, as any callback may, and a release build starts afresh from all rows.
#[must_use = "a live view does nothing until it is watched"]
pub struct Rows<R> {
    stage: R,
}

/// What can be joined with rows: other [`Rows`], or a [`Field`] that holds a map or a set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows that a live view could join",
    label = "is neither a field that holds a map or a set nor made of one"
)]
pub trait IntoRows {
    /// Where the rows come from.
    type Stage: Stage;

    #[doc(hidden)]
    fn into_stage(self) -> Self::Stage;
}

impl<R: Stage> IntoRows for Rows<R> {
    type Stage = R;

    fn into_stage(self) -> R {
        self.stage
    }
}

impl<M: Model, C: Keyed> IntoRows for Field<M, C> {
    type Stage = FieldRows<M, C>;

    fn into_stage(self) -> FieldRows<M, C> {
        FieldRows::new(self)
    }
}

impl<M: Model, C: Keyed> Field<M, C> {
    /// Begins a live view of this collection, with a row for each item. The rows of a set hold `()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, Model, Store};
    ///
    /// #[derive(Model)]
    /// pub struct Contact { pub friends: Map<u32, String> }
    ///
    /// let store = Store::<Contact>::new();
    /// store.update(CONTACT, |contact| {
    ///     contact.friends.extend([(1, "Cy".to_owned()), (2, "Ann".to_owned()), (3, "Abe".to_owned())]);
    /// });
    /// let with_a = Contact::FRIENDS
    ///     .view()
    ///     .filter(|_, name| name.starts_with('A'))
    ///     .sort_by(|_, name| name.clone());
    /// let with_a = with_a.at(&store.snapshot_all());
    /// assert!(with_a.iter().map(|row| row.value()).eq(["Abe", "Ann"]));
    /// ```
    pub fn view(self) -> Rows<FieldRows<M, C>> {
        Rows::of(self.into_stage())
    }
}

impl<R: Stage> Rows<R> {
    /// Keeps the rows for which `keep` returns true.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)] pub struct Inbox { pub unread: Map<&'static str, u32> }
    /// # let store = Store::<Inbox>::new();
    /// store.update(INBOX, |inbox| inbox.unread.extend([("ann", 0), ("bob", 2)]));
    /// let waiting = Inbox::UNREAD.view().filter(|_, unread| *unread > 0).collect();
    /// assert!(waiting.at(&store.snapshot_all()).keys().eq(&["bob"]));
    /// ```
    pub fn filter<F>(self, keep: F) -> Rows<Filtered<R, Plain<F>>>
    where
        F: Fn(&R::Key, &R::Value) -> bool,
    {
        let (rows, keep) = (self.stage, Plain(keep));
        Rows::of(Filtered { rows, keep })
    }

    /// Keeps the rows for which `keep` returns true, given the value of a field of any named store.
    ///
    /// When the field changes, all rows are looked at again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store, Stores};
    /// # #[derive(Model)] pub struct Ui { pub search: String }
    /// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
    /// # #[derive(Stores)] pub struct App { pub ui: Ui, pub contact: Contact }
    /// # let store = Store::<App>::new();
    /// store.update(CONTACT, |contact| contact.friends.extend([(1, "Ann".into()), (2, "Bob".into())]));
    /// store.update(UI, |ui| ui.search.set("b".into()));
    /// let found = Contact::FRIENDS
    ///     .view()
    ///     .filter_by(Ui::SEARCH, |search, _, name| name.to_lowercase().contains(search.as_str()))
    ///     .collect();
    /// assert!(found.at(&store.snapshot_all()).values().eq(["Bob"]));
    /// ```
    pub fn filter_by<I, F>(self, input: I, keep: F) -> Rows<Filtered<R, Given<I::Input, F>>>
    where
        I: IntoInput,
        F: Fn(&I::Value, &R::Key, &R::Value) -> bool,
    {
        let (rows, keep) = (self.stage, Given::new(input, keep));
        Rows::of(Filtered { rows, keep })
    }

    /// Makes another value of each row, under the same key.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
    /// # let store = Store::<Contact>::new();
    /// store.update(CONTACT, |contact| contact.friends.insert(1, "Ann".into()));
    /// let initials = Contact::FRIENDS.view().map(|_, name| name.chars().next()).collect();
    /// assert_eq!(initials.at(&store.snapshot_all())[&1], Some('A'));
    /// ```
    pub fn map<F, W>(self, map: F) -> Rows<Mapped<R, Plain<F>>>
    where
        F: Fn(&R::Key, &R::Value) -> W,
        W: Clone + PartialEq + Send + Sync + 'static,
    {
        let (rows, map) = (self.stage, Plain(map));
        Rows::of(Mapped { rows, map })
    }

    /// Makes another value of each row, given the value of a field of any named store.
    ///
    /// When the field changes, all rows are made again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)]
    /// # pub struct Shop { pub prices: Map<&'static str, u32>, pub discount: u32 }
    /// # let store = Store::<Shop>::new();
    /// store.update(SHOP, |shop| {
    ///     shop.prices.insert("tea", 9);
    ///     shop.discount.set(2);
    /// });
    /// let to_pay = Shop::PRICES.view().map_by(Shop::DISCOUNT, |discount, _, price| price - discount);
    /// assert_eq!(to_pay.collect().at(&store.snapshot_all())["tea"], 7);
    /// ```
    pub fn map_by<I, F, W>(self, input: I, map: F) -> Rows<Mapped<R, Given<I::Input, F>>>
    where
        I: IntoInput,
        F: Fn(&I::Value, &R::Key, &R::Value) -> W,
        W: Clone + PartialEq + Send + Sync + 'static,
    {
        let (rows, map) = (self.stage, Given::new(input, map));
        Rows::of(Mapped { rows, map })
    }

    /// Puts rows of the same key side by side, of the keys that both have.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)]
    /// # pub struct Shop { pub prices: Map<&'static str, u32>, pub in_stock: Map<&'static str, u32> }
    /// # let store = Store::<Shop>::new();
    /// store.update(SHOP, |shop| {
    ///     shop.prices.extend([("tea", 9), ("milk", 2)]);
    ///     shop.in_stock.insert("tea", 100);
    /// });
    /// let worth = Shop::PRICES.view().join(Shop::IN_STOCK).map(|_, (price, count)| price * count);
    /// assert!(worth.collect().at(&store.snapshot_all()).iter().eq([(&"tea", &900)]));
    /// ```
    pub fn join<O>(self, other: O) -> Rows<Joined<R, O::Stage>>
    where
        O: IntoRows<Stage: Stage<Key = R::Key>>,
    {
        let rows = self.left_join(other).stage;
        Rows::of(Joined { rows })
    }

    /// Gives each row the other row of the same key, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store, Stores};
    /// # #[derive(Model)] pub struct User { pub user_status_list: Map<u32, &'static str> }
    /// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
    /// # #[derive(Stores)] pub struct App { pub user: User, pub contact: Contact }
    /// # let store = Store::<App>::new();
    /// store.update(CONTACT, |contact| contact.friends.extend([(1, "Ann".into()), (2, "Bob".into())]));
    /// store.update(USER, |user| user.user_status_list.insert(2, "online"));
    /// let statuses = Contact::FRIENDS
    ///     .view()
    ///     .left_join(User::USER_STATUS_LIST)
    ///     .map(|_, (name, status)| format!("{name}: {}", status.unwrap_or("?")));
    /// let statuses = statuses.collect().at(&store.snapshot_all());
    /// assert!(statuses.values().eq(["Ann: ?", "Bob: online"]));
    /// ```
    pub fn left_join<O>(self, other: O) -> Rows<LeftJoined<R, O::Stage>>
    where
        O: IntoRows<Stage: Stage<Key = R::Key>>,
    {
        Rows::of(LeftJoined::new(self.stage, other.into_stage()))
    }

    /// Gives each row the other row that it names by its key, if it names one and that is there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)]
    /// # pub struct Chat { pub senders: Map<u32, &'static str>, pub names: Map<&'static str, String> }
    /// # let store = Store::<Chat>::new();
    /// store.update(CHAT, |chat| {
    ///     chat.senders.extend([(1, "ann"), (2, "bob"), (3, "ann")]);
    ///     chat.names.insert("ann", "Ann Lee".into());
    /// });
    /// let names = Chat::SENDERS.view().join_on(Chat::NAMES, |_, sender| Some(*sender));
    /// let named = names.filter(|_, (_, name)| name.as_deref() == Some("Ann Lee")).count();
    /// assert_eq!(named.at(&store.snapshot_all()), 2);
    /// ```
    pub fn join_on<O, F>(self, other: O, named_by: F) -> Rows<JoinedOn<R, O::Stage, F>>
    where
        O: IntoRows,
        F: Fn(&R::Key, &R::Value) -> Option<<O::Stage as Stage>::Key>,
    {
        Rows::of(JoinedOn::new(self.stage, other.into_stage(), named_by))
    }

    /// Makes one row of all that belong together, under what `group_of` makes of them: a map of those rows.
    ///
    /// A group without rows is no row.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)] pub struct Contact { pub friends: Map<u32, String> }
    /// # let store = Store::<Contact>::new();
    /// store.update(CONTACT, |contact| {
    ///     contact.friends.extend([(1, "Ann".into()), (2, "Bob".into()), (3, "Abe".into())]);
    /// });
    /// let by_letter = Contact::FRIENDS.view().group_by(|_, name| name.chars().next()).collect();
    /// let by_letter = by_letter.at(&store.snapshot_all());
    /// assert!(by_letter[&Some('A')].values().eq(["Ann", "Abe"]));
    /// ```
    pub fn group_by<F, G>(self, group_of: F) -> Rows<Grouped<R, F, G, MapOf<R>>>
    where
        F: Fn(&R::Key, &R::Value) -> G,
        G: Key,
    {
        Rows::of(Grouped::new(self.stage, group_of, "group_by"))
    }

    /// Counts the rows that belong together, under what `group_of` makes of them.
    ///
    /// A group without rows is no row.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)] pub struct User { pub user_status_list: Map<u32, &'static str> }
    /// # let store = Store::<User>::new();
    /// store.update(USER, |user| {
    ///     user.user_status_list.extend([(1, "online"), (2, "away"), (3, "online")]);
    /// });
    /// let counts = User::USER_STATUS_LIST.view().count_by(|_, status| *status).collect();
    /// assert!(counts.at(&store.snapshot_all()).iter().eq([(&"away", &1), (&"online", &2)]));
    /// ```
    pub fn count_by<F, G>(self, group_of: F) -> Rows<Grouped<R, F, G, usize>>
    where
        F: Fn(&R::Key, &R::Value) -> G,
        G: Key,
    {
        Rows::of(Grouped::new(self.stage, group_of, "count_by"))
    }

    /// Shows how many rows there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Model, Set, Store};
    /// # #[derive(Model)] pub struct User { pub online: Set<u32> }
    /// # let store = Store::<User>::new();
    /// store.update(USER, |user| user.online.extend([1, 2]));
    /// assert_eq!(User::ONLINE.view().count().at(&store.snapshot_all()), 2);
    /// ```
    pub fn count(self) -> View<Count<R>> {
        View::of(Count::new(self.stage))
    }

    /// Shows all rows, as a map.
    ///
    /// # Examples
    ///
    /// ```
    /// # use store::{Map, Model, OrdMap, Store};
    /// # #[derive(Model)] pub struct Inbox { pub unread: Map<&'static str, u32> }
    /// # let store = Store::<Inbox>::new();
    /// store.update(INBOX, |inbox| inbox.unread.insert("bob", 2));
    /// let doubled = Inbox::UNREAD.view().map(|_, unread| unread * 2).collect();
    /// assert_eq!(doubled.at(&store.snapshot_all()), OrdMap::from([("bob", 4)]));
    /// ```
    pub fn collect(self) -> View<Collected<R>> {
        View::of(Collected::new(self.stage))
    }

    /// Shows all rows as a list, in the order of what `sort_key` makes of them, and of their keys where that is equal.
    /// `sort_key` gets a row's key and value, not two rows; it is std's `sort_by_key`.
    ///
    /// [`std::cmp::Reverse`] turns an order around, and a tuple sorts by one thing after another. A sort key that
    /// depends on a field is made by [`map_by`](Self::map_by) first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::cmp::Reverse;
    /// # use store::{Map, Model, Store};
    /// # #[derive(Model)] pub struct Inbox { pub unread: Map<&'static str, u32> }
    /// # let store = Store::<Inbox>::new();
    /// store.update(INBOX, |inbox| inbox.unread.extend([("ann", 2), ("bob", 9), ("cy", 2)]));
    /// let most_first = Inbox::UNREAD.view().sort_by(|_, unread| Reverse(*unread));
    /// let rows = most_first.at(&store.snapshot_all());
    /// assert!(rows.iter().map(|row| (*row.key(), *row.value())).eq([("bob", 9), ("ann", 2), ("cy", 2)]));
    /// ```
    pub fn sort_by<F, O>(self, sort_key: F) -> View<Sorted<R, F, O>>
    where
        F: Fn(&R::Key, &R::Value) -> O,
        O: Ord + Send + Sync + 'static,
    {
        View::of(Sorted::new(self.stage, sort_key))
    }

    /// Forgets which stages the rows come from, so that rows made otherwise can be of the same type.
    ///
    /// # Examples
    ///
    /// ```
    /// use store::{Map, Model, Store, view::{Boxed, Rows}};
    ///
    /// #[derive(Model)]
    /// pub struct Inbox { pub unread: Map<u32, u32> }
    ///
    /// fn inbox(only_unread: bool) -> Rows<Boxed<Inbox, u32, u32>> {
    ///     let rows = Inbox::UNREAD.view();
    ///     match only_unread {
    ///         true => rows.filter(|_, unread| *unread > 0).boxed(),
    ///         false => rows.boxed(),
    ///     }
    /// }
    ///
    /// let store = Store::<Inbox>::new();
    /// store.update(INBOX, |inbox| inbox.unread.extend([(1, 0), (2, 5)]));
    /// let counts = [true, false].map(|only_unread| inbox(only_unread).count().at(&store.snapshot_all()));
    /// assert_eq!(counts, [1, 2]);
    /// ```
    pub fn boxed<S: Stores>(self) -> Rows<Boxed<S, R::Key, R::Value>>
    where
        R: Reads<S> + Send + 'static,
    {
        Rows::of(Boxed::new(self.stage))
    }

    fn of(stage: R) -> Self {
        Self { stage }
    }
}

impl<R: fmt::Debug> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rows").field(&self.stage).finish()
    }
}
