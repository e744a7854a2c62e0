//! How far a step may go, from how far steps have led.

use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// The limit on a step's displacement: α |d| ≤ k r̄² / √Σ r̄ᵢ², r̄ the farthest that z has been from where
/// it started, and the sum over all updates (Khaled, Mishchenko, Jin 2023, DoWG, with unit gradients).
///
/// While z travels, r̄ grows and the limit with it, by a factor an update; where z wanders at random it stays
/// the same for k = 1/√2; where z circles about a minimum it falls as 1/√t.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Reach {
    /// k.
    share: f64,
    /// r̄; 0 before the first step.
    farthest: f64,
    /// Σ r̄ᵢ² / r̄².
    weight: f64,
    /// The way since the distance was measured.
    path: f64,
    /// The root mean square of |d|, over so many updates.
    norm: f64,
    updates: f64,
}

/// The distance is measured again after so long a way, in units of r̄.
const PATIENCE: f64 = 0.25;
/// Directions shorter than this share of the usual bound α as if they had it.
const SHORT: f64 = 0.01;

impl Reach {
    pub(crate) fn new(share: f64) -> Self {
        Self { share, farthest: 0.0, weight: 0.0, path: 0.0, norm: 0.0, updates: 0.0 }
    }

    /// That of k; none for infinity.
    pub(crate) fn with_share(share: f64) -> Result<Option<Self>, Error> {
        Error::check("reach", share, share > 0.0, "positive, or infinite")?;
        Ok(share.is_finite().then(|| Self::new(share)))
    }

    /// Whether the setting, and what was measured, are such as they are here.
    #[cfg(feature = "serde")]
    pub(crate) fn check(self) -> Result<(), Error> {
        let measured = [self.farthest, self.weight, self.path, self.norm, self.updates];
        let valid = measured.iter().all(|&number| number >= 0.0 && number.is_finite());
        Error::check("a measure of the reach", measured.iter().sum(), valid, "finite")?;
        Self::with_share(self.share).map(|_| ())
    }

    /// Whether z's distance from the start shall be [measured](Self::measure).
    pub(crate) fn is_due(&self) -> bool {
        self.farthest > 0.0 && self.path >= PATIENCE * self.farthest
    }

    /// Takes z's distance from the start in.
    pub(crate) fn measure(&mut self, distance: f64) {
        self.path = 0.0;
        if distance.is_finite() && distance > self.farthest {
            self.weight *= (self.farthest / distance).powi(2);
            self.farthest = distance;
        }
    }

    /// The limit on α |d| for a direction of this norm; none for the first step.
    pub(crate) fn limit(&mut self, norm: f64) -> Option<f64> {
        let usual = self.norm.max(norm);
        let mean = self.updates * (self.norm / usual).powi(2) + (norm / usual).powi(2);
        self.updates += 1.0;
        self.norm = usual * (mean / self.updates).sqrt();
        if self.farthest == 0.0 {
            return None;
        }
        self.weight += 1.0;
        let limit = self.share * self.farthest / self.weight.sqrt();
        Some(limit * (norm / (SHORT * self.norm)).min(1.0))
    }

    /// Takes a step in.
    pub(crate) fn travel(&mut self, displacement: f64) {
        if self.farthest == 0.0 {
            (self.farthest, self.weight) = (displacement, 1.0);
        }
        self.path += displacement;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit after so many steps at the limit, of which z's distance follows.
    fn after(steps: usize, distance: impl Fn(usize, f64) -> f64) -> f64 {
        let mut reach = Reach::new(0.7);
        reach.travel(1.0);
        let mut now = 1.0;
        for step in 0..steps {
            reach.measure(distance(step, now));
            let limit = reach.limit(5.0).unwrap();
            reach.travel(limit);
            now += limit;
        }
        reach.limit(5.0).unwrap()
    }

    #[test]
    fn the_limit_grows_by_a_factor_where_z_travels() {
        // λ = 2 k² at most, less while steps are whole.
        let (soon, late) = (after(10, |_, way| way), after(20, |_, way| way));
        assert!(late / soon > 1.4_f64.powi(10) && late / soon < 1.7_f64.powi(10), "{soon}, {late}");
    }

    #[test]
    fn the_limit_falls_as_the_root_of_time_where_z_circles() {
        let (soon, late) = (after(99, |_, _| 1.0), after(9999, |_, _| 1.0));
        assert!((soon / late - 10.0).abs() < 0.1, "{soon}, {late}");
    }

    #[test]
    fn the_limit_stays_where_z_wanders() {
        // |z − x₀|² grows by the squares of the steps; with k² = 0.49 the limit by t^(−0.02).
        let mut reach = Reach::new(0.7);
        reach.travel(1.0);
        let (mut square, mut soon, mut late) = (1.0_f64, 0.0, 0.0);
        for step in 1..=10_000 {
            reach.measure(square.sqrt());
            late = reach.limit(5.0).unwrap();
            square += late * late;
            if step == 100 {
                soon = late;
            }
        }
        assert!((late / soon - 1.0).abs() < 0.15, "{soon}, {late}");
    }

    #[test]
    fn a_direction_of_almost_nothing_is_not_stretched_to_the_limit() {
        let mut reach = Reach::new(0.7);
        reach.travel(1.0);
        let usual = (0..100).map(|_| reach.limit(5.0).unwrap()).last().unwrap();
        let tiny = reach.limit(5e-6).unwrap();
        assert!(tiny < 1e-3 * usual && tiny > 0.0, "{usual}, {tiny}");
    }
}
