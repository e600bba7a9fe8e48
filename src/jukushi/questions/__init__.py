"""What can be asked of a case: odds and dates, and why."""
