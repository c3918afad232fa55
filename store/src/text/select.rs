//! From two texts to a typed field, and back into what the caller wants to do with it.

use super::TextError;
use crate::{
    json::RuntimeKeys,
    model::{Field, Holds, Model, Stores, VisitEach, VisitField},
};

/// What to do with a field once it is found, whatever its type.
pub(super) trait Operation<S: Stores> {
    type Answer;

    fn on_field<M: Model, T: Clone + Send + Sync + 'static>(
        self,
        field: Field<M, T>,
    ) -> Result<Self::Answer, TextError>
    where
        S: Holds<M>;

    fn on_runtime_key<M: Model>(
        self,
        keys: Field<M, RuntimeKeys>,
        key: &str,
    ) -> Result<Self::Answer, TextError>
    where
        S: Holds<M>;
}

/// Finds a field or run-time key by name.
pub(super) fn select<S: Stores, O: Operation<S>>(
    store: &str,
    field: &str,
    operation: O,
) -> Result<O::Answer, TextError> {
    let mut search = Search {
        store,
        field,
        operation: Some(operation),
        answer: None,
        known: Vec::new(),
    };
    S::visit(&mut search);
    let Search { answer, known, .. } = search;
    answer.unwrap_or_else(|| {
        Err(TextError::UnknownStore {
            store: store.to_owned(),
            known,
        })
    })
}

struct Search<'a, S: Stores, O: Operation<S>> {
    store: &'a str,
    field: &'a str,
    operation: Option<O>,
    answer: Option<Result<O::Answer, TextError>>,
    known: Vec<&'static str>,
}

impl<S: Stores, O: Operation<S>> VisitEach<S> for Search<'_, S, O> {
    fn visit<M: Model>(&mut self)
    where
        S: Holds<M>,
    {
        self.known.push(M::NAME);
        if M::NAME != self.store || self.operation.is_none() {
            return;
        }
        let mut fields = SearchFields::<S, O> {
            field: self.field,
            operation: self.operation.take(),
            answer: None,
            _stores: std::marker::PhantomData,
        };
        M::visit(&mut fields);
        let SearchFields {
            operation, answer, ..
        } = fields;
        self.answer = answer.or_else(|| match (M::runtime_keys(), operation) {
            (Some(keys), Some(operation)) => Some(operation.on_runtime_key(keys, self.field)),
            _ => Some(Err(TextError::UnknownField {
                store: M::NAME,
                field: self.field.to_owned(),
                known: M::fields().iter().map(|field| field.name).collect(),
            })),
        });
    }
}

struct SearchFields<'a, S: Stores, O: Operation<S>> {
    field: &'a str,
    operation: Option<O>,
    answer: Option<Result<O::Answer, TextError>>,
    _stores: std::marker::PhantomData<fn() -> S>,
}

impl<S: Holds<M>, M: Model, O: Operation<S>> VisitField<M> for SearchFields<'_, S, O> {
    fn field<T: Clone + Send + Sync + 'static>(&mut self, field: Field<M, T>) {
        // The field that holds the run-time keys is not one of them.
        let holds_keys = M::runtime_keys().is_some_and(|keys| keys.info() == field.info());
        if field.info().name == self.field
            && !holds_keys
            && let Some(operation) = self.operation.take()
        {
            self.answer = Some(operation.on_field(field));
        }
    }
}
