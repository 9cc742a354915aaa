"""The bench: ratios measured within one run, on real parts."""
