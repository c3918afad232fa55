//! The online-status service, rule by rule, against a server that does as it is told.
//!
//! The numbers are those of "The service" in the design of user online status.

mod support;

mod names;
mod rule_1_switch;
mod rule_2_interest;
mod rule_3_calls;
mod rule_4_merging;
mod rule_5_leaving;
mod rule_6_link;
mod rule_7_refusals;
mod rule_8_own_status;
mod rule_9_dots;
mod convergence;
mod faults;
