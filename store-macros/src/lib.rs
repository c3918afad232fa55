//! The derive macros of `store`.
