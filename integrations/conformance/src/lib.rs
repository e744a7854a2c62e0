//! What the adapters of gols share: the tests that each of them passes, and the tables and pictures of their
//! examples.
//!
//! An adapter's `tests/conformance.rs` says how its framework builds one small [`Network`], and
//! [`conform!`] makes a test of every promise that does not depend on the framework.

pub mod comparison;
mod descents;
pub mod digits;
mod extremes;
pub mod killed;
pub mod memory;
mod network;
mod promises;
pub mod race;
pub mod text;
mod transfers;

pub use descents::*;
pub use extremes::*;
pub use network::{Adapter, Network, Number, Vector};
pub use promises::*;
pub use transfers::assert_transfers;

/// The tests that every [`Adapter`] passes.
#[macro_export]
macro_rules! conform {
    ($adapter:ty) => {
        $crate::conform! { $adapter:
            an_objective_keeps_every_promise,
            the_network_is_the_reference_network,
            the_first_batch_is_all_the_data_until_one_is_drawn,
            the_way_back_is_bit_for_bit_from_anywhere,
            what_combine_writes_is_what_the_loss_sees,
            an_error_leaves_the_parameters_before_the_step_bit_for_bit,
            after_a_step_the_parameters_are_the_tested_ones,
            every_type_trains,
            random_planes_are_those_of_a_slice_of_the_same_length,
            the_optimizer_goes_the_way_it_goes_over_a_slice,
            inexact_gols_takes_the_recorded_steps_on_new_batches,
            inexact_gols_takes_the_recorded_steps_on_one_batch_a_line,
            bisection_gols_takes_the_recorded_steps,
            armijo_takes_the_recorded_steps,
            products_of_large_and_of_small_vectors_are_found,
            products_of_nothing_are_0_and_what_is_not_finite_stays_so,
            large_and_small_gradients_move_the_parameters,
            sums_of_many_small_vectors_do_not_stop_growing,
            the_moments_of_small_and_of_constant_gradients_are_those_of_f64,
            an_epsilon_below_the_type_stays_positive,
            factors_beyond_the_type_give_the_nearest_numbers,
            a_step_beyond_the_type_leaves_finite_parameters
        }
    };
    ($adapter:ty: $($test:ident),*) => {
        $(
            #[test]
            fn $test() {
                $crate::$test::<$adapter>();
            }
        )*
    };
}
