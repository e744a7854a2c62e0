use gols::{Error, MiniBatches, SliceObjective, StochasticObjective, check};

use super::flawed::Flawed;
use super::{Function, start};

fn fault(report: &check::Report) -> &str {
    report.fault().map_or("nothing", |fault| fault.what)
}

#[test]
fn each_flaw_of_an_objective_is_found_by_name() {
    for (flaw, expected) in [
        ("none", "nothing"),
        ("zeros are ones", "zeros are zero"),
        ("axpby keeps NaN", "axpby with b = 0 ignores what y was"),
        ("axpby forgets b", "axpby is a x + b y"),
        ("dot is half", "dot is an inner product"),
        ("dot is lopsided", "dot is an inner product"),
        ("dot drifts", "vectors share nothing"),
        ("products are two", "products are v·v, v·w and w·w by dot"),
        ("loss is another", "loss is the loss that comes with a gradient"),
        ("loss is noisy", "loss and gradient are the same when asked again"),
        ("loss is infinite", "the loss is finite"),
        ("gradient is zero", "the gradient is finite and not zero"),
        ("gradient is added", "loss_and_gradient writes over the old gradient"),
        ("gradient is half", "slope is the derivative of the loss along the line"),
        (
            "slope keeps the gradient",
            "slope leaves the gradient, and is its product with the direction",
        ),
        ("slope is turned", "slope leaves the gradient, and is its product with the direction"),
        ("anchor moves", "anchor leaves the parameters where they are"),
        ("anchor is the first", "restore goes back to where anchor was called last"),
        ("moves add up", "move_to starts from x0, whatever was visited before"),
        ("moves nowhere", "move_to moves the parameters"),
        ("restore goes back a step", "restore goes back to where anchor was called last"),
        ("restore does nothing", "restore goes back to where anchor was called last"),
        ("restore is nearby", "restore goes back to where anchor was called last"),
        ("resample moves", "resample changes nothing where there are no batches"),
        ("prepared is another", "a prepared line has the losses and slopes of the plain one"),
    ] {
        let report = check::objective(&mut Flawed::new(flaw)).unwrap();
        assert_eq!(fault(&report), expected, "{flaw:?}: {report}");
        assert_eq!(report.holds(), flaw == "none");
    }
}

#[test]
fn each_flaw_of_parameters_is_found_by_name() {
    for (flaw, expected) in [
        ("none", "nothing"),
        ("axpby forgets b", "axpby is a x + b y"),
        ("copy adds", "copy_to writes over the old vector"),
        ("combine keeps NaN", "combine with a = 0 ignores what x was"),
        ("combine forgets a", "combine is a x + b v"),
        ("add to takes away", "add_to is y + a x"),
    ] {
        let mut parameters = Flawed::new(flaw);
        let report = check::parameters(&mut parameters, &start(6)).unwrap();
        assert_eq!(fault(&report), expected, "{flaw:?}: {report}");
        assert!(flaw != "none" || parameters.x == start(6), "they end where they were");
    }
}

#[test]
fn each_flaw_of_element_wise_operations_is_found_by_name() {
    for (flaw, expected) in [
        ("none", "nothing"),
        ("add squares forgets to square", "add_squares is a x⊙x + b y, and with b = 0 ignores NaN"),
        ("add squares keeps NaN", "add_squares is a x⊙x + b y, and with b = 0 ignores NaN"),
        ("roots change places", "divide_by_root is y / (√(v + inside) + outside)"),
        ("root is the square", "add_squares is a x⊙x + b y, and with b = 0 ignores NaN"),
    ] {
        let report = check::element_wise(&Flawed::new(flaw), &start(6)).unwrap();
        assert_eq!(fault(&report), expected, "{flaw:?}: {report}");
    }
}

#[test]
fn a_slice_keeps_every_promise_in_both_types_with_and_without_batches() {
    fn cubes(x: &[f64], rows: &[usize], gradient: &mut [f64]) -> f64 {
        let mean = rows.iter().map(|&row| row as f64).sum::<f64>() / rows.len().max(1) as f64;
        gradient.iter_mut().zip(x).for_each(|(g, x)| *g = (x - 0.1 * mean).powi(2));
        x.iter().map(|x| (x - 0.1 * mean).powi(3) / 3.0).sum()
    }
    let batches = MiniBatches::new(10, 3, 1).unwrap();
    for batches in [None, Some(batches)] {
        let mut objective =
            SliceObjective::new(start(40), batches.clone(), Function(cubes)).unwrap();
        objective.resample().unwrap();
        let report = check::objective(&mut objective).unwrap();
        assert!(report.holds(), "{report}");
        let off = objective.parameters().iter().zip(start(40)).map(|(x, x0)| (x - x0).abs());
        assert!(off.fold(0.0, f64::max) < 1e-15, "they end where they were, to rounding");

        let halves = |x: &[f32], rows: &[usize], gradient: &mut [f32]| {
            let x: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
            let mut wide = vec![0.0; x.len()];
            let loss = cubes(&x, rows, &mut wide);
            gradient.iter_mut().zip(wide).for_each(|(g, wide)| *g = wide as f32);
            loss
        };
        let x: Vec<f32> = start(40).into_iter().map(|x| x as f32).collect();
        let mut objective = SliceObjective::new(x.clone(), batches, Function(halves)).unwrap();
        let report = check::objective(&mut objective).unwrap();
        assert!(report.holds(), "{report}");
        let report = check::parameters(&mut objective, &x).unwrap();
        assert!(report.holds(), "{report}");
        let report = check::element_wise(&objective, &x).unwrap();
        assert!(report.holds(), "{report}");
    }
}

#[test]
fn a_report_says_what_where_found_and_expected() {
    let report = check::objective(&mut Flawed::new("restore does nothing")).unwrap();
    let text = report.to_string();
    assert!(text.contains("holds: zeros are zero\n"), "{text}");
    assert!(text.contains("WRONG: restore goes back to where anchor was called last\n"), "{text}");
    assert!(text.contains("  where:    after move_to(1e-2, d)\n  found:    the loss "), "{text}");
    assert!(text.contains("\n  expected: the loss "), "{text}");
}

#[test]
fn an_error_of_the_objective_passes_through() {
    let error = check::objective(&mut Flawed::new("prepared fails")).unwrap_err();
    assert_eq!(error, Error::Empty { what: "the line" });
}
