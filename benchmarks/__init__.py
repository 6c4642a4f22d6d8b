"""Measurements, side by side in one run, as ratios and medians. `python -m benchmarks` runs them all."""
