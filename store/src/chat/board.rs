//! Every write that the service makes to the store: one method, one commit.
//!
//! It decides nothing. Whoever watches hears the origin "server".

use std::convert::Infallible;

use super::{
    backend::Session,
    error::ChatError,
    model::{CONTACT, CONVERSATION, Contact, Conversations, USER, User},
    plan::Place,
    types::{
        Conversation, ConversationId, Friend, KickReason, NetState, UserId, UserProfile, UserStatus,
    },
};
use crate::{Holds, Origin, Store, Transaction};

/// The store, as the service writes it.
pub(super) struct Board<S: ChatStores> {
    pub(super) store: Store<S>,
}

/// A set of stores that has everything the chat service needs.
pub trait ChatStores: Holds<User> + Holds<Contact> + Holds<Conversations> {}

impl<S: Holds<User> + Holds<Contact> + Holds<Conversations>> ChatStores for S {}

/// What becomes of the statuses in one commit.
#[derive(Default)]
pub(super) struct News {
    pub(super) statuses: Vec<(UserId, UserStatus)>,
    pub(super) moved: Vec<(UserId, Place)>,
}

type Written = Result<(), ChatError>;

impl<S: ChatStores> Board<S> {
    fn write(&self, write: impl FnOnce(&mut Transaction<'_, S>)) -> Written {
        let writer = self.store.by(Origin::new("server"));
        let written = writer.transaction(|transaction| {
            write(transaction);
            Ok::<_, Infallible>(())
        });
        written.map_err(|error| ChatError::NotWritten {
            reason: error.to_string(),
        })
    }

    /// A user is logged in; nothing of a former one is left.
    pub(super) fn sign_in(&self, user: &UserId, session: Session) -> Written {
        self.write(|transaction| {
            leave_nothing(transaction);
            let own_status = session.own_status.as_ref().map(super::StatusReport::merged);
            put_session(transaction, user, session);
            let user_draft = transaction.on(USER);
            user_draft.own_status.set(own_status.unwrap_or_default());
            user_draft.net_state.set(NetState::Connected);
        })
    }

    /// The session of the user who is logged in goes on, with these lists.
    pub(super) fn resume(&self, user: &UserId, session: Session) -> Written {
        self.write(|transaction| put_session(transaction, user, session))
    }

    /// Nobody is logged in; nothing of a former user is left but why.
    pub(super) fn sign_out(
        &self,
        kicked: Option<KickReason>,
        error: Option<&ChatError>,
    ) -> Written {
        self.write(|transaction| {
            leave_nothing(transaction);
            transaction.on(USER).kicked_out.set(kicked);
            transaction.on(USER).online_status_error.set(error.cloned());
        })
    }

    /// Statuses are shown from now on.
    pub(super) fn switch_on(&self, news: News, error: Option<&ChatError>) -> Written {
        self.write(|transaction| {
            transaction.on(USER).display_online_status.set(true);
            transaction.on(USER).online_status_error.set(error.cloned());
            put_news(transaction, news);
        })
    }

    /// Statuses are not shown from now on.
    pub(super) fn switch_off(&self, error: Option<&ChatError>) -> Written {
        self.write(|transaction| {
            let user = transaction.on(USER);
            user.display_online_status.set(false);
            user.user_status_list.clear();
            user.given_up_users.clear();
            user.online_status_error.set(error.cloned());
        })
    }

    /// Users are doing otherwise, or get otherwise than before.
    pub(super) fn tell(&self, news: News) -> Written {
        self.write(|transaction| put_news(transaction, news))
    }

    /// Something went wrong, or is right again.
    pub(super) fn set_error(&self, error: Option<&ChatError>) -> Written {
        self.write(|transaction| transaction.on(USER).online_status_error.set(error.cloned()))
    }

    /// The user who is logged in is seen otherwise.
    pub(super) fn set_own_status(&self, status: UserStatus) -> Written {
        self.write(|transaction| transaction.on(USER).own_status.set(status))
    }

    /// The link is otherwise. `lost` says that what is known may no longer be true.
    pub(super) fn set_link(&self, state: NetState, lost: bool) -> Written {
        self.write(|transaction| {
            let user = transaction.on(USER);
            user.net_state.set(state);
            if lost {
                user.own_status.fresh = false;
                let fresh = user
                    .user_status_list
                    .iter()
                    .filter(|(_, status)| status.fresh);
                let users: Vec<UserId> = fresh.map(|(user, _)| user.clone()).collect();
                for stale in users {
                    if let Some(status) = user.user_status_list.get_mut(&stale) {
                        status.fresh = false;
                    }
                }
            }
        })
    }

    /// These are blocked, and nobody else.
    pub(super) fn set_blacklist(&self, blocked: Vec<UserId>) -> Written {
        self.write(|transaction| block(transaction, blocked))
    }

    /// The contact list is otherwise.
    pub(super) fn put_friends(&self, put: Vec<Friend>, removed: &[UserId]) -> Written {
        self.write(|transaction| {
            let list = &mut transaction.on(CONTACT).friend_list;
            for friend in removed {
                list.remove(friend);
            }
            for friend in put {
                list.insert(friend.user_id.clone(), friend);
            }
        })
    }

    /// The conversation list is otherwise.
    pub(super) fn put_conversations(
        &self,
        put: Vec<Conversation>,
        removed: &[ConversationId],
    ) -> Written {
        self.write(|transaction| {
            let list = &mut transaction.on(CONVERSATION).conversation_list;
            for conversation in removed {
                list.remove(conversation);
            }
            for conversation in put {
                list.insert(conversation.conversation_id.clone(), conversation);
            }
        })
    }
}

/// Everything of the user who was logged in goes; the link stays as it is.
fn leave_nothing<S: ChatStores>(transaction: &mut Transaction<'_, S>) {
    let net_state = *transaction.on(USER).net_state;
    transaction.reset(USER);
    transaction.reset(CONTACT);
    transaction.reset(CONVERSATION);
    transaction.on(USER).net_state.set(net_state);
}

/// Who the user is and what lists there are, but not the own status.
fn put_session<S: ChatStores>(
    transaction: &mut Transaction<'_, S>,
    user: &UserId,
    session: Session,
) {
    transaction.on(USER).user_profile.set(UserProfile {
        user_id: user.clone(),
        ..session.profile
    });
    block(transaction, session.blacklist);
    let friends = session
        .friends
        .into_iter()
        .map(|it| (it.user_id.clone(), it));
    transaction.on(CONTACT).friend_list.set(friends.collect());
    let conversations = session
        .conversations
        .into_iter()
        .map(|it| (it.conversation_id.clone(), it));
    transaction
        .on(CONVERSATION)
        .conversation_list
        .set(conversations.collect());
}

fn block<S: ChatStores>(transaction: &mut Transaction<'_, S>, blocked: Vec<UserId>) {
    let user = transaction.on(USER);
    for blocked in &blocked {
        user.user_status_list.remove(blocked);
    }
    user.user_blacklist.set(blocked.into_iter().collect());
}

fn put_news<S: ChatStores>(transaction: &mut Transaction<'_, S>, news: News) {
    let user = transaction.on(USER);
    for (id, status) in news.statuses {
        if !user.user_blacklist.contains(&id) {
            user.user_status_list.insert(id, status);
        }
    }
    for (id, place) in news.moved {
        match place {
            Place::Kept => {
                user.given_up_users.remove(&id);
            }
            Place::GivenUp => {
                if let Some(status) = user.user_status_list.get_mut(&id) {
                    status.fresh = false;
                }
                user.given_up_users.insert(id);
            }
            Place::Out => {
                user.user_status_list.remove(&id);
                user.given_up_users.remove(&id);
            }
        }
    }
}
