"""Who chooses: tables of rules written in the case, and an expected-value decision-maker."""
