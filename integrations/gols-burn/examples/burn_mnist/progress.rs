//! What burn's `Learner` shows of a run: a line on stderr now and then, for stdout has the results.

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::MetricDefinition;
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation,
    MetricsRendererTraining,
};

pub(crate) struct Progress {
    run: String,
    split: String,
    total: usize,
    /// Tenths of the split that were shown.
    shown: usize,
}

impl Progress {
    pub(crate) fn new(run: String) -> Self {
        Self { run, split: String::new(), total: 0, shown: 0 }
    }
}

impl MetricsRendererTraining for Progress {
    fn update_train(&mut self, _: MetricState) {}
    fn update_valid(&mut self, _: MetricState) {}
}

impl MetricsRendererEvaluation for Progress {
    fn update_test(&mut self, _: EvaluationName, _: MetricState) {}
}

impl TrainingProgressLogger for Progress {
    fn start(&mut self, _: usize, _: usize, _: Option<usize>, _: Option<&str>) {}
    fn start_split(&mut self, split: &str, total: usize) {
        (self.split, self.total, self.shown) = (split.to_owned(), total, 0);
    }
    fn update_split(&mut self, items: usize) {
        let tenths = 10 * items / self.total.max(1);
        if tenths > self.shown {
            self.shown = tenths;
            eprint!("\r{}, {}: {:3} % ", self.run, self.split, 10 * tenths);
        }
    }
    fn update_epoch(&mut self, _: usize) {}
    fn end_split(&mut self) {
        eprint!("\r");
    }
    fn end(&mut self) {}
    fn log_event_training(&mut self, _: String) {}
}

impl EvaluationProgressLogger for Progress {
    fn start_global_progress(&mut self, _: usize) {}
    fn start_test(&mut self, _: &str, _: usize) {}
    fn update_test_progress(&mut self, _: usize) {}
    fn end_test(&mut self) {}
    fn end_global_progress(&mut self) {}
    fn log_event_evaluation(&mut self, _: String) {}
}

impl MetricsRenderer for Progress {
    fn manual_close(&mut self) {}
    fn register_metric(&mut self, _: MetricDefinition) {}
}
