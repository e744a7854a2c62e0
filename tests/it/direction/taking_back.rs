//! What a rule remembers of a step that did not happen: nothing.
