//! A reactive state store.
