//! The interval of a step length.

use gols::search::StepBounds;
use proptest::prelude::*;

use crate::common::{config, extreme_length, extreme_settings};

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn the_limits_are_those_of_the_definition(
        settings in extreme_settings(),
        norm in prop_oneof![4 => extreme_length(), 1 => Just(0.0)],
    ) {
        let (lo, hi) = settings.bounds().limits(norm);
        prop_assert_eq!((lo, hi), settings.limits(norm));
        prop_assert!(0.0 <= lo && lo <= hi && hi.is_finite());
    }

    #[test]
    fn no_step_within_the_limits_is_longer_than_the_cap(
        settings in extreme_settings(),
        norm in 1e-6..1e6_f64,
    ) {
        let (_, hi) = settings.bounds().limits(norm);
        if let Some(displacement) = settings.displacement {
            // One rounding in the quotient, one in the product; below normal numbers a whole ulp.
            let slack = 2.0 * f64::EPSILON * displacement + 5e-324 * (1.0 + norm);
            prop_assert!(hi * norm <= displacement + slack);
        }
    }
}

#[test]
fn the_defaults_are_the_papers() {
    // [LR] 2.3.
    let bounds = StepBounds::default();
    assert_eq!((bounds.min(), bounds.max(), bounds.max_displacement()), (1e-8, 1e7, Some(1.0)));
    assert_eq!(bounds.limits(1.0), (1e-8, 1.0));
    assert_eq!(bounds.limits(4.0), (1e-8, 0.25));
    assert_eq!(bounds.limits(1e-9), (1e-8, 1e7));
    // Along a long direction the least step leaves room below the cap.
    assert_eq!(bounds.limits(2.0_f64.powi(30)), (0.1 * 0.5_f64.powi(30), 0.5_f64.powi(30)));
    assert_eq!(bounds.limits(0.0), (1e-8, 1e7));
}

#[test]
fn a_cap_is_set_and_lifted_by_itself() {
    let bounds = StepBounds::new(1e-3, 10.0, None).unwrap();
    let capped = bounds.with_max_displacement(0.5).unwrap();
    assert_eq!(capped, StepBounds::new(1e-3, 10.0, Some(0.5)).unwrap());
    assert_eq!(capped.without_cap(), bounds);
}
