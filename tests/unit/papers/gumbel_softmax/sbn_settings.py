"""Settings of structured prediction that tests of tiny networks share and change."""

SETTINGS = {
    "latent": "bernoulli", "units": 6, "classes": 2, "codes": "01", "estimator": "sf",
    "batch_size": 5, "learning_rate": 0.1, "momentum": 0.9, "steps": 10, "temperature": 1.0,
    "temperature_rate": 0.0, "temperature_floor": 0.5, "temperature_refresh": 1000,
    "slope_rate": 0.0, "slope_max": 1.0, "slope_epoch": 10, "slope_in": "gradient",
    "baseline_decay": 0.8, "baseline_units": 0, "normalise": True,
    "log_every": 5, "evaluate_every": 0, "curve_images": 4, "curve_samples": 3,
    "test_images": 4, "test_samples": 3,
}  # fmt: skip
