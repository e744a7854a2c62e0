//! Starting a step from the search's last gradient.

use gols::search::{InexactGols, Termination, all};

use super::{SAMPLINGS, Setup, descent, dynamic};
use crate::common::probe::{Call, Probe};

#[test]
fn a_reused_gradient_is_the_one_of_the_accepted_step_and_comes_without_a_loss() {
    let search = InexactGols::default().with_previous(0.3).unwrap();
    let mut descent = dynamic(1.0, search).with_gradient_reuse(true);
    assert!(descent.step().unwrap().loss.is_some(), "the first step evaluates");
    let mut reused = 0;
    for _ in 0..20 {
        let iteration = descent.step().unwrap();
        // What the model says at the accepted point, on the batch that was drawn last.
        let expected = descent.objective().gradient_at(&descent.objective().x);
        descent.objective().take_notes();
        let is_reusable = matches!(
            iteration.step.termination,
            Termination::SignChange | Termination::SlopeReduced
        );
        if is_reusable {
            assert_eq!(descent.gradient(), &expected);
            assert_eq!(descent.step().unwrap().loss, None);
            let negative: Vec<f64> = expected.iter().map(|g| -g).collect();
            assert_eq!(descent.direction(), &negative);
            assert_eq!(descent.objective().count(Call::LossAndGradient), 0);
            reused += 1;
        }
    }
    assert!(reused > 10, "{reused}");
}

#[test]
fn reuse_on_full_batches_changes_no_step() {
    // The slope of a line and the first gradient of the next are the same numbers here.
    for ((name, search), (_, twin)) in all().into_iter().zip(all()) {
        let setup = Setup { sampling: SAMPLINGS[0], reuse: true, prepares: false };
        let mut reusing = descent(Probe::new(0.0), search, setup);
        let mut plain = descent(Probe::new(0.0), twin, Setup { reuse: false, ..setup });
        for _ in 0..10 {
            assert_eq!(reusing.step().unwrap().step, plain.step().unwrap().step, "{name}");
        }
    }
}
