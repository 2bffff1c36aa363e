//! Hearsay's core: it reads English news text and marks claims laid on anonymous sources,
//! assertions with no source at all, and hedged claims.
//!
//! One way through the house: [`page`] (text blocks) → [`language`], [`maintext`] → sentences and
//! tokens → attributions → flags → source ledger → [`model::Reading`] → [`explain`] (cards) and
//! [`export`] (lists). `crate/DESIGN.md` has the map.

pub mod explain;
pub mod export;
pub mod language;
pub mod maintext;
pub mod model;
pub mod page;
pub mod read;
#[cfg(target_arch = "wasm32")]
mod wasm;
