//! The optimizer in a trainer of one's own: a scheduler of flash cards with 21 parameters in f32, whose
//! gradients come in f64. There is no rate, no schedule of rates, and nothing to tune.
//!
//! A card's memory has a stability s, in logarithms of days, that every review changes; what the reviews of
//! many cards say about the 21 numbers is found by maximum likelihood. The reviews are made up by a memory
//! with numbers of its own, so that it is known how well one can do.
//!
//! Run with `cargo run --release --example own_trainer`.

use std::io::{Write, stdout};

use gols::{Best, Error, MiniBatches, SliceOptimizer};

const PARAMETERS: usize = 21;
/// What the scheduler starts with for everybody.
const START: [f32; PARAMETERS] = [
    -1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0,
    0.0, -4.0,
];
/// The memory that made the reviews up.
const TRUTH: [f32; PARAMETERS] = [
    -0.5, 0.3, 1.2, 2.5, 0.2, -0.3, 0.2, 0.5, -0.3, -0.1, 1.5, -0.6, 0.7, -0.4, -0.2, 0.4, 0.5,
    0.3, 0.2, -0.4, -3.0,
];
const EPOCHS: usize = 30;

fn main() -> Result<(), Error> {
    let cards = made_up_cards(600);
    let (training, held_out) = cards.split_at(450);
    let mut parameters = START;
    let mut optimizer = SliceOptimizer::new(PARAMETERS);
    let mut batches = MiniBatches::in_epochs(training.len(), 32, 1)?;
    let mut best = Best::new();

    for epoch in 0..=EPOCHS {
        if epoch % 6 == 0 {
            // What one evaluates, and ships, is the mean of the iterates.
            let mut mean = parameters;
            optimizer.average(&parameters, &mut mean)?;
            let losses = [training, held_out].map(|cards| loss(&mean, cards));
            report(&format!("epoch {epoch:2}"), losses);
            best.offer_slice(losses[1], &mean);
        }
        for _ in 0..batches.batches_per_epoch() {
            let gradient = gradient(&parameters, training, batches.draw());
            optimizer.step(&mut parameters, &gradient.map(|g| g as f32))?;
        }
    }
    // Training would go on from `parameters`, or end with the last mean: `optimizer.finish(&mut parameters)?`.
    if let Some(&parameters) = best.point().and_then(|point| point.first_chunk()) {
        report("the best", [training, held_out].map(|cards| loss(&parameters, cards)));
    }
    report("the truth", [training, held_out].map(|cards| loss(&TRUTH, cards)));
    Ok(())
}

fn report(what: &str, [training, held_out]: [f64; 2]) {
    writeln!(stdout(), "{what:9}: training {training:.4}, held out {held_out:.4}").ok();
}

/// A review: the days since the last one, and a grade from 1 (forgotten) to 4 (easy).
#[derive(Clone, Copy)]
struct Review {
    days: f64,
    grade: u8,
}

/// What is known of a card.
struct Memory {
    stability: Dual,
    difficulty: Dual,
}

impl Memory {
    /// After the first review.
    fn begin(w: &[Dual; PARAMETERS], grade: u8) -> Self {
        let beyond = f64::from(grade) - 3.0;
        let difficulty = w[4].plus(&w[5].times(beyond));
        Self { stability: w[usize::from(grade) - 1], difficulty }
    }

    /// The probability to recall after some days: (1 + t / (9 eˢ))^(−e^w₁₉), but for slips.
    fn recall(&self, w: &[Dual; PARAMETERS], days: f64) -> Dual {
        let share = self.stability.map(|s| days / 9.0 * (-s).exp(), |s| -days / 9.0 * (-s).exp());
        let curve = share.map(|share| -share.ln_1p(), |share| -1.0 / (1.0 + share));
        let kept = curve.by(&w[19].map(f64::exp, f64::exp)).map(f64::exp, f64::exp);
        let slips = w[20].map(sigmoid, |z| sigmoid(z) * sigmoid(-z));
        // (1 − slips) kept + slips / 2
        kept.plus(&slips.by(&kept.times(-1.0).plus_number(0.5)))
    }

