//! The ways to find step lengths.

use gols::{
    Armijo, BisectionGols, Error, FixedStep, GoldenSection, InexactGols, LineSearch, ReferenceLoss,
    StepBounds,
};

/// A way to find step lengths, by its name in options, files and figures.
pub struct Method {
    pub name: &'static str,
    make: fn() -> Result<Box<dyn LineSearch>, Error>,
}

impl Method {
    pub fn search(&self) -> Result<Box<dyn LineSearch>, Error> {
        (self.make)()
    }

    /// Whether this is one of the constant steps, which stand outside the contest.
    pub fn is_fixed(&self) -> bool {
        FIXED.contains(&self.name)
    }
}

/// The constant steps: seven decades.
pub const FIXED: [&str; 7] =
    ["Fixed1e-4", "Fixed1e-3", "Fixed1e-2", "Fixed1e-1", "Fixed1e0", "Fixed1e1", "Fixed1e2"];

pub const METHODS: [Method; 14] = [
    Method { name: "GoldenSection", make: || Ok(Box::new(GoldenSection::default())) },
    Method { name: "Armijo", make: || Ok(Box::new(Armijo::default())) },
    Method { name: "ArmijoResampled", make: armijo_resampled },
    Method { name: "BisectionGols", make: || Ok(Box::new(BisectionGols::default())) },
    Method { name: "InexactGols", make: || Ok(Box::new(InexactGols::default())) },
    Method { name: "GoldenSectionUncapped", make: golden_section_uncapped },
    Method { name: "BisectionGolsUncapped", make: bisection_gols_uncapped },
    Method { name: FIXED[0], make: || Ok(Box::new(FixedStep::new(1e-4)?)) },
    Method { name: FIXED[1], make: || Ok(Box::new(FixedStep::new(1e-3)?)) },
    Method { name: FIXED[2], make: || Ok(Box::new(FixedStep::new(1e-2)?)) },
    Method { name: FIXED[3], make: || Ok(Box::new(FixedStep::new(1e-1)?)) },
    Method { name: FIXED[4], make: || Ok(Box::new(FixedStep::new(1.0)?)) },
    Method { name: FIXED[5], make: || Ok(Box::new(FixedStep::new(10.0)?)) },
    Method { name: FIXED[6], make: || Ok(Box::new(FixedStep::new(100.0)?)) },
];

pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

fn armijo_resampled() -> Result<Box<dyn LineSearch>, Error> {
    Ok(Box::new(Armijo::default().with_reference(ReferenceLoss::Resampled)))
}

/// The exact searches as the paper's text has them: the limits on steps are the inexact searches' alone.
fn golden_section_uncapped() -> Result<Box<dyn LineSearch>, Error> {
    let search = GoldenSection::default().with_first_bracket(0.1)?.with_tolerance(1e-8)?;
    Ok(Box::new(search.with_bounds(StepBounds::new(1e-8, 1e7, None)?)))
}

fn bisection_gols_uncapped() -> Result<Box<dyn LineSearch>, Error> {
    let search = BisectionGols::default().with_first_bracket(0.1)?.with_tolerance(1e-8)?;
    Ok(Box::new(search.with_bounds(StepBounds::new(1e-8, 1e7, None)?)))
}
