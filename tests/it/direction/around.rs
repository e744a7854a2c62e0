//! Rules around other rules: clipped gradients, frozen coordinates, weights that do not decay.

use gols::direction::{Adam, AdamW, Clipped, Direction, HeavyBall, Lbfgs, Masked, SteepestDescent};
use gols::search::FixedStep;
use gols::{Descent, Error, Optimizer, SliceModel, SliceObjective, Slices, VectorSpace};

use crate::common::bits;
use crate::common::probe::Probe;

type Rule = Box<dyn Direction<Slices<f64>>>;

/// The directions of a rule for these gradients.
fn directions(mut rule: Rule, gradients: &[[f64; 2]]) -> Vec<Vec<f64>> {
    let space = Slices::new(2);
    let mut d = space.zeros().unwrap();
    let direction = |gradient: &[f64; 2]| {
        rule.update(&space, &gradient.to_vec(), &mut d).unwrap();
        d.clone()
    };
    gradients.iter().map(direction).collect()
}

#[test]
fn a_clipped_rule_is_the_rule_told_gradients_that_were_clipped_before() {
    let gradients = [[0.3, 0.4], [30.0, -40.0], [-3.0, 4.0], [0.0, 1.0]];
    let clipped = [[0.3, 0.4], [0.6, -0.8], [-0.6, 0.8], [0.0, 1.0]];
    let pairs: [(Rule, Rule); 3] = [
        (Box::new(Clipped::new(Adam::default(), 1.0).unwrap()), Box::new(Adam::default())),
        (
            Box::new(Clipped::new(HeavyBall::default(), 1.0).unwrap()),
            Box::new(HeavyBall::default()),
        ),
        (Box::new(Clipped::new(Lbfgs::default(), 1.0).unwrap()), Box::new(Lbfgs::default())),
    ];
    for (found, expected) in pairs {
        let (found, expected) = (directions(found, &gradients), directions(expected, &clipped));
        for (found, expected) in found.concat().iter().zip(expected.concat()) {
            // Dividing by the norm rounds another way than the decimals above.
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }
}

#[test]
fn a_clipped_gradient_leaves_the_slopes_those_of_the_loss() {
    // L = 50 x², so that g = 100 from x = 1.
    let mut parameters = SliceObjective::from_fn(vec![1.0], |_, _| 0.0).unwrap();
    let rule = Clipped::new(SteepestDescent, 1.0).unwrap();
    let mut optimizer = Optimizer::new(&parameters).unwrap().along(rule);
    let update = optimizer.step(&mut parameters, &vec![100.0]).unwrap();
    assert_eq!(optimizer.direction(), &[-1.0]);
    assert_eq!((update.slope, update.gradient_norm), (-100.0, 100.0));
    let update = optimizer.step(&mut parameters, &vec![50.0]).unwrap();
    assert_eq!(update.arrival_slope, Some(-50.0));
}

#[test]
fn where_a_clipped_rule_climbs_the_way_back_is_clipped_and_a_masked_one_stays_masked() {
    let space = Slices::<f64>::new(2);
    let (g, mut d) = (vec![6.0, 8.0], vec![9.0; 2]);
    let mut clipped = Clipped::new(HeavyBall::default(), 5.0).unwrap();
    clipped.fall_back(&space, &g, &mut d).unwrap();
    assert_eq!(d, [-3.0, -4.0]);
    let mut masked = Masked::new(clipped, vec![0.0, 1.0]);
    masked.fall_back(&space, &g, &mut d).unwrap();
    assert_eq!(d, [0.0, -4.0]);
    // And so it is in a descent whose momentum climbs.
    let rule = Masked::new(HeavyBall::default(), vec![1.0, 0.0, 1.0]);
    let mut ball = Descent::new(Probe::new(1.5)).unwrap().along(rule);
    let start = ball.objective().bits();
    let fell_back = (0..40).filter(|_| ball.step().unwrap().fell_back).count();
    assert!(fell_back > 0);
    let end = ball.objective().bits();
    assert!(end[0] != start[0] && end[1] == start[1] && end[2] != start[2]);
}

/// L = ½ Σ i (xᵢ − 2)².
fn bowl() -> SliceObjective<f32, impl SliceModel<f32, Error = Error>> {
    SliceObjective::from_fn(vec![0.1; 4], |x, gradient| {
        let terms = gradient.iter_mut().zip(x).zip([1.0, 2.0, 3.0, 4.0]);
        terms.for_each(|((g, x), i)| *g = i * (x - 2.0));
        x.iter().zip(1..).map(|(x, i)| 0.5 * f64::from(i) * f64::from(x - 2.0).powi(2)).sum::<f64>()
    })
    .unwrap()
}

#[test]
fn frozen_coordinates_keep_every_bit() {
    let mask = || vec![1.0, 0.0, 1.0, 0.0];
    let mut objective = bowl();
    let rule = Masked::new(Adam::without_momentum(), mask());
    let mut optimizer = Optimizer::new(&objective).unwrap().along(rule);
    optimizer.train(&mut objective, 400).unwrap();
    optimizer.finish(&mut objective).unwrap();
    let mut descent = Descent::new(bowl()).unwrap().along(Masked::new(SteepestDescent, mask()));
    descent.run(60).unwrap();
    for x in [objective.parameters(), descent.objective().parameters()] {
        assert_eq!((x[1], x[3]), (0.1, 0.1));
        assert!((x[0] - 2.0).abs() < 0.01 && (x[2] - 2.0).abs() < 0.01, "{x:?}");
    }
    // Thawed in mid-run, they are trained from there.
    descent.direction_rule_mut().mask_mut().fill(1.0);
    descent.run(60).unwrap();
    assert!(descent.objective().parameters().iter().all(|x| (x - 2.0).abs() < 0.01));
}

#[test]
fn a_mask_of_ones_changes_no_bit() {
    let start = || Descent::new(bowl()).unwrap();
    let mut masked = start().along(Masked::new(Adam::default(), vec![1.0; 4]));
    let mut plain = start().along(Adam::default());
    for _ in 0..30 {
        assert_eq!(masked.step().unwrap(), plain.step().unwrap());
        assert_eq!(masked.objective().parameters(), plain.objective().parameters());
    }
}

#[test]
fn a_group_whose_mask_is_nine_goes_three_times_as_far() {
    let mut groups = Descent::new(bowl())
        .unwrap()
        .along(Masked::new(Adam::without_momentum(), vec![1.0, 1.0, 9.0, 9.0]))
        .with_search(FixedStep::new(0.01).unwrap());
    groups.step().unwrap();
    let d = groups.direction();
    // Adam's first direction is 1 in every coordinate, but for ε = 1e-8 beside gradients above 1, and rounding in f32.
    for (d, expected) in d.iter().zip([1.0, 1.0, 3.0, 3.0]) {
        assert!((d - expected).abs() < 1e-6, "{d}, not {expected}");
    }
}

#[test]
fn weights_outside_of_the_decay_mask_do_not_decay() {
    let objective = SliceObjective::from_fn(vec![10.0_f64; 2], |_, gradient| {
        gradient.fill(1e-3);
        1.0
    });
    let rule = AdamW::default().with_weight_decay(0.1).unwrap().with_decay_mask(vec![1.0, 0.0]);
    let descent = Descent::new(objective.unwrap()).unwrap().along(rule.clone());
    let mut descent = descent.with_search(FixedStep::new(0.01).unwrap());
    descent.step().unwrap();
    let d = descent.direction();
    // Adam's first direction is −1 in every coordinate; ε = 1e-8 beside 1e-3 takes a hundred-thousandth off.
    assert!((d[0] + 2.0).abs() < 2e-5 && (d[1] + 1.0).abs() < 2e-5, "{d:?}");
    // A mask of ones is the decay without a mask.
    let everywhere = AdamW::default().with_decay_mask(vec![1.0, 1.0]);
    let ends = [AdamW::default(), everywhere].map(|rule| {
        let mut objective = SliceObjective::from_fn(vec![3.0, -5.0], |_, _| 0.0).unwrap();
        let mut optimizer = Optimizer::new(&objective).unwrap().along(rule);
        for _ in 0..20 {
            optimizer.step(&mut objective, &vec![1.0, -2.0]).unwrap();
        }
        bits(objective.parameters())
    });
    assert_eq!(ends[0], ends[1]);
}