    /// What a review makes of it.
    fn review(&mut self, w: &[Dual; PARAMETERS], recall: &Dual, Review { days, grade }: Review) {
        let beyond = f64::from(grade) - 3.0;
        let (d, s) = (self.difficulty, self.stability);
        let surprise = recall.times(-1.0).plus_number(1.0);
        self.stability = if days < 1.0 {
            s.plus(&w[17]).plus(&w[18].times(beyond))
        } else if grade > 1 {
            let gain = w[7].plus(&w[8].by(&d)).plus(&w[9].by(&s)).plus(&w[10].by(&surprise));
            let bonus = [w[11], Dual::number(0.0), w[12]];
            let gain = gain.plus(&bonus[usize::from(grade) - 2]);
            s.plus(&gain.map(|z| z.exp().ln_1p(), sigmoid))
        } else {
            w[13].plus(&w[14].by(&d)).plus(&w[15].by(&s)).plus(&w[16].by(&surprise))
        };
        self.difficulty = d.plus(&w[6].times(-beyond));
    }
}

/// −log of the likelihood of a card's reviews but the first.
fn card_loss(w: &[Dual; PARAMETERS], reviews: &[Review]) -> Dual {
    let mut memory = Memory::begin(w, reviews[0].grade);
    let mut loss = Dual::number(0.0);
    for review in &reviews[1..] {
        let recall = memory.recall(w, review.days);
        let seen = if review.grade > 1 { recall } else { recall.times(-1.0).plus_number(1.0) };
        loss = loss.plus(&seen.map(|p| -p.max(1e-9).ln(), |p| -1.0 / p.max(1e-9)));
        memory.review(w, &recall, *review);
    }
    loss.times(1.0 / (reviews.len() - 1) as f64)
}

fn gradient(
    parameters: &[f32; PARAMETERS],
    cards: &[Vec<Review>],
    rows: &[usize],
) -> [f64; PARAMETERS] {
    let w = Dual::variables(parameters);
    let losses = rows.iter().map(|&row| card_loss(&w, &cards[row]));
    losses
        .fold(Dual::number(0.0), |sum, loss| sum.plus(&loss))
        .times(1.0 / rows.len() as f64)
        .slopes
}

fn loss(parameters: &[f32; PARAMETERS], cards: &[Vec<Review>]) -> f64 {
    let w = Dual::variables(parameters);
    cards.iter().map(|card| card_loss(&w, card).value).sum::<f64>() / cards.len() as f64
}

/// Reviews of a memory with the true parameters, at intervals about its stability.
fn made_up_cards(count: usize) -> Vec<Vec<Review>> {
    let (w, mut dice) = (Dual::variables(&TRUTH), Dice(7));
    let mut card = || {
        let first = Review { days: 0.0, grade: 1 + (4.0 * dice.roll()) as u8 };
        let (mut reviews, mut memory) = (vec![first], Memory::begin(&w, first.grade));
        for _ in 0..9 {
            let days = match dice.roll() {
                roll if roll < 0.15 => 0.0,
                roll => (4.0 * roll * memory.stability.value.exp()).clamp(1.0, 3650.0).round(),
            };
            let recall = memory.recall(&w, days);
            let is_recalled = dice.roll() < recall.value;
            let grade = if is_recalled { 2 + (3.0 * dice.roll()) as u8 } else { 1 };
            reviews.push(Review { days, grade });
            memory.review(&w, &recall, Review { days, grade });
        }
        reviews
    };
    (0..count).map(|_| card()).collect()
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// A number with its derivatives by the parameters.
#[derive(Clone, Copy)]
struct Dual {
    value: f64,
    slopes: [f64; PARAMETERS],
}

impl Dual {
    fn number(value: f64) -> Self {
        Self { value, slopes: [0.0; PARAMETERS] }
    }

    fn variables(parameters: &[f32; PARAMETERS]) -> [Self; PARAMETERS] {
        let slopes = |at| std::array::from_fn(|index| f64::from(u8::from(index == at)));
        std::array::from_fn(|at| Self { value: f64::from(parameters[at]), slopes: slopes(at) })
    }

    /// f(self), with f's derivative.
    fn map(&self, f: impl Fn(f64) -> f64, derivative: impl Fn(f64) -> f64) -> Self {
        let slope = derivative(self.value);
        Self { value: f(self.value), slopes: self.slopes.map(|own| slope * own) }
    }

    fn plus(&self, other: &Self) -> Self {
        let slopes = std::array::from_fn(|i| self.slopes[i] + other.slopes[i]);
        Self { value: self.value + other.value, slopes }
    }

    fn plus_number(&self, number: f64) -> Self {
        Self { value: self.value + number, ..*self }
    }

    fn times(&self, factor: f64) -> Self {
        self.map(|value| factor * value, |_| factor)
    }

    fn by(&self, other: &Self) -> Self {
        let slope = |i: usize| self.slopes[i] * other.value + self.value * other.slopes[i];
        Self { value: self.value * other.value, slopes: std::array::from_fn(slope) }
    }
}

/// Numbers in [0, 1) from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }
}
