//! Hearsay's core: it reads English news text and marks claims laid on anonymous sources,
//! assertions with no source at all, and hedged claims.
//!
//! One way through the house: [`page`] (text blocks) → [`language`], [`maintext`] → sentences and
//! tokens → attributions → flags → source ledger → [`model::Reading`] → [`explain`] (cards), [`panel`] and
//! [`export`] (lists). `crate/DESIGN.md` has the map.

mod anchor;
mod attribution;
mod block;
mod details;
pub mod dismissed;
mod eight;
pub mod explain;
pub mod export;
mod flags;
pub mod fragment;
pub mod guide;
#[cfg(not(target_arch = "wasm32"))]
pub mod html;
pub mod language;
mod lexicon;
pub mod maintext;
pub mod model;
mod order;
pub mod own;
pub mod packed;
pub mod page;
pub mod panel;
mod phrases;
mod quotes;
pub mod read;
pub mod review;
mod rules;
mod sentences;
mod sources;
pub mod sourcing;
#[cfg(not(target_arch = "wasm32"))]
mod tags;
mod tokens;
pub mod trace;
mod unfold;
mod verbs;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod work;
