//! The contract, rule by rule.
